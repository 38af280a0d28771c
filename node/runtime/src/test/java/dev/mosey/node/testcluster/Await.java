package dev.mosey.node.testcluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what happens in other processes. */
public final class Await {
  private static final long PAUSE_MILLIS = 25;

  private Await() {}

  /** Waits until the condition holds; fails with what was awaited, and what was seen instead. */
  public static void until(
      Duration patience, String what, BooleanSupplier condition, Supplier<String> seen) {
    long until = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new AssertionError(
            "not within " + patience.toSeconds() + " s: " + what + "; seen: " + seen.get());
      }
      pause();
    }
  }

  /** The same, with nothing to say about what was seen. */
  public static void until(Duration patience, String what, BooleanSupplier condition) {
    until(patience, what, condition, () -> "not that");
  }

  private static void pause() {
    try {
      // sleeps because another process can only be looked at again
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }
}
