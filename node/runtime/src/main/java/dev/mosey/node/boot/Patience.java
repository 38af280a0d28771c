package dev.mosey.node.boot;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the parts of a node that end, but not for ever. */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long LOOK_MILLIS = 100;

  private Patience() {}

  /** Waits until it is done, has failed, or the bound is reached; the latter two are logged. */
  static void waitFor(String what, CompletionStage<?> stage, Duration bound) {
    waitFor(what, stage, bound, () -> false);
  }

  /** The same; it ends early when somebody is impatient. */
  static void waitFor(
      String what, CompletionStage<?> stage, Duration bound, BooleanSupplier impatient) {
    CompletableFuture<?> awaited = stage.toCompletableFuture();
    long until = System.nanoTime() + bound.toNanos();
    try {
      while (true) {
        try {
          awaited.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
          return;
        } catch (TimeoutException notYet) {
          if (impatient.getAsBoolean() || System.nanoTime() - until > 0) {
            LOG.warn("event=not-in-time what=\"{}\" bound={}", what, bound);
            return;
          }
        }
      }
    } catch (ExecutionException failed) {
      LOG.warn("event=failed what=\"{}\" reason=\"{}\"", what, failed.getCause().getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
