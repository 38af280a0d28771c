package dev.mosey.node.gateway;

import dev.mosey.node.home.Home;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.MigrateResult;
import dev.mosey.protocol.event.BooksEvent.Run;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * What is done with a process by hand and needs no other node: it is frozen, goes on, or is
 * checkpointed. Asked of its home; the answer waits for what comes of it.
 */
final class FreezeApi {
  /** What {@code migrate} takes for these. */
  static final Set<String> WORDS = Set.of("freeze", "continue", "checkpoint", "chkstop", "chkexit");

  /** A program has its grace to come to a safe point, which is 30 s if nobody says otherwise. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What goes on from the queue may have to wait for room; that is said then. */
  private static final Duration START_PATIENCE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int NOT_YET = 409;
  private static final double MIB = 1 << 20;

  private final Asking asking;
  private final JobReader reader;
  private final Polling polling;

  FreezeApi(Asking asking, JobReader reader) {
    this.asking = asking;
    this.reader = reader;
    this.polling = new Polling(asking.system(), POLL);
  }

  /** One wish: what is asked for, of which process, and how it was before. */
  private record Wish(
      String word,
      Selection id,
      String text,
      List<Run> tasks,
      boolean waits,
      JobView before,
      long begun) {
    double millis() {
      return (System.nanoTime() - begun) / 1e6;
    }

    boolean isNew(JobView.Checkpoint checkpoint) {
      return checkpoint != null && !checkpoint.equals(before.checkpoint());
    }
  }

  /** Carries out one of {@link #WORDS}, at the process's own home. */
  CompletableFuture<ApiResponse> carryOut(String word, Selection id, String text, boolean waits) {
    long begun = System.nanoTime();
    return reader
        .array(id.job())
        .thenCompose(
            array -> {
              if (id.isWholeJob() && array.isPresent() || id.first() != id.last()) {
                throw ApiException.badRequest(
                    text + " is more than one process",
                    "name one task of it: " + id.job() + "." + array.get().first());
              }
              List<Run> tasks = id.positions(array.orElse(null));
              return look(id, text)
                  .thenCompose(job -> carryOut(new Wish(word, id, text, tasks, waits, job, begun)));
            })
        .thenApply(ApiResponse::ok);
  }

  private CompletableFuture<MigrateResult> carryOut(Wish wish) {
    long number = wish.id().job().number();
    return switch (wish.word()) {
      case "continue" -> ask(new BooksCommand.Thaw(number, wish.tasks()), wish, this::goesOn);
      case "checkpoint" -> {
        String unique = UUID.randomUUID().toString();
        yield ask(new BooksCommand.Save(number, wish.tasks(), unique), wish, this::saved);
      }
      case "freeze" -> freeze(wish, number);
      default -> {
        if (!"checkpoint".equals(wish.before().move()) && !"live".equals(wish.before().move())) {
          throw ApiException.refused(
              wish.text() + " can't be checkpointed",
              "migrate " + wish.text() + " freeze lets it stand still where it is");
        }
        yield freeze(wish, number);
      }
    };
  }

  private CompletableFuture<MigrateResult> freeze(Wish wish, long number) {
    return ask(new BooksCommand.Freeze(number, wish.tasks()), wish, this::frozen);
  }

  private interface Outcome {
    CompletableFuture<MigrateResult> of(Wish wish);
  }

  private CompletableFuture<MigrateResult> ask(BooksCommand command, Wish wish, Outcome outcome) {
    return asking
        .<Home.Command, BooksReply>ask(
            asking.actors().home(), replyTo -> new Home.Ask(command, replyTo))
        .thenCompose(
            reply -> {
              if (reply instanceof BooksReply.Refused refused) {
                throw JobsApi.refusal(refused);
              }
              return wish.waits()
                  ? outcome.of(wish)
                  : CompletableFuture.completedFuture(
                      result(wish, wish.before(), "was asked to " + wish.word(), null, null));
            });
  }

