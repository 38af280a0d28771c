package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Exit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decides what became of dependencies: which hold, and whom a failed one cancels. */
final class Settler {
  private final Books books;
  private final HomeLinks links;
  private final Now now;

  Settler(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  /** What is known of a job on which others hang. */
  private record Known(ArraySpec array, int size, TaskRuns ok, TaskRuns bad) {
    boolean isOver() {
      return ok.size() + bad.size() >= size;
    }
  }

  /** Events about this job, and whom to ask. */
  record Settlement(List<BooksEvent> events, List<After> ask) {}

  Settlement settle(Job job) {
    List<BooksEvent> events = new ArrayList<>();
    List<After> ask = new ArrayList<>();
    TaskRuns cancelled = new TaskRuns();
    Exit because = null;
    for (int i = 0; i < job.spec().after().size() && !job.isEnded(); i++) {
      After after = job.dependency(i);
      if (job.isMet(i)) {
        continue;
      }
      Known known = known(after);
      if (known == null) {
        ask.add(after);
        continue;
      }
      TaskRuns fail =
          after.kind() == After.Kind.EACH
              ? each(job, i, known, events)
              : whole(job, i, after, known, events);
      if (!fail.isEmpty()) {
        fail.runs().forEach(cancelled::add);
        because = new Exit(null, null, reason(after, known));
      }
    }
    cancelled = cancelled.and(job.waiting());
    if (!cancelled.isEmpty()) {
      events.addAll(Decider.endWaiting(job, cancelled, Outcome.CANCELLED, because, now));
    }
    return new Settlement(events, ask);
  }

  private static String reason(After after, Known known) {
    return known.size == 0
        ? "it waited for " + after.job() + ", which is not known any more"
        : "it waited for " + after.job() + ", which failed";
  }

  private Known known(After after) {
    Job local = after.job().home().equals(books.home()) ? books.job(after.job().number()) : null;
    if (local != null) {
      return new Known(
          local.spec().array(), local.size(), endedWith(local, true), endedWith(local, false));
    }
    BooksCommand.DependencyEnded news = links.news(after.job());
    if (news == null) {
      return null;
    }
    boolean unknown = news.ok().isEmpty() && news.bad().isEmpty();
    int size = unknown ? 0 : news.array() == null ? 1 : news.array().size();
    return new Known(news.array(), size, TaskRuns.of(news.ok()), TaskRuns.of(news.bad()));
  }

  private static TaskRuns endedWith(Job job, boolean ok) {
    TaskRuns result = new TaskRuns();
    for (Map.Entry<Ending, TaskRuns> entry : job.endings().entrySet()) {
      if ((entry.getKey().outcome() == Outcome.DONE) == ok) {
        entry.getValue().runs().forEach(result::add);
      }
    }
    for (Element element : job.elements()) {
      if (element.ending() != null && (element.ending().outcome() == Outcome.DONE) == ok) {
        result.add(element.position());
      }
    }
    return result;
  }

  private static TaskRuns whole(
      Job job, int place, After after, Known known, List<BooksEvent> events) {
    boolean failed = after.kind() != After.Kind.ANY && (!known.bad.isEmpty() || known.size == 0);
    if (failed) {
      return TaskRuns.all(job.size());
    }
    if (known.isOver()) {
      events.add(new BooksEvent.DependencyMet(job.number(), place, List.of(job.whole())));
    }
    return new TaskRuns();
  }

  /** Element n of this job waits for element n of the other: the same index. */
  private static TaskRuns each(Job job, int place, Known known, List<BooksEvent> events) {
    TaskRuns open = TaskRuns.all(job.size()).minus(job.met().get(place));
    ArraySpec mine = job.spec().array();
    TaskRuns ok;
    TaskRuns bad;
    if (known.size > 0 && sameIndices(mine, known.array)) {
      ok = open.and(known.ok);
      bad = open.and(known.bad);
      // What the other array has not is missing for good.
      TaskRuns.all(job.size()).minus(TaskRuns.all(known.size)).runs().forEach(bad::add);
    } else {
      ok = new TaskRuns();
      bad = new TaskRuns();
      for (Run run : open.runs()) {
        for (int position = run.from(); position <= run.to(); position++) {
          int other = position(known, mine == null ? 0 : mine.indexAt(position));
          if (other < 0 || known.bad.contains(other)) {
            bad.add(position);
          } else if (known.ok.contains(other)) {
            ok.add(position);
          }
        }
      }
    }
    if (!ok.isEmpty()) {
      events.add(new BooksEvent.DependencyMet(job.number(), place, ok.runs()));
    }
    return bad;
  }

  private static boolean sameIndices(ArraySpec mine, ArraySpec other) {
    if (mine == null || other == null) {
      return mine == null && other == null;
    }
    return mine.first() == other.first() && mine.step() == other.step();
  }

  private static int position(Known known, int index) {
    if (known.size == 0) {
      return -1;
    }
    return known.array == null ? (index == 0 ? 0 : -1) : known.array.positionOf(index);
  }
}
