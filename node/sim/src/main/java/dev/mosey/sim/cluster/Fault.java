package dev.mosey.sim.cluster;

/** Breaks the model on purpose, to see that the invariants notice. */
public enum Fault {
  /** Nothing is broken. */
  NONE,
  /** What moves goes on computing where it was. */
  TWO_PLACES,
  /** What has moved does not arrive. */
  LOST,
  /** What arrives keeps its incarnation. */
  SAME_INCARNATION
}
