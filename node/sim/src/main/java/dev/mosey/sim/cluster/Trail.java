package dev.mosey.sim.cluster;

import java.util.Arrays;

/** Of each process the last move: where from, what it was to gain, and what it has gained. */
final class Trail {
  private final int[] from;
  private final int[] lastLeft;
  private final long[] leftMillis;
  private final long[] departedMicros;
  private final double[] predicted;
  private final double[] pace;
  private final double[] remaining;
  private final long[] away;

  Trail(int tasks) {
    from = new int[tasks];
    lastLeft = new int[tasks];
    leftMillis = new long[tasks];
    departedMicros = new long[tasks];
    predicted = new double[tasks];
    pace = new double[tasks];
    remaining = new double[tasks];
    away = new long[tasks];
    Arrays.fill(from, -1);
    Arrays.fill(lastLeft, -1);
  }

  void departed(
      int task, int machine, double oldPace, int to, double gain, double left, long nowMicros) {
    long now = nowMicros / 1_000;
    away[task] = lastLeft[task] == to ? now - leftMillis[task] : Long.MAX_VALUE;
    from[task] = machine;
    lastLeft[task] = machine;
    leftMillis[task] = now;
    predicted[task] = gain;
    pace[task] = oldPace;
    remaining[task] = left;
    departedMicros[task] = nowMicros;
  }

  /** How long it was away when its last move brings it back; else a very long time. */
  long away(int task) {
    return away[task];
  }

  int from(int task) {
    return from[task];
  }

  double predicted(int task) {
    return predicted[task];
  }

  /** Time at its old pace for what it did since, less the time that it took, its pause counted. */
  double realised(int task, double left, long nowMicros) {
    return (remaining[task] - left) / pace[task] - (nowMicros - departedMicros[task]) / 1e6;
  }

  void forget(int task) {
    from[task] = -1;
  }
}
