package dev.mosey.sim.cluster;

import java.util.Locale;

/** A promise was broken in the simulation: a fault of a policy or of the model. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What happened, and when. */
  public Violation(String what, long nowMillis) {
    super(String.format(Locale.ROOT, "at %.3f s: %s", nowMillis / 1_000.0, what));
  }
}
