package dev.mosey.sim.cluster;

import java.util.Arrays;

/** What arrives: packed columns, in the order of arrival. */
public final class Tasks {
  private int size;
  private double[] arrivalSeconds = new double[64];
  private double[] cpuSeconds = new double[64];
  private int[] memoryMb = new int[64];
  private int[] home = new int[64];

  /**
   * One more task.
   *
   * @param arrivalSeconds not before the one before it
   * @param cpuSeconds on a standard core of its own, above 0
   * @param memoryMb resident, 0 or more
   * @param home number of the machine where it is submitted
   */
  public void add(double arrivalSeconds, double cpuSeconds, int memoryMb, int home) {
    if (size > 0 && arrivalSeconds < this.arrivalSeconds[size - 1]
        || !(cpuSeconds > 0)
        || memoryMb < 0) {
      throw new IllegalArgumentException(
          "task " + size + ": arrivals must be in order, CPU demand > 0, memory >= 0");
    }
    if (size == this.arrivalSeconds.length) {
      int more = 2 * size;
      this.arrivalSeconds = Arrays.copyOf(this.arrivalSeconds, more);
      this.cpuSeconds = Arrays.copyOf(this.cpuSeconds, more);
      this.memoryMb = Arrays.copyOf(this.memoryMb, more);
      this.home = Arrays.copyOf(this.home, more);
    }
    this.arrivalSeconds[size] = arrivalSeconds;
    this.cpuSeconds[size] = cpuSeconds;
    this.memoryMb[size] = memoryMb;
    this.home[size++] = home;
  }

  /** How many. */
  public int size() {
    return size;
  }

  /** When it arrives. */
  public double arrivalSeconds(int task) {
    return arrivalSeconds[task];
  }

  /** What it needs on a standard core. */
  public double cpuSeconds(int task) {
    return cpuSeconds[task];
  }

  /** Its memory in MiB, which is also the size of its image. */
  public int memoryMb(int task) {
    return memoryMb[task];
  }

  /** Where it is submitted. */
  public int home(int task) {
    return home[task];
  }
}
