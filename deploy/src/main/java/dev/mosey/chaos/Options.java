package dev.mosey.chaos;

import dev.mosey.chaos.Judge.Promise;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a run is asked for.
 *
 * @param distribution folder of the built distribution
 * @param seed of the plan
 * @param minutes of trouble
 * @param leaseSeconds of each job
 * @param work submitted jobs that may be unfinished at once
 * @param shared whether the books are in a database
 * @param prove whether to take each promise back in turn, and see that it is missed
 * @param without the promise that is taken back, to see that the judge notices; null = none
 */
record Options(
    Path distribution,
    long seed,
    double minutes,
    double leaseSeconds,
    int work,
    boolean shared,
    boolean prove,
    Without without) {
  /** What is written behind {@code chaos}. */
  static final String USAGE =
      "[--minutes N] [--seed S] [--lease SECONDS] [--work N] [--store embedded|postgresql]"
          + " [--without leases|sync|cut-back |"
          + " --prove]";

  /** A promise that can be taken back. */
  enum Without {
    LEASES(EnumSet.of(Promise.DOUBLED)),
    SYNC(EnumSet.of(Promise.LOST, Promise.WENT_BACK, Promise.NOT_DONE, Promise.TWICE_SUBMITTED)),
    CUT_BACK(EnumSet.of(Promise.OUTPUT));

    private final Set<Promise> missed;

    Without(Set<Promise> missed) {
      this.missed = missed;
    }

    /** One of these must then be found broken. */
    Set<Promise> missed() {
      return missed;
    }

    /** As the command line and {@code mosd.unsafe} have it. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Without of(String word) {
      return Arrays.stream(values())
          .filter(each -> each.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "--without takes leases, sync or cut-back, not '" + word + "'"));
    }
  }

  /**
   * Reads {@code DISTRIBUTION} and {@link #USAGE}.
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
    boolean shared = false;
    boolean prove = false;
    Without without = null;
    while (words.hasNext()) {
      String option = words.next();
      switch (option) {
        case "--minutes" -> minutes = number(option, words, 0.1, 10_000);
        case "--seed" -> seed = (long) number(option, words, 0, 1e15);
        case "--lease" -> lease = number(option, words, 1, 600);
        case "--work" -> work = (int) number(option, words, 1, 10_000);
        case "--without" -> without = Without.of(words.hasNext() ? words.next() : "");
        case "--store" -> shared = isShared(words.hasNext() ? words.next() : "");
        case "--prove" -> prove = true;
        default -> throw new IllegalArgumentException("there is no option " + option);
      }
    }
    return new Options(distribution, seed, minutes, lease, work, shared, prove, without);
  }

  private static boolean isShared(String store) {
    if (!List.of("embedded", "postgresql").contains(store)) {
      throw new IllegalArgumentException(
          "--store takes embedded or postgresql, not '" + store + "'");
    }
    return store.equals("postgresql");
  }

  /** The same, without that promise. */
  Options without(Without promise) {
    return new Options(distribution, seed, minutes, leaseSeconds, work, shared, false, promise);
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
