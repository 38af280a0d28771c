package dev.mosey.node.boot;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Halts the daemon before a certain step of the protocol, as when its machine loses power: nothing
 * is closed, nobody is told. For proofs.
 */
final class Halt implements Consumer<Object> {
  /** As of a process that was killed. */
  static final int STATUS = 137;

  private final String step;
  private final AtomicInteger left;
  private final Runnable halt;

  /**
   * Halts with {@link #STATUS}.
   *
   * @param step simple name of an effect's class; empty = never
   * @param count before which of them, from 1
   */
  Halt(String step, int count) {
    this(step, count, () -> Runtime.getRuntime().halt(STATUS));
  }

  Halt(String step, int count, Runnable halt) {
    this.step = step;
    this.left = new AtomicInteger(count);
    this.halt = halt;
  }

  @Override
  public void accept(Object effect) {
    if (effect.getClass().getSimpleName().equals(step) && left.decrementAndGet() == 0) {
      halt.run();
    }
  }
}
