package dev.mosey.sim.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values: records of fields, quoted where they hold commas, quotes or line ends.
 */
final class Csv {
  private final BufferedReader reader;
  private int lines;

  /** Reads on from where the reader is, {@code lines} lines having been read before. */
  Csv(BufferedReader reader, int lines) {
    this.reader = reader;
    this.lines = lines;
  }

  /** The number of the line that the last record ended on. */
  int line() {
    return lines;
  }

  /** The next record, or null at the end; empty lines are skipped. */
  List<String> next() throws IOException {
    String text = reader.readLine();
    while (text != null && text.isEmpty()) {
      lines++;
      text = reader.readLine();
    }
    if (text == null) {
      return null;
    }
    lines++;
    StringBuilder record = new StringBuilder(text);
    while (record.chars().filter(c -> c == '"').count() % 2 == 1) {
      String more = reader.readLine();
      if (more == null) {
        throw new IllegalArgumentException("a quote is not closed");
      }
      lines++;
      record.append('\n').append(more);
    }
    return fields(record);
  }

  static List<String> fields(CharSequence record) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char one = record.charAt(i);
      boolean doubled =
          quoted && one == '"' && i + 1 < record.length() && record.charAt(i + 1) == '"';
      if (doubled) {
        field.append('"');
        i++;
      } else if (one == '"') {
        quoted = !quoted;
      } else if (one == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(one);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
