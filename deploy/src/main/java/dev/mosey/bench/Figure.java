package dev.mosey.bench;

/**
 * One line of the result.
 *
 * @param bench which benchmark
 * @param name what was measured
 * @param value in that unit
 * @param unit {@code ms}, {@code /s}, {@code MiB}, {@code %}
 * @param aim what it should be, with {@code <} or {@code >}; null for a figure that stands beside
 *     another, as a floor
 * @param samples how many measurements it comes from
 */
public record Figure(
    String bench, String name, double value, String unit, String aim, int samples) {
  /** Of what is not on this machine; the name says why. */
  static Figure absent(String bench, String name) {
    return new Figure(bench, name, Double.NaN, "", null, 0);
  }

  /** Whether it could not be measured here. */
  boolean isAbsent() {
    return Double.isNaN(value);
  }

  /** Whether the aim is met; also when there is none. */
  public boolean met() {
    if (aim == null) {
      return true;
    }
    double bound = Double.parseDouble(aim.substring(1).strip());
    return aim.charAt(0) == '<' ? value < bound : value > bound;
  }
}
