package dev.mosey.policy.tune;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One tune: its name, unit, default, range and what it steers. This is the one table of them. */
public enum Tune {
  /** MOSIX's stability factor of 130 %, less the process itself. */
  DIFFERENTIAL(
      "differential",
      "processes",
      0.3,
      0,
      100,
      "how much less loaded a target must be, after arrival, before anything moves: in loads that"
          + " one more process adds there"),
  /** Against ping-pong. */
  RESIDENCY("residency", "s", 5, 0, 86_400, "how long a process stays at least where it arrived"),
  /** Against herds. */
  MOVES_PER_ROUND(
      "moves-per-round", "moves", 4, 0, 1_000, "most moves that a node begins in one round"),
  /** For nodes that join. */
  BATCH_PER_ROUND(
      "batch-per-round",
      "moves",
      16,
      0,
      1_000,
      "the same when the targets are empty or have just joined"),
  /** Against decisions from old news. */
  REPORT_AGE_MAX(
      "report-age-max", "s", 5, 0.5, 3_600, "how old a report may be for a move to be built on it"),
  /** How often. */
  ROUND("round", "s", 1, 0.2, 3_600, "time between two rounds of balancing"),
  /** Memory ushering begins. */
  MEMORY_LOW(
      "memory-low",
      "%",
      5,
      0,
      90,
      "under so much free memory processes leave, whatever the load; no move brings a target"
          + " there"),
  /** Memory ushering ends. */
  MEMORY_HIGH(
      "memory-high", "%", 10, 0, 95, "until so much memory is free again; above memory-low"),
  /** Lease of a live process. */
  LEASE_LIVE("lease.live", "s", 10, 2, 86_400, "lease of a process that moves live"),
  /** Lease of a checkpointing process. */
  LEASE_CHECKPOINT(
      "lease.checkpoint", "s", 10, 2, 86_400, "lease of a process that moves by checkpoint"),
  /** Lease of a restartable process. */
  LEASE_RESTART("lease.restart", "s", 10, 2, 86_400, "lease of a process that may begin again"),
  /** Lease of a process that would lose its work. */
  LEASE_NEVER("lease.never", "s", 600, 2, 604_800, "lease of a process that never moves: patience"),
  /** Cost until measured. */
  COST_SETUP(
      "cost.setup",
      "s",
      0.5,
      0,
      3_600,
      "what a move costs without its image, until it has been measured to that node"),
  /** Cost of the image. */
  COST_BANDWIDTH("cost.bandwidth", "MiB/s", 50, 0.001, 1_000_000, "how fast an image travels"),
  /** Net gain wanted. */
  COST_MARGIN(
      "cost.margin", "times", 1.5, 1, 1_000, "how many times its cost a move must gain at least"),
  /** Bound of the image. */
  COST_IMAGE_MAX(
      "cost.image-max", "MiB", 4_096, 0, 1_000_000_000, "larger images move by hand only"),
  /** Which policy. */
  POLICY(
      "policy",
      "name",
      List.of("opportunity-cost", "threshold", "static", "random", "round-robin"),
      "who decides about places and moves; the last three move nothing");

  private final String wireName;
  private final String unit;
  private final String defaultValue;
  private final double minimum;
  private final double maximum;
  private final List<String> words;
  private final String meaning;

  Tune(
      String wireName,
      String unit,
      double defaultValue,
      double minimum,
      double maximum,
      String meaning) {
    this.wireName = wireName;
    this.unit = unit;
    this.defaultValue = format(defaultValue);
    this.minimum = minimum;
    this.maximum = maximum;
    this.words = List.of();
    this.meaning = meaning;
  }

  /** The first word is the default. */
  Tune(String wireName, String unit, List<String> words, String meaning) {
    this.wireName = wireName;
    this.unit = unit;
    this.defaultValue = words.getFirst();
    this.minimum = 0;
    this.maximum = 0;
    this.words = words;
    this.meaning = meaning;
  }

  /** As in {@code tune --set NAME=VALUE}. */
  public String wireName() {
    return wireName;
  }

  /** Unit of the value. */
  public String unit() {
    return unit;
  }

  /** The value when it was never set. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What it steers. */
  public String meaning() {
    return meaning;
  }

  /** The allowed values in words. */
  public String range() {
    return words.isEmpty()
        ? format(minimum) + " to " + format(maximum)
        : String.join(" or ", words);
  }

  /** The tune of that name. */
  public static Optional<Tune> named(String name) {
    return Arrays.stream(values()).filter(tune -> tune.wireName.equals(name)).findFirst();
  }

  /**
   * The value in its usual form: {@code 10}, {@code 10s}, {@code 2m}, {@code 5%} as the unit
   * allows.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public String normalise(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    if (!words.isEmpty()) {
      if (!words.contains(value)) {
        throw new IllegalArgumentException("'" + text + "' is none of: " + range());
      }
      return value;
    }
    double number = number(value, text);
    if (!(number >= minimum && number <= maximum)) {
      throw new IllegalArgumentException("'" + text + "' is out of range: " + range() + " " + unit);
    }
    return format(number);
  }

  private double number(String value, String text) {
    double factor = 1;
    String digits = value;
    if (unit.equals("s") && value.endsWith("ms")) {
      factor = 0.001;
      digits = value.substring(0, value.length() - 2);
    } else if (unit.equals("s") && value.matches(".*[smhd]")) {
      factor = List.of(1.0, 60.0, 3_600.0, 86_400.0).get("smhd".indexOf(lastOf(value)));
      digits = value.substring(0, value.length() - 1);
    } else if (value.endsWith(unit.toLowerCase(Locale.ROOT))) {
      digits = value.substring(0, value.length() - unit.length());
    }
    if (!digits.strip().matches("\\d{1,12}(\\.\\d{1,6})?")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a number of " + unit + ", like " + defaultValue);
    }
    return Double.parseDouble(digits.strip()) * factor;
  }

  private static char lastOf(String value) {
    return value.charAt(value.length() - 1);
  }

  private static String format(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
