package dev.mosey.sim.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines in columns: the first to the left, the others to the right. */
public final class Table {
  private final List<String[]> lines = new ArrayList<>();

  /** A table with these heads. */
  public Table(String... heads) {
    lines.add(heads);
  }

  /** One more line; numbers with decimals are printed with two. */
  public void add(Object... cells) {
    String[] line = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      line[i] =
          cells[i] instanceof Double number
              ? String.format(Locale.ROOT, "%.2f", number)
              : String.valueOf(cells[i]);
    }
    lines.add(line);
  }

  @Override
  public String toString() {
    int[] widths = new int[lines.getFirst().length];
    for (String[] line : lines) {
      for (int i = 0; i < line.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < line.length; i++) {
        String pad = " ".repeat(widths[i] - line[i].length());
        row.append(i == 0 ? line[i] + pad : "  " + pad + line[i]);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
