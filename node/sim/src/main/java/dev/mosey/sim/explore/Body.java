package dev.mosey.sim.explore;

import dev.mosey.protocol.id.ProcessId;

/**
 * A body as its keeper has it.
 *
 * @param deadline when the keeper ends it, on its host's clock
 * @param paused whether it stands still
 */
record Body(ProcessId id, int incarnation, long deadline, boolean paused) {
  Body pause(boolean value) {
    return new Body(id, incarnation, deadline, value);
  }

  Body until(long newDeadline) {
    return new Body(id, incarnation, newDeadline, paused);
  }
}
