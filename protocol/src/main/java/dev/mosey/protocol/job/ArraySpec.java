package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The indices of an array of tasks, {@code FIRST-LAST[:STEP][%MAX]}.
 *
 * @param first smallest index, 0 or more
 * @param last largest index allowed, at least {@code first}
 * @param step distance between indices, 1 or more
 * @param atOnce how many may run at the same time; 0 = no bound
 */
public record ArraySpec(int first, int last, int step, int atOnce) {
  private static final Pattern SHAPE =
      Pattern.compile("(\\d{1,9})-(\\d{1,9})(?::(\\d{1,9}))?(?:%(\\d{1,9}))?");

  /** Checks the ranges. */
  public ArraySpec {
    if (first < 0 || last < first || step < 1 || atOnce < 0) {
      throw new IllegalArgumentException(
          "an array needs 0 <= FIRST <= LAST and STEP >= 1, was "
              + first
              + "-"
              + last
              + ":"
              + step);
    }
  }

  /**
   * Parses {@code 1-100}, {@code 0-90:10}, {@code 1-100%4}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  @JsonCreator
  public static ArraySpec parse(String text) {
    Matcher m = SHAPE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an array: expected FIRST-LAST[:STEP][%MAX], like 1-100%4");
    }
    if (m.group(4) != null && Integer.parseInt(m.group(4)) == 0) {
      throw new IllegalArgumentException(
          "'" + text + "' lets none of its tasks run: %MAX is 1 or more, or left out for no bound");
    }
    return new ArraySpec(
        Integer.parseInt(m.group(1)),
        Integer.parseInt(m.group(2)),
        m.group(3) == null ? 1 : Integer.parseInt(m.group(3)),
        m.group(4) == null ? 0 : Integer.parseInt(m.group(4)));
  }

  /** How many tasks there are. */
  public int size() {
    return (last - first) / step + 1;
  }

  /** The user's index of the task at a position of 0 to size - 1. */
  public int indexAt(int position) {
    return first + position * step;
  }

  /** The position of a user's index, or -1 when the array has no such task. */
  public int positionOf(int index) {
    int distance = index - first;
    return distance < 0 || index > last || distance % step != 0 ? -1 : distance / step;
  }

  @JsonValue
  @Override
  public String toString() {
    return first + "-" + last + (step == 1 ? "" : ":" + step) + (atOnce == 0 ? "" : "%" + atOnce);
  }
}
