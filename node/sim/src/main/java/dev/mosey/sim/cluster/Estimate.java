package dev.mosey.sim.cluster;

import java.util.List;
import java.util.Locale;

/**
 * A mean of independent runs.
 *
 * @param mean of them
 * @param halfWidth of its interval of 95 %, by Student's distribution
 */
public record Estimate(double mean, double halfWidth) {
  /** Student's 97.5 % points for 1 to 30 degrees of freedom; beyond them the normal one. */
  private static final double[] STUDENT = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  private static final double NORMAL = 1.96;

  /** From the values of the runs; with fewer than two the interval is not known: 0. */
  public static Estimate of(List<Double> values) {
    int count = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    if (count < 2) {
      return new Estimate(mean, 0);
    }
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    double point = count - 1 <= STUDENT.length ? STUDENT[count - 2] : NORMAL;
    return new Estimate(mean, point * Math.sqrt(squares / (count - 1) / count));
  }

  /** With three decimals. */
  public String halfWidthText() {
    return String.format(Locale.ROOT, "%.3f", halfWidth);
  }
}
