package dev.mosey.program.worker;

/**
 * How long a program runs between two checkpoints: so that the time spent on them and the time that
 * is expected to be lost with a machine are least together. The cost is what its checkpoints took
 * lately, the newest counting for half.
 *
 * <p>Source: J. T. Daly, "A higher order estimate of the optimum checkpoint interval for restart
 * dumps", Future Generation Computer Systems 22 (2006), equation 37; its first term is J. W.
 * Young's, "A first order approximation to the optimum checkpoint interval", Communications of the
 * ACM 17 (1974).
 *
 * <p>Not safe for threads.
 */
public final class CheckpointPace {
  private static final double NANOS_PER_MILLI = 1e6;

  private final double leastNanos;
  private final double lossNanos;
  private double costNanos = -1;

  /**
   * Nothing is measured yet.
   *
   * @param leastMillis the shortest interval, also the first; 0 = no checkpoints
   * @param lossMillis how long a machine runs on average between two losses; 0 = the interval is
   *     the shortest, whatever the cost
   */
  public CheckpointPace(long leastMillis, long lossMillis) {
    this.leastNanos = leastMillis * NANOS_PER_MILLI;
    this.lossNanos = lossMillis * NANOS_PER_MILLI;
  }

  /** Whether there are any. */
  public boolean isOn() {
    return leastNanos > 0;
  }

  /** A checkpoint kept the program from its work for so long. */
  public void took(long nanos) {
    costNanos = costNanos < 0 ? nanos : (costNanos + nanos) / 2;
  }

  /** From the end of one checkpoint to the begin of the next. */
  public long intervalNanos() {
    boolean known = costNanos >= 0 && lossNanos > 0;
    return (long) (known ? Math.max(leastNanos, optimum(costNanos, lossNanos)) : leastNanos);
  }

  /**
   * Daly's estimate.
   *
   * @param cost of a checkpoint, in any unit, 0 or more
   * @param loss mean time between losses, in the same, above 0
   * @return work between two checkpoints, in the same; the mean itself where a checkpoint costs
   *     twice that and more
   */
  static double optimum(double cost, double loss) {
    if (cost >= 2 * loss) {
      return loss;
    }
    double part = cost / (2 * loss);
    return Math.sqrt(2 * cost * loss) * (1 + Math.sqrt(part) / 3 + part / 9) - cost;
  }
}
