package dev.mosey.node.home;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
final class Await {
  private Await() {}

  /** Returns as soon as it holds; fails after a generous time. */
  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come to hold");
      }
      try {
        // sleeps because it waits for a condition that nobody announces
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
