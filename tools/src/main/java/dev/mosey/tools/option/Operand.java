package dev.mosey.tools.option;

/**
 * What stands on a command line without an option's name.
 *
 * @param label what it is called in help
 * @param help one sentence
 * @param least how many there must be
 * @param most how many there can be
 * @param values what it can be
 */
public record Operand(String label, String help, int least, int most, Values values) {
  /** Exactly one. */
  public static Operand one(String label, Values values, String help) {
    return new Operand(label, help, 1, 1, values);
  }

  /** One or none. */
  public static Operand maybe(String label, Values values, String help) {
    return new Operand(label, help, 0, 1, values);
  }

  /** Any number, none included. */
  public static Operand any(String label, Values values, String help) {
    return new Operand(label, help, 0, Integer.MAX_VALUE, values);
  }

  /** One or more. */
  public static Operand some(String label, Values values, String help) {
    return new Operand(label, help, 1, Integer.MAX_VALUE, values);
  }

  /** As a synopsis has it: {@code ID...}, {@code [NODE]}. */
  public String synopsis() {
    String text = most > 1 ? label + "..." : label;
    return least == 0 ? "[" + text + "]" : text;
  }
}
