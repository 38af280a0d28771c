package dev.mosey.sim.explore;

/** A promise was broken. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1;

  Fault(String what) {
    super(what);
  }
}
