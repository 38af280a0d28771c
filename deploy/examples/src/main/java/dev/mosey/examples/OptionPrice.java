package dev.mosey.examples;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.util.List;
import java.util.Locale;

/**
 * Prices an Asian call option (paid on the average price of the year) by Monte Carlo simulation,
 * with the standard error, and beside it the plain European call, whose exact price is known: so
 * the figure can be judged.
 *
 * <p>The random numbers are a function of the state, and all functions are those of {@link
 * StrictMath}: a run that moved prints, digit for digit, what an unmoved run prints.
 *
 * <p>Arguments: the number of paths (1 to 10^12), and optionally the seed. Price and strike are
 * 100, rate 3 %, volatility 20 %, one year of 50 dates.
 */
public final class OptionPrice implements Program<OptionPrice.State> {
  private static final int PATHS_PER_STEP = 2_000;
  private static final int DATES = 50;
  private static final double PRICE = 100;
  private static final double STRIKE = 100;
  private static final double RATE = 0.03;
  private static final double VOLATILITY = 0.2;
  private static final double DATE_YEARS = 1.0 / DATES;

  /**
   * Where the simulation is.
   *
   * @param paths how many are wanted
   * @param done how many are simulated
   * @param random state of the random numbers
   * @param asian sum of the discounted pay-offs
   * @param asianSquares sum of their squares
   * @param european the same for the European call
   * @param europeanSquares the same for the European call
   */
  public record State(
      long paths,
      long done,
      long random,
      double asian,
      double asianSquares,
      double european,
      double europeanSquares) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    long paths = Arguments.number(arguments, 0, "the number of paths", 1, 1_000_000_000_000L);
    long seed =
        arguments.size() > 1
            ? Arguments.number(arguments, 1, "the seed", 0, Long.MAX_VALUE)
            : context.task().orElse(0);
    return new State(paths, 0, seed, 0, 0, 0, 0);
  }

  @Override
  public Step<State> step(State state, Context context) {
    double drift = (RATE - VOLATILITY * VOLATILITY / 2) * DATE_YEARS;
    double spread = VOLATILITY * StrictMath.sqrt(DATE_YEARS);
    double discount = StrictMath.exp(-RATE);
    var normal = new Normal(state.random());
    double asian = state.asian();
    double asianSquares = state.asianSquares();
    double european = state.european();
    double europeanSquares = state.europeanSquares();
    long end = Math.min(state.paths(), state.done() + PATHS_PER_STEP);
    for (long path = state.done(); path < end; path++) {
      double logarithm = 0;
      double total = 0;
      double last = PRICE;
      for (int date = 0; date < DATES; date++) {
        logarithm += drift + spread * normal.next();
        last = PRICE * StrictMath.exp(logarithm);
        total += last;
      }
      double onAverage = discount * Math.max(total / DATES - STRIKE, 0);
      double atEnd = discount * Math.max(last - STRIKE, 0);
      asian += onAverage;
      asianSquares += onAverage * onAverage;
      european += atEnd;
      europeanSquares += atEnd * atEnd;
    }
    var next =
        new State(
            state.paths(), end, normal.state(), asian, asianSquares, european, europeanSquares);
    context.progress(end * 100 / state.paths() + " %, " + figure(asian, asianSquares, end));
    if (end < state.paths()) return Step.next(next);
    context.println("paths     " + end);
    context.println("asian     " + figure(asian, asianSquares, end));
    context.println("european  " + figure(european, europeanSquares, end));
    return Step.done();
  }

  /** Mean and standard error. */
  private static String figure(double sum, double squares, long count) {
    double mean = sum / count;
    double variance = Math.max(squares / count - mean * mean, 0);
    return String.format(Locale.ROOT, "%.9f +- %.9f", mean, StrictMath.sqrt(variance / count));
  }

  /**
   * Normally distributed numbers, two at a time (polar method of Box and Muller, after Marsaglia),
   * from a 64-bit counter scrambled by the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
   */
  private static final class Normal {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private long counter;
    private double spare = Double.NaN;

    Normal(long state) {
      this.counter = state;
    }

    /** Only asked for after an even count of numbers, when there is no spare one. */
    long state() {
      return counter;
    }

    double next() {
      if (!Double.isNaN(spare)) {
        double kept = spare;
        spare = Double.NaN;
        return kept;
      }
      double x;
      double y;
      double square;
      do {
        x = 2 * uniform() - 1;
        y = 2 * uniform() - 1;
        square = x * x + y * y;
      } while (square >= 1 || square == 0);
      double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
      spare = y * factor;
      return x * factor;
    }

    private double uniform() {
      counter += GOLDEN;
      long z = counter;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }
  }
}
