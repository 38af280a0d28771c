package dev.mosey.tools.option;

import dev.mosey.tools.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command line, understood.
 *
 * @param tool the tool
 * @param command the verb, or the tool itself
 * @param values what each option was given, in order; of a switch one empty text for each time
 * @param operands in order
 */
public record Parsed(
    Command tool, Command command, Map<Option, List<String>> values, List<String> operands) {
  /** Copies. */
  public Parsed {
    values = Map.copyOf(new LinkedHashMap<>(values));
    operands = List.copyOf(operands);
  }

  /** Whether the option was given. */
  public boolean has(Option option) {
    return values.containsKey(option);
  }

  /** The value of an option, or null when it was not given. */
  public String text(Option option) {
    List<String> all = values.get(option);
    return all == null ? null : all.getLast();
  }

  /** All values of an option that repeats. */
  public List<String> all(Option option) {
    return values.getOrDefault(option, List.of());
  }

  /** A whole number, or null when it was not given. */
  public Long number(Option option, long least, long most) {
    String text = text(option);
    if (text == null) {
      return null;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw Failure.usage(
        option.name()
            + " must be a number from "
            + least
            + (most == Long.MAX_VALUE ? "" : " to " + most)
            + ", was '"
            + text
            + "'",
        null);
  }

  /** The only or first operand. */
  public String operand() {
    return operands.getFirst();
  }

  /** What the user typed to get here: {@code mosq list}. */
  public String typed() {
    return tool.name().equals(command.name()) ? tool.name() : tool.name() + " " + command.name();
  }
}
