package dev.mosey.bench;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries a load of so many bytes and says after each move how long it stood still: from the end of
 * its last step at the source to the begin of its first step at the target, by the clock that all
 * programs of one machine share. Arguments: bytes, moves after which it ends.
 */
public final class Carrier implements Program<Carrier.State> {
  private static final long STEP_NANOS = 500_000;

  /**
   * What it carries.
   *
   * @param lastNanos when the last step ended
   * @param incarnation of the last step
   * @param left moves to come
   * @param load bytes that don't compress
   */
  public record State(long lastNanos, int incarnation, int left, byte[] load) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    var load = new byte[Integer.parseInt(arguments.get(0))];
    new SplittableRandom(1).nextBytes(load);
    int moves = Integer.parseInt(arguments.get(1));
    return new State(System.nanoTime(), context.incarnation(), moves, load);
  }

  @Override
  public Step<State> step(State state, Context context) {
    long now = System.nanoTime();
    int left = state.left();
    if (context.incarnation() != state.incarnation()) {
      context.println(Long.toString(now - state.lastNanos()));
      if (--left == 0) return Step.done();
    }
    LockSupport.parkNanos(STEP_NANOS);
    return Step.next(new State(System.nanoTime(), context.incarnation(), left, state.load()));
  }
}
