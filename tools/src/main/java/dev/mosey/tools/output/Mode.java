package dev.mosey.tools.output;

import dev.mosey.tools.Caller;
import dev.mosey.tools.Failure;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.option.Parsed;

/** How to print. */
public enum Mode {
  /** For people. */
  TABLE,
  /** For people, with more columns. */
  WIDE,
  /** One JSON value. */
  JSON,
  /** Ids only. */
  QUIET;

  /** What the options say, else {@code MOSEY_FORMAT}. */
  public static Mode of(Parsed in, Caller caller) {
    if (in.has(Common.JSON)) {
      return JSON;
    }
    String word = in.has(Common.OUTPUT) ? in.text(Common.OUTPUT) : caller.variable("MOSEY_FORMAT");
    return switch (word == null ? "table" : word) {
      case "table" -> TABLE;
      case "wide" -> WIDE;
      case "json" -> JSON;
      case "quiet" -> QUIET;
      default ->
          throw Failure.usage(
              "MOSEY_FORMAT must be table, wide, json or quiet, was '" + word + "'", null);
    };
  }

  /** Whether people read it. */
  public boolean forPeople() {
    return this == TABLE || this == WIDE;
  }
}
