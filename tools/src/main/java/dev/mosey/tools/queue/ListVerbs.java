package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code mosq list}, {@code listall}, {@code locallist}, {@code locallistall}. */
final class ListVerbs {
  static final Option ELEMENTS = Option.flag("--elements", "One row for each element of an array.");
  static final Option ALL = Option.flag("-a, --all", "What has ended, too.");
  static final Option USER = Option.value("--user", "USER", "Only this user's.");
  static final Option STATE =
      Option.value(
          "--state", "STATE,..", "Only in these states: waiting held running done failed ...");
  static final Option LIMIT = Option.value("--limit", "N", "At most so many rows.");
  static final Option HOME =
      Option.value("--home", "NODE", "Only what was born at this home.").of(Values.NODE);

  private static final List<String> STATES =
      List.of(
          "waiting",
          "held",
          "starting",
          "running",
          "moving",
          "frozen",
          "done",
          "failed",
          "cancelled",
          "lost",
          "unknown");

  private ListVerbs() {}

  static int waiting(Run run) {
    return list(run, "waiting,held,frozen", false);
  }

  static int all(Run run) {
    return list(run, null, false);
  }

  static int waitingHere(Run run) {
    return list(run, "waiting,held,frozen", true);
  }

  static int allHere(Run run) {
    return list(run, null, true);
  }

  private static int list(Run run, String states, boolean local) {
    JsonValue page = run.in().operands().isEmpty() ? queried(run, states, local) : named(run);
    return run.page(page, "id", items -> print(run, items));
  }

  private static JsonValue queried(Run run, String states, boolean local) {
    StringBuilder query = new StringBuilder("/jobs?");
    boolean ended = run.in().has(ALL);
    Pages.add(
        query, "state", run.in().has(STATE) ? states(run.in().text(STATE)) : ended ? null : states);
    Pages.add(query, "user", run.in().text(USER));
    Pages.add(query, "home", run.in().text(HOME));
    Pages.add(query, "scope", local ? "local" : "cluster");
    Pages.add(query, "elements", run.in().has(ELEMENTS) ? "true" : null);
    Pages.add(query, "ended", ended || run.in().has(STATE) ? "true" : null);
    query.setLength(query.length() - 1);
    Long limit = run.in().number(LIMIT, 1, Long.MAX_VALUE);
    return Pages.all(run.client(), query.toString(), limit == null ? Long.MAX_VALUE : limit);
  }

  private static JsonValue named(Run run) {
    JsonValue.Members page =
        Elements.named(run, Ids.resolve(run, run.in().operands(), false, null));
    return run.in().has(ELEMENTS) ? Elements.opened(run, page) : page;
  }

  static String states(String typed) {
    for (String state : typed.split(",")) {
      if (!STATES.contains(state)) {
        throw Failure.usage(
            "'" + state + "' is not a state", "states are " + String.join(", ", STATES));
      }
    }
    return typed;
  }

  private static void print(Run run, List<JsonValue> items) {
    boolean wide = run.mode() == Mode.WIDE;
    Table table = new Table().column("PID").column("USER").number("MEM").number("TASKS");
    table.number("PRI").column("FROM").column("STATE");
    if (wide) {
      table.column("HOST").column("NAME").number("TIME").column("REASON");
    }
    table.column("COMMAND");
    Instant now = wide ? Instant.now() : Instant.EPOCH;
    for (JsonValue item : items) {
      Job job = new Job(item);
      List<String> cells = new ArrayList<>(List.of(job.id(), item.text("user", "-"), job.memory()));
      cells.add(job.tasksEnded());
      cells.add(job.onHost() ? "RUN" : item.text("priority", "-"));
      cells.add(item.text("home"));
      cells.add(job.states());
      if (wide) {
        double seconds =
            job.onHost() || job.ended() ? job.ran(now) : Units.since(item.text("submitted"), now);
        cells.add(item.text("host"));
        cells.add(item.text("name"));
        cells.add(Units.elapsed(seconds));
        cells.add(item.text("reason"));
      }
      cells.add(job.command());
      table.row(cells);
    }
    run.table(table);
  }
}
