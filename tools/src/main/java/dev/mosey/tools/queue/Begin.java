package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.output.Units;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/** A time that a user typed. */
final class Begin {
  private Begin() {}

  /** As the interface wants it: {@code +SECONDS} or an instant in UTC. */
  static String parse(String text, ZoneId zone) {
    if (text.startsWith("+")) {
      return "+" + Units.seconds("--begin", text.substring(1));
    }
    return instant("--begin", text, ZonedDateTime.now(zone)).toString();
  }

  /**
   * The next such time ({@code HH:MM}), the local date and time, or the instant.
   *
   * @throws Failure wrong usage
   */
  static Instant instant(String what, String text, ZonedDateTime now) {
    return instant(what, text, now, 1);
  }

  /** The same, but {@code HH:MM} is the last such time. */
  static Instant past(String what, String text, ZonedDateTime now) {
    return instant(what, text, now, -1);
  }

  private static Instant instant(String what, String text, ZonedDateTime now, int direction) {
    try {
      if (text.endsWith("Z")) {
        return Instant.parse(text);
      }
      if (text.indexOf('-') < 0) {
        ZonedDateTime today = now.with(LocalTime.parse(text));
        boolean otherDay = direction > 0 ? today.isBefore(now) : today.isAfter(now);
        return (otherDay ? today.plusDays(direction) : today).toInstant();
      }
      LocalDateTime local =
          text.indexOf('T') < 0 ? LocalDate.parse(text).atStartOfDay() : LocalDateTime.parse(text);
      return local.atZone(now.getZone()).toInstant();
    } catch (DateTimeException malformed) {
      throw Failure.usage(
          what + " must be a time, was '" + text + "'",
          "use +90m, 08:30, 2030-01-31, 2030-01-31T08:30 or 2030-01-31T08:30:00Z");
    }
  }
}
