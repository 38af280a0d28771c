package dev.mosey.examples;

import java.util.List;

/** Reads arguments and says in a line what is wrong with them. */
final class Arguments {
  private Arguments() {}

  static int integer(List<String> arguments, int position, String what, int least, int most) {
    return (int) number(arguments, position, what, least, most);
  }

  static long number(List<String> arguments, int position, String what, long least, long most) {
    String wanted = what + " must be " + least + " to " + most;
    if (position >= arguments.size()) {
      throw new IllegalArgumentException(wanted + "; it is missing");
    }
    String given = arguments.get(position);
    try {
      long number = Long.parseLong(given);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException notANumber) {
      // The same sentence says what was expected.
    }
    throw new IllegalArgumentException(wanted + ", not '" + given + "'");
  }
}
