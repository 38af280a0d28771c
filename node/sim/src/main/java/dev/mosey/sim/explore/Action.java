package dev.mosey.sim.explore;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One thing that may happen next.
 *
 * @param what for the trace: who, then what
 * @param step changes a copy of the world
 */
record Action(Supplier<String> what, Consumer<World> step) {
  World apply(World before) {
    World after = before.copy();
    step.accept(after);
    after.dropDead();
    return after;
  }
}
