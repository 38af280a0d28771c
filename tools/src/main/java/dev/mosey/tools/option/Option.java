package dev.mosey.tools.option;

import java.util.List;

/**
 * One option.
 *
 * @param names short before long: {@code -p}, {@code --priority}
 * @param label what its value is called in help, or null for a switch
 * @param help one sentence
 * @param repeats whether it may be given several times
 * @param later whether this release refuses it by name
 * @param values what its value can be
 */
public record Option(
    List<String> names, String label, String help, boolean repeats, boolean later, Values values) {
  /** Copies the names. */
  public Option {
    names = List.copyOf(names);
  }

  /** A switch: {@code "-f, --follow"}. */
  public static Option flag(String names, String help) {
    return new Option(split(names), null, help, false, false, Values.ANY);
  }

  /** An option with a value: {@code "-p, --priority"}, {@code "N"}. */
  public static Option value(String names, String label, String help) {
    return new Option(split(names), label, help, false, false, Values.ANY);
  }

  /** The same, and it may be given several times. */
  public Option many() {
    return new Option(names, label, help, true, later, values);
  }

  /** The same, refused by name in this release. */
  public Option refusedUntilLater() {
    return new Option(names, label, help, repeats, true, values);
  }

  /** The same, with candidates for completions. */
  public Option of(Values candidates) {
    return new Option(names, label, help, repeats, later, candidates);
  }

  /** Whether it is without a value. */
  public boolean isFlag() {
    return label == null;
  }

  /** The name by which messages call it: the last, which is the long one where there is one. */
  public String name() {
    return names.getLast();
  }

  /** Within one command the names tell options apart, and comparing them is quick. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Option that && names.equals(that.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  private static List<String> split(String names) {
    return List.of(names.split(", "));
  }
}
