package dev.mosey.node.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Measures how fast a core is, relative to the standard core: a mix of integer arithmetic, floating
 * point and memory that does not fit the nearest cache. Of many short stretches the best counts,
 * each by the processor time of its own thread: other work on the machine can only slow it down.
 */
public final class Calibration {
  /**
   * Rounds a second on the standard core; a server core of 2020 has about this, with the simple
   * compiler that the daemon's launcher asks for.
   */
  static final double STANDARD_ROUNDS = 1_300;

  private static final int WORDS = 1 << 16;
  private static final int WARM_UP_STRETCHES = 25;
  private static final int STRETCHES = 60;
  private static final long STRETCH_NANOS = 12_000_000L;
  private static final double LEAST = 0.01;
  private static final double MOST = 100;

  private Calibration() {}

  /** About one second of processor time; relative speed, rounded to a twentieth. */
  public static double measure() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] memory = new long[WORDS];
    double best = 0;
    for (int stretch = 0; stretch < WARM_UP_STRETCHES + STRETCHES; stretch++) {
      double rounds = rounds(threads, memory);
      best = stretch < WARM_UP_STRETCHES ? 0 : Math.max(best, rounds);
    }
    return Math.clamp(Math.rint(best / STANDARD_ROUNDS * 20) / 20, LEAST, MOST);
  }

  private static double rounds(ThreadMXBean threads, long[] memory) {
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
    } while (spent < STRETCH_NANOS);
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
