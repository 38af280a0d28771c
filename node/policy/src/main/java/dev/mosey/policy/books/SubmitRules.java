package dev.mosey.policy.books;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whether a submit is taken in. */
final class SubmitRules {
  private final Books books;
  private final Now now;

  SubmitRules(Books books, Now now) {
    this.books = books;
    this.now = now;
  }

  Decision decide(BooksCommand.Submit submit) {
    JobId known = books.jobOfKey(submit.key());
    if (known != null) {
      Job taken = books.job(known.number());
      if (taken != null && !taken.spec().asksTheSameAs(submit.spec())) {
        return Decision.refused(
            "key-used",
            "this key was used for another request, which became " + known,
            "give each job a key of its own");
      }
      return new Decision(List.of(), new BooksReply.Accepted(known, true));
    }
    Decision refusal = refusal(submit.spec());
    if (refusal != null) {
      return refusal;
    }
    long number = books.nextJob();
    return new Decision(
        List.of(
            new BooksEvent.Submitted(
                number, submit.spec(), submit.key(), submit.held(), now.epochMillis())),
        new BooksReply.Accepted(new JobId(books.home(), number), false));
  }

  private Decision refusal(JobSpec spec) {
    BooksLimits limits = books.limits();
    long commandBytes =
        spec.command().stream()
            .mapToLong(part -> part.getBytes(StandardCharsets.UTF_8).length + 1)
            .sum();
    if (spec.kind() == null || spec.kind() == Kind.UNKNOWN) {
      return Decision.refused("bad-request", "this kind of job is not known here", null);
    }
    if (spec.user() == null || spec.user().isEmpty()) {
      return Decision.refused("bad-request", "a job needs a user", null);
    }
    if (spec.priority() < 0) {
      return Decision.refused("bad-request", "a priority below 0 is not possible", "use 0 to 1000");
    }
    if (spec.tasks() > limits.arrayMax()) {
      return Decision.refused(
          "too-large",
          "an array of " + spec.tasks() + " tasks is more than the " + limits.arrayMax(),
          "cut it into several arrays");
    }
    if (commandBytes > limits.commandBytesMax()) {
      return Decision.refused(
          "too-large",
          "the command is " + commandBytes + " bytes long, more than " + limits.commandBytesMax(),
          "put it into a script, or its input into a file");
    }
    if (spec.after().size() > limits.dependenciesMax()) {
      return tooMany(
          spec.after().size() + " dependencies are more than the " + limits.dependenciesMax(),
          "let one job in between wait for them");
    }
    if (spec.leaseMillis() != 0 && spec.leaseMillis() < limits.leaseMillisMin()) {
      return Decision.refused(
          "bad-request",
          "a lease of " + spec.leaseMillis() + " ms is too short",
          "use " + limits.leaseMillisMin() / 1000.0 + " s or more");
    }
    if (books.liveJobs() >= limits.jobsMax()
        || books.liveTasks() + spec.tasks() > limits.tasksMax()) {
      return tooMany(
          "the queue of " + books.home() + " is full: " + books.liveTasks() + " tasks",
          "wait until some have ended, or submit at another node");
    }
    return spec.after().stream().map(this::refusal).filter(r -> r != null).findFirst().orElse(null);
  }

  private static Decision tooMany(String message, String hint) {
    return Decision.refused("too-many", message, hint);
  }

  private Decision refusal(After after) {
    if (after.kind() == null || after.kind() == After.Kind.UNKNOWN) {
      return Decision.refused("bad-request", "this kind of dependency is not known here", null);
    }
    if (after.job().home().equals(books.home()) && after.job().number() >= books.nextJob()) {
      return Decision.refused("not-found", "there is no job " + after.job() + " to wait for", null);
    }
    return null;
  }
}
