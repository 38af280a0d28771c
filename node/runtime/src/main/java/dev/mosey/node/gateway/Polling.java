package dev.mosey.node.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/** Asks again and again, for what nobody announces. */
final class Polling {
  private final ActorSystem<?> system;
  private final Duration pause;

  /** With this pause between an answer and the next question. */
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
    return question
        .get()
        .thenCompose(
            answer -> {
              if (wanted.test(answer) || System.nanoTime() >= deadline) {
                return CompletableFuture.completedFuture(answer);
              }
              CompletableFuture<Void> over = new CompletableFuture<>();
              system
                  .scheduler()
                  .scheduleOnce(pause, () -> over.complete(null), system.executionContext());
              return over.thenCompose(ignored -> until(question, wanted, deadline));
            });
  }
}