  private CompletableFuture<JobView> look(Selection id, String text) {
    return reader
        .find(id.job(), id.first())
        .thenApply(
            found ->
                found.orElseThrow(
                    () -> ApiException.notFound("there is no " + text, "mosps shows what runs")));
  }

  private CompletableFuture<JobView> until(Wish wish, Duration patience, Predicate<JobView> done) {
    return polling.until(
        () -> look(wish.id(), wish.text()),
        job -> hasEnded(job) || done.test(job),
        System.nanoTime() + patience.toNanos());
  }

  private static boolean hasEnded(JobView job) {
    return JobView.State.valueOf(job.state().toUpperCase(Locale.ROOT)).isEnd();
  }

  private static boolean isFrozen(JobView job) {
    return "frozen".equals(job.state());
  }

  /** Out of its host's memory only once its image is at home. */
  private CompletableFuture<MigrateResult> frozen(Wish wish) {
    boolean already = isFrozen(wish.before());
    return until(
            wish,
            PATIENCE,
            job -> isFrozen(job) && (already || job.host() != null || wish.isNew(job.checkpoint())))
        .thenApply(
            job -> {
              if (hasEnded(job)) {
                throw ended(wish, job);
              }
              if (!isFrozen(job)) {
                throw notYet(
                    wish,
                    "has come to no safe point yet",
                    "it is frozen as soon as it does; migrate "
                        + wish.text()
                        + " continue takes that back");
              }
              return job.host() == null
                  ? packed(wish, job, "is frozen")
                  : result(
                      wish,
                      job,
                      "stands still at "
                          + job.host()
                          + ": it can't be packed, so it keeps its slot and its memory",
                      null,
                      null);
            });
  }

  private CompletableFuture<MigrateResult> saved(Wish wish) {
    return until(wish, PATIENCE, job -> wish.isNew(job.checkpoint()))
        .thenApply(
            job -> {
              if (hasEnded(job)) {
                throw ended(wish, job);
              }
              if (!wish.isNew(job.checkpoint())) {
                throw notYet(
                    wish,
                    "has come to no safe point yet",
                    "its checkpoint is taken as soon as it does");
              }
              return packed(wish, job, "is checkpointed");
            });
  }

  private CompletableFuture<MigrateResult> goesOn(Wish wish) {
    return until(wish, START_PATIENCE, job -> "running".equals(job.state()))
        .thenApply(
            job -> {
              if (hasEnded(job)) {
                throw ended(wish, job);
              }
              boolean runs = "running".equals(job.state());
              return result(
                  wish,
                  job,
                  runs
                      ? String.format(
                          Locale.ROOT, "goes on at %s after %.0f ms", job.host(), wish.millis())
                      : "goes on as soon as a host has room for it",
                  runs ? wish.millis() / 1000 : null,
                  null);
            });
  }

  private static MigrateResult packed(Wish wish, JobView job, String what) {
    JobView.Checkpoint kept = job.checkpoint();
    String size = kept == null ? "it begins again" : size(kept.bytes()) + " at its home";
    String line = String.format(Locale.ROOT, "%s: %s, in %.0f ms", what, size, wish.millis());
    return result(wish, job, line, wish.millis() / 1000, kept == null ? null : kept.bytes());
  }

  private static MigrateResult result(
      Wish wish, JobView job, String line, Double seconds, Long bytes) {
    return new MigrateResult(
        job.id(), wish.before().host(), job.host(), true, seconds, job.id() + " " + line, bytes);
  }

  private static ApiException ended(Wish wish, JobView job) {
    return new ApiException(
        NOT_YET,
        "ended",
        wish.text() + " has ended: it is " + job.state(),
        "mosq show " + wish.text());
  }

  private static ApiException notYet(Wish wish, String what, String hint) {
    return new ApiException(NOT_YET, "not_settled", wish.text() + " " + what, hint);
  }

  private static String size(long bytes) {
    return bytes < MIB / 10
        ? bytes + " bytes"
        : String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
  }
}
