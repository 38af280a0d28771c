package dev.mosey.chaos;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * What a run is asked for.
 *
 * @param distribution folder of the built distribution
 * @param seed of the plan
 * @param minutes of trouble
 * @param leaseSeconds of each job
 * @param work submitted jobs that may be unfinished at once
 */
record Options(Path distribution, long seed, double minutes, double leaseSeconds, int work) {
  /**
   * Reads {@code DISTRIBUTION [--minutes N] [--seed S] [--lease SECONDS] [--work N]}.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  static Options parse(String[] arguments) {
    Iterator<String> words = List.of(arguments).iterator();
    Path distribution = Path.of(words.next()).toAbsolutePath();
    long seed = System.nanoTime() & 0xFFFFFF;
    double minutes = 5;
    double lease = 10;
    int work = 40;
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--minutes" -> minutes = number(option, words, 0.1, 10_000);
        case "--seed" -> seed = (long) number(option, words, 0, 1e15);
        case "--lease" -> lease = number(option, words, 2, 600);
        case "--work" -> work = (int) number(option, words, 1, 10_000);
        default -> throw new IllegalArgumentException("there is no option " + option);
      }
    }
    return new Options(distribution, seed, minutes, lease, work);
  }

  private static double number(String option, Iterator<String> words, double least, double most) {
    String word = words.hasNext() ? words.next() : "";
    try {
      double value = Double.parseDouble(word);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException notOne) {
      // said below, as for one out of range
    }
    throw new IllegalArgumentException(
        option + " takes a number from " + least + " to " + most + ", not '" + word + "'");
  }
}
