package dev.mosey.node.home;

import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.policy.lease.Now;
import java.time.Instant;

/** Why something waits, in one line for people. */
final class Reasons {
  private Reasons() {}

  /** The line; null for null. */
  static String word(WhyWaiting why) {
    if (why == null) {
      return null;
    }
    return switch (why.reason()) {
      case HELD, FROZEN -> why.because() == null ? "held until released" : why.because();
      case RESTING -> resting(why.because(), why.until());
      case BEGIN -> "begins at " + Instant.ofEpochMilli(why.until());
      case DEPENDENCY -> "waits for " + why.dependency();
      case AT_ONCE -> why.running() + " of at most " + why.bound() + " run already";
      case QUEUED -> queued(why);
    };
  }

  /**
   * The same for lists, without the place in the queue, which takes a walk over it; null when it
   * does not wait or only for its turn.
   */
  static String brief(Job job, int position, Now now) {
    if (!job.waiting().contains(position)) {
      return null;
    }
    Element element = job.element(position);
    if (element != null && element.held() != null) {
      return element.held();
    }
    if (job.isHeld()) {
      return "held until released";
    }
    if (element != null && job.resting().contains(position)) {
      return resting(element.why(), element.notBeforeMillis());
    }
    if (job.spec().beginMillis() > now.epochMillis() && job.priority() > 0) {
      return "begins at " + Instant.ofEpochMilli(job.spec().beginMillis());
    }
    if (!job.ready().contains(position)) {
      for (int i = 0; i < job.met().size(); i++) {
        if (!job.met().get(i).contains(position)) {
          return "waits for " + job.spec().after().get(i).job();
        }
      }
    }
    return job.startable() > 0
        ? null
        : job.placedCount() + " of at most " + job.spec().array().atOnce() + " run already";
  }

  private static String resting(String failed, long untilMillis) {
    return failed + "; it is tried again at " + Instant.ofEpochMilli(untilMillis);
  }

  private static String queued(WhyWaiting why) {
    String place =
        switch (why.ahead()) {
          case 0 -> "next in the queue";
          case 1 -> "1 job is before it";
          default -> why.ahead() + " jobs are before it";
        };
    return why.refused().isEmpty()
        ? place
        : place + "; it can't run on " + String.join(", ", refusals(why));
  }

  private static Iterable<String> refusals(WhyWaiting why) {
    return why.refused().entrySet().stream()
        .map(refusal -> refusal.getKey() + " (" + refusal.getValue() + ")")
        .toList();
  }
}
