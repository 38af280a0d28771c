package dev.mosey.node.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what a user may have meant. */
final class Nearest {
  private Nearest() {}

  /** {@code did you mean X?}, or null when nothing is near. */
  static String hint(String typed, Collection<String> known) {
    return known.stream()
        .filter(each -> distance(typed, each) <= 1 + typed.length() / 5)
        .min(Comparator.comparingInt((String each) -> distance(typed, each)))
        .map(each -> "did you mean " + each + "?")
        .orElse(null);
  }

  /** Levenshtein's: insertions, deletions and replacements. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column < row.length; column++) {
      row[column] = column;
    }
    for (int line = 1; line <= from.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column < row.length; column++) {
        int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
        diagonal = row[column];
        row[column] = Math.min(replaced, 1 + Math.min(row[column], row[column - 1]));
      }
    }
    return row[to.length()];
  }
}
