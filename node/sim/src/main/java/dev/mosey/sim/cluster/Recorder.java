package dev.mosey.sim.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What came of it. */
final class Recorder {
  /** Samples of all loads kept at most; beyond it every second one goes. */
  private static final int SAMPLES_MAX = 600;

  /** A move back to where a process came from counts as soon when it is within so long. */
  private static final long SOON_MILLIS = 60_000;

  private final double[] slowdowns;
  private double makespan;
  private double waited;
  private long moves;
  private long back;
  private long backSoon;
  private long kills;
  private long judged;
  private double predicted;
  private double realised;
  private double ageSum;
  private long ageMax;
  private long ages;
  private final int machines;
  private List<float[]> samples = new ArrayList<>();
  private float[] sample;
  private long sampleMillis = 1_000;

  Recorder(int tasks, int machines) {
    this.slowdowns = new double[tasks];
    this.machines = machines;
    this.sample = new float[machines];
  }

  void ended(int task, double finish, double arrival, double cpu) {
    slowdowns[task] = (finish - arrival) / cpu;
    makespan = Math.max(makespan, finish);
    waited += finish - arrival;
  }

  void moved(long awayMillis) {
    moves++;
    if (awayMillis != Long.MAX_VALUE) {
      back++;
      if (awayMillis <= SOON_MILLIS) {
        backSoon++;
      }
    }
  }

  void killed() {
    kills++;
  }

  void judged(double gain, double real) {
    judged++;
    predicted += gain;
    realised += real;
  }

  /** A decision was built on a report so old. */
  void used(long ageMillis) {
    ages++;
    ageSum += ageMillis;
    ageMax = Math.max(ageMax, ageMillis);
  }

  void load(int machine, double load) {
    sample[machine] = (float) load;
  }

  /** A sample is complete; returns how long until the next. */
  long sampled() {
    samples.add(sample);
    sample = new float[machines];
    if (samples.size() > SAMPLES_MAX) {
      List<float[]> half = new ArrayList<>();
      for (int i = 0; i < samples.size(); i += 2) {
        half.add(samples.get(i));
      }
      samples = half;
      sampleMillis *= 2;
    }
    return sampleMillis;
  }

  Outcome outcome(String workload, String policy, long seed) {
    double[] sorted = slowdowns.clone();
    Arrays.sort(sorted);
    int count = Math.max(1, sorted.length);
    return new Outcome(
        workload,
        policy,
        seed,
        machines,
        slowdowns.length,
        makespan,
        Arrays.stream(sorted).sum() / count,
        sorted.length == 0 ? 0 : sorted[count / 2],
        sorted.length == 0 ? 0 : sorted[(int) (0.95 * (count - 1))],
        waited / count,
        moves / (double) count,
        moves == 0 ? 0 : back / (double) moves,
        moves == 0 ? 0 : backSoon / (double) moves,
        kills,
        judged == 0 ? 0 : predicted / judged,
        judged == 0 ? 0 : realised / judged,
        ages == 0 ? 0 : ageSum / ages / 1_000,
        ageMax / 1_000.0);
  }

  LoadPicture picture(String title) {
    return new LoadPicture(title, sampleMillis, samples);
  }
}
