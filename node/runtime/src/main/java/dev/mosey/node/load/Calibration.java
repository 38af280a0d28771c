package dev.mosey.node.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Measures how fast a core is, relative to the standard core: a mix of integer arithmetic, floating
 * point and memory that does not fit the nearest cache, counted by the processor time of its own
 * thread, so that other work on the machine disturbs it little.
 */
public final class Calibration {
  /** Rounds a second on the standard core; a server core of 2020 has about this. */
  static final double STANDARD_ROUNDS = 830;

  private static final int WORDS = 1 << 16;
  private static final long WARM_UP_NANOS = 300_000_000L;
  private static final long MEASURED_NANOS = 700_000_000L;
  private static final double LEAST = 0.01;
  private static final double MOST = 100;

  private Calibration() {}

  /** About one second of processor time; relative speed, rounded to a hundredth. */
  public static double measure() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] memory = new long[WORDS];
    rounds(threads, memory, WARM_UP_NANOS);
    double speed = rounds(threads, memory, MEASURED_NANOS) / STANDARD_ROUNDS;
    return Math.clamp(Math.rint(speed * 100) / 100, LEAST, MOST);
  }

  private static double rounds(ThreadMXBean threads, long[] memory, long nanos) {
    boolean counted = threads.isCurrentThreadCpuTimeSupported();
    long start = counted ? threads.getCurrentThreadCpuTime() : System.nanoTime();
    long rounds = 0;
    long spent;
    do {
      if (round(memory, rounds) == 0.5) {
        memory[0]++; // never; but the compiler can't know, and so must compute it
      }
      rounds++;
      spent = (counted ? threads.getCurrentThreadCpuTime() : System.nanoTime()) - start;
    } while (spent < nanos);
    return rounds * 1e9 / spent;
  }

  private static double round(long[] memory, long seed) {
    long state = seed + 0x9E3779B97F4A7C15L;
    double sum = 0;
    for (int i = 0; i < 4 * WORDS; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      int at = (int) (state & WORDS - 1);
      memory[at] += state;
      sum += (memory[at] >>> 11) * 0x1.0p-53;
    }
    return sum;
  }
}
