package dev.mosey.tools.output;

import dev.mosey.tools.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Durations and sizes, as people type and read them. */
public final class Units {
  private static final long MINUTE = 60;
  private static final long HOUR = 3600;
  private static final long DAY = 86_400;
  private static final double SECONDS_MOST = 10.0 * 365 * DAY;

  private Units() {}

  /**
   * Seconds of {@code 90}, {@code 90s}, {@code 5m}, {@code 2h}, {@code 1d}, {@code 1h30m}, {@code
   * 500ms}.
   *
   * @param what names it in the message
   * @throws Failure wrong usage
   */
  public static double seconds(String what, String text) {
    double total = 0;
    int at = 0;
    while (at < text.length()) {
      int start = at;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      int digits = at;
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      double factor = factor(text.substring(digits, at));
      if (digits == start || factor < 0) {
        throw notADuration(what, text);
      }
      try {
        total += Double.parseDouble(text.substring(start, digits)) * factor;
      } catch (NumberFormatException twoPoints) {
        throw notADuration(what, text);
      }
    }
    if (text.isEmpty() || total > SECONDS_MOST) {
      throw notADuration(what, text);
    }
    return total;
  }

  private static double factor(String unit) {
    return switch (unit) {
      case "", "s" -> 1;
      case "ms" -> 0.001;
      case "m" -> MINUTE;
      case "h" -> HOUR;
      case "d" -> DAY;
      default -> -1;
    };
  }

  private static Failure notADuration(String what, String text) {
    return Failure.usage(
        what + " must be a duration, was '" + text + "'", "use 90, 90s, 5m, 2h or 1d");
  }

  /**
   * MiB of {@code 200}, {@code 200M}, {@code 2G}, {@code 1.5G}, {@code 512K}.
   *
   * @throws Failure wrong usage
   */
  public static double megabytes(String what, String text) {
    String number = text;
    double factor = 1;
    if (!text.isEmpty()) {
      int unit = "KMGT".indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
      if (unit >= 0) {
        number = text.substring(0, text.length() - 1);
        factor = Math.pow(1024, unit - 1);
      }
    }
    try {
      double value = Double.parseDouble(number) * factor;
      if (value >= 0 && value < 1e12) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw Failure.usage(what + " must be a size, was '" + text + "'", "use 200M or 2G");
  }

  /** As {@code 12s}, {@code 3m12s}, {@code 2h05m}, {@code 4d03h}; {@code -} when not known. */
  public static String elapsed(double seconds) {
    if (Double.isNaN(seconds) || seconds < 0) {
      return "-";
    }
    long whole = (long) seconds;
    if (whole < MINUTE) {
      return whole < 10 ? tenths(seconds) + "s" : whole + "s";
    }
    if (whole < HOUR) {
      return pair(whole / MINUTE, "m", whole % MINUTE, "s");
    }
    return whole < DAY
        ? pair(whole / HOUR, "h", whole % HOUR / MINUTE, "m")
        : pair(whole / DAY, "d", whole % DAY / HOUR, "h");
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    return large + largeUnit + (small < 10 ? "0" : "") + small + smallUnit;
  }

  /** With one decimal, without locale. */
  public static String tenths(double value) {
    long tenths = Math.round(value * 10);
    return tenths / 10 + "." + Math.abs(tenths % 10);
  }

  /** With two decimals; {@code -} when not known. */
  public static String hundredths(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    long hundredths = Math.round(Math.abs(value) * 100);
    long fraction = hundredths % 100;
    return (value < 0 ? "-" : "") + hundredths / 100 + (fraction < 10 ? ".0" : ".") + fraction;
  }

  /** MiB as {@code 200M}, {@code 1.5G}; {@code -} when not known. */
  public static String size(double megabytes) {
    if (Double.isNaN(megabytes)) {
      return "-";
    }
    if (megabytes < 1024) {
      return Math.round(megabytes) + "M";
    }
    return megabytes < 1024 * 1024
        ? tenths(megabytes / 1024) + "G"
        : tenths(megabytes / 1024 / 1024) + "T";
  }

  /** Seconds since an ISO-8601 time, NaN when absent or malformed. */
  public static double since(String time, Instant now) {
    Instant then = instant(time);
    return then == null ? Double.NaN : Duration.between(then, now).toMillis() / 1000.0;
  }

  /** An ISO-8601 time, or null. */
  public static Instant instant(String time) {
    try {
      return time == null ? null : Instant.parse(time);
    } catch (DateTimeParseException malformed) {
      return null;
    }
  }
}
