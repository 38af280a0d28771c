package dev.mosey.policy.load;

import dev.mosey.protocol.job.Resources;

/**
 * The arithmetic of load: demand for CPU over capacity, runnable work / (cores x speed). 1.0 means
 * that every core is busy once.
 */
public final class Loads {
  /** What a process needs that did not say: one core. */
  public static final double USUAL_DEMAND = 1.0;

  private Loads() {}

  /** How many cores a process with this request keeps busy. */
  public static double demand(Resources request) {
    double cores = request.cores();
    return cores > 0 ? cores : USUAL_DEMAND;
  }

  /** Load of so much demand, in cores, on a node; cores and speed above 0. */
  public static double load(double demand, double cores, double speed) {
    return demand / (cores * speed);
  }

  /** The load after more demand has arrived, as in MOSIX's search for the best node. */
  public static double afterArrival(double load, double demand, double cores, double speed) {
    return load + load(demand, cores, speed);
  }

  /**
   * How many seconds a process needs there for one second's work on a free standard core: with a
   * core of its own 1/speed, and as much as the load says when cores are shared.
   */
  public static double slowness(double load, double speed) {
    return Math.max(load, 1 / speed);
  }
}
