package dev.mosey.node.load;

/** Finds numbers in the kernel's texts without throwing. */
final class Words {
  private Words() {}

  /** A whole number, or -1 for anything else. */
  static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  /** The whole number that follows a word at the beginning of a line, or -1. */
  static long after(String text, String word) {
    int at = text.startsWith(word) ? 0 : text.indexOf("\n" + word);
    if (at < 0) {
      return -1;
    }
    int from = at + word.length() + (at == 0 && text.startsWith(word) ? 0 : 1);
    while (from < text.length() && text.charAt(from) == ' ') {
      from++;
    }
    int to = from;
    while (to < text.length() && Character.isDigit(text.charAt(to))) {
      to++;
    }
    return number(text.substring(from, to));
  }

  /** The figure after {@code avg10=} in the first line of a pressure file, or -1. */
  static double pressure(String text) {
    int at = text == null ? -1 : text.indexOf("avg10=");
    if (at < 0) {
      return -1;
    }
    int to = text.indexOf(' ', at);
    try {
      return Double.parseDouble(text.substring(at + 6, to < 0 ? text.length() : to));
    } catch (NumberFormatException odd) {
      return -1;
    }
  }
}
