package dev.mosey.tools.output;

import dev.mosey.tools.Caller;
import java.util.ArrayList;
import java.util.List;

/**
 * A table that fits the terminal: the last column gives way first, then lines are folded. No cell
 * is empty, so that {@code awk} counts fields right.
 */
public final class Table {
  private static final int LAST_LEAST = 8;
  private static final String FOLD_INDENT = "    ";
  private static final String RESET = "\033[0m";

  private final List<String> heads = new ArrayList<>();
  private final List<Boolean> right = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a column. */
  public Table column(String head) {
    heads.add(head);
    right.add(false);
    return this;
  }

  /** Adds a column of numbers. */
  public Table number(String head) {
    heads.add(head);
    right.add(true);
    return this;
  }

  /** Adds a row: as many cells as there are columns; null shows as {@code -}. */
  public Table row(List<String> cells) {
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(cell == null || cell.isEmpty() ? "-" : printable(cell));
    }
    rows.add(row);
    return this;
  }

  /** Whether there are no rows. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * Prints it.
   *
   * @param cut whether the last column is cut, and long lines are folded, to the width of the
   *     caller's terminal
   */
  public void print(Caller caller, boolean cut) {
    int[] widths = new int[heads.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = heads.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    int available = cut ? caller.columns() : Integer.MAX_VALUE;
    int gap = total(widths, 2) > available ? 1 : 2;
    boolean[] folds = fold(widths, gap, available);
    StringBuilder text = new StringBuilder();
    line(text, heads, widths, folds, gap, false);
    for (List<String> row : rows) {
      line(text, row, widths, folds, gap, caller.colours());
    }
    caller.out().print(text);
  }

  /** Before which columns a new line begins; narrows the last column to what is left for it. */
  private static boolean[] fold(int[] widths, int gap, int available) {
    boolean[] folds = new boolean[widths.length];
    int last = widths.length - 1;
    int used = widths[0];
    for (int i = 1; i < widths.length; i++) {
      int least = i == last ? Math.min(widths[i], LAST_LEAST) : widths[i];
      folds[i] = used + gap + least > available;
      used = (folds[i] ? FOLD_INDENT.length() : used + gap) + widths[i];
    }
    widths[last] =
        Math.max(Math.min(widths[last], LAST_LEAST), widths[last] - Math.max(0, used - available));
    return folds;
  }

  private static int total(int[] widths, int gap) {
    int total = gap * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    return total;
  }

  private void line(
      StringBuilder text,
      List<String> cells,
      int[] widths,
      boolean[] folds,
      int gap,
      boolean colours) {
    for (int i = 0; i < widths.length; i++) {
      boolean ends = i == widths.length - 1 || folds[i + 1];
      String cell = cut(cells.get(i), widths[i]);
      String padding = " ".repeat(widths[i] - length(cell));
      if (folds[i]) {
        text.append('\n').append(FOLD_INDENT);
      }
      if (right.get(i)) {
        text.append(padding);
      }
      String colour = colours ? colour(cell) : null;
      text.append(colour == null ? cell : colour + cell + RESET);
      if (!ends) {
        text.append(right.get(i) ? "" : padding).append(" ".repeat(gap));
      }
    }
    text.append('\n');
  }

  private static String colour(String cell) {
    return switch (cell) {
      case "RUN", "running", "up", "done" -> "\033[32m";
      case "failed", "lost", "away", "unknown" -> "\033[31m";
      case "moving", "starting", "joining", "leaving", "draining", "blocked" -> "\033[33m";
      default -> null;
    };
  }

  private static String cut(String cell, int width) {
    return length(cell) <= width
        ? cell
        : cell.substring(0, cell.offsetByCodePoints(0, width - 1)) + "~";
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  /** What could move the cursor or break the line is shown as a question mark. */
  public static String printable(String text) {
    StringBuilder kept = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        kept = kept == null ? new StringBuilder(text) : kept;
        kept.setCharAt(i, text.charAt(i) == '\n' || text.charAt(i) == '\t' ? ' ' : '?');
      }
    }
    return kept == null ? text : kept.toString();
  }
}
