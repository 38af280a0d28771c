package dev.mosey.tools;

import dev.mosey.tools.client.Client;
import dev.mosey.tools.client.Keys;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.option.Parsed;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;

/** One command being run: what was typed, who typed it, and the node that it is about. */
public final class Run implements AutoCloseable {
  private final Parsed in;
  private final Caller caller;
  private final Mode mode;
  private Keys keys;
  private Client client;

  /** A run; no node is asked yet. */
  public Run(Parsed in, Caller caller) {
    this.in = in;
    this.caller = caller;
    this.mode = Mode.of(in, caller);
  }

  /** What was typed. */
  public Parsed in() {
    return in;
  }

  /** Who typed it. */
  public Caller caller() {
    return caller;
  }

  /** How to print. */
  public Mode mode() {
    return mode;
  }

  /** Standard output. */
  public PrintStream out() {
    return caller.out();
  }

  /** The caller's keys. */
  public Keys keys() {
    if (keys == null) {
      keys = Keys.of(caller, in.text(Common.KEY_DIR));
    }
    return keys;
  }

  /** The node to ask. */
  public Client client() {
    if (client == null) {
      client = Client.of(caller, in.text(Common.NODE), keys());
    }
    return client;
  }

  /** Prints a value on one line. */
  public void json(JsonValue value) {
    out().println(value);
  }

  /** Prints a table, cut to the terminal's width; {@code wide} is cut on a terminal only. */
  public void table(Table table) {
    table.print(caller, mode == Mode.TABLE || caller.terminal().out());
  }

  /** Says something that is no result, on standard error. */
  public void note(String line) {
    caller.err().println(in.tool().name() + ": " + line);
  }

  /**
   * Prints a list, and says what it lacks.
   *
   * @param id which field of an item is its id
   * @param table prints the items for people
   */
  public int page(JsonValue page, String id, Consumer<List<JsonValue>> table) {
    List<JsonValue> items = page.get("items").items();
    switch (mode) {
      case JSON -> json(page);
      case QUIET -> items.forEach(item -> out().println(item.text(id)));
      case TABLE, WIDE -> table.accept(items);
    }
    if (mode != Mode.JSON) {
      notes(page);
    }
    return 0;
  }

  /** Says what a list lacks because a home is away. */
  public void notes(JsonValue page) {
    List<String> notes = page.texts("notes");
    notes.forEach(this::note);
    if (notes.isEmpty()) {
      page.texts("incomplete")
          .forEach(home -> note(home + " does not answer: what is there is missing"));
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
