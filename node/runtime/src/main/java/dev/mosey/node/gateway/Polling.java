package dev.mosey.node.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Asks again and again, for what nobody announces: after a quarter of the time that it has waited,
 * so that what comes at once is answered at once, and what takes long costs little.
 */
final class Polling {
  private static final long PAUSE_LEAST_NANOS = Duration.ofMillis(4).toNanos();

  private final ActorSystem<?> system;
  private final Duration pause;

  /** With at most this pause between an answer and the next question. */
  Polling(ActorSystem<?> system, Duration pause) {
    this.system = system;
    this.pause = pause;
  }

  /**
   * Asks until the answer is wanted or the deadline has passed, and gives the last answer; {@code
   * deadline} on the JVM's monotonic clock.
   */
  <T> CompletableFuture<T> until(
      Supplier<CompletableFuture<T>> question, Predicate<T> wanted, long deadline) {
    return until(question, wanted, deadline, System.nanoTime());
  }

  private <T> CompletableFuture<T> until(
      Supplier<CompletableFuture<T>> question, Predicate<T> wanted, long deadline, long begun) {
    return question
        .get()
        .thenCompose(
            answer -> {
              if (wanted.test(answer) || System.nanoTime() >= deadline) {
                return CompletableFuture.completedFuture(answer);
              }
              long quarter = (System.nanoTime() - begun) / 4;
              Duration next =
                  Duration.ofNanos(Math.clamp(quarter, PAUSE_LEAST_NANOS, pause.toNanos()));
              CompletableFuture<Void> over = new CompletableFuture<>();
              system
                  .scheduler()
                  .scheduleOnce(next, () -> over.complete(null), system.executionContext());
              return over.thenCompose(ignored -> until(question, wanted, deadline, begun));
            });
  }
}
