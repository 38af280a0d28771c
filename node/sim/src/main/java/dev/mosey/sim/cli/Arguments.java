package dev.mosey.sim.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was typed behind a subcommand: options with values ({@code --seed 7} or {@code --seed=7})
 * and words.
 *
 * @param options by name
 * @param words the rest, in order
 */
public record Arguments(Map<String, String> options, List<String> words) {
  private static final String HINT = "mosim --help shows what there is";

  /**
   * Sorts options from words.
   *
   * @param known the names of the options, each of which takes a value
   * @throws UsageException for an unknown option or a missing value
   */
  public static Arguments parse(List<String> typed, List<String> known) {
    Map<String, String> options = new TreeMap<>();
    List<String> words = new ArrayList<>();
    for (int i = 0; i < typed.size(); i++) {
      String word = typed.get(i);
      if (!word.startsWith("-")) {
        words.add(word);
        continue;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (!known.contains(name)) {
        throw new UsageException("there is no option " + name + " here", HINT);
      }
      if (equals < 0 && i + 1 == typed.size()) {
        throw new UsageException(name + " wants a value", HINT);
      }
      options.put(name, equals < 0 ? typed.get(++i) : word.substring(equals + 1));
    }
    return new Arguments(options, List.copyOf(words));
  }

  /** The value of an option, or another when it was not given. */
  public String text(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  /**
   * One of some words.
   *
   * @throws UsageException for any other
   */
  public String oneOf(String name, List<String> allowed, String otherwise) {
    return oneOf(name, text(name, otherwise), allowed);
  }

  /**
   * Checks that a word is one of those allowed.
   *
   * @throws UsageException for any other
   */
  public static String oneOf(String what, String word, List<String> allowed) {
    if (!allowed.contains(word)) {
      throw new UsageException(
          what + ": there is no '" + word + "'", "one of: " + String.join(", ", allowed));
    }
    return word;
  }

  /**
   * A whole number.
   *
   * @throws UsageException for anything else or out of range
   */
  public long number(String name, long otherwise, long least, long most) {
    String value = options.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // told below, as what is out of range
    }
    throw new UsageException(
        name + ": '" + value + "' is not a whole number from " + least + " to " + most, HINT);
  }

  /**
   * At most so many words.
   *
   * @throws UsageException when there are more
   */
  public void wordsAtMost(int most) {
    if (words.size() > most) {
      throw new UsageException("'" + words.get(most) + "' is one word too many", HINT);
    }
  }
}
