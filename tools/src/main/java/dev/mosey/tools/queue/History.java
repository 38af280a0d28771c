package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code mosq history}: what has ended. */
final class History {
  static final Option SINCE =
      Option.value(
          "--since", "TIME", "Ended after this: a time, or a duration (2d: two days ago).");
  static final Option UNTIL = Option.value("--until", "TIME", "Ended before this.");
  static final Option SUM =
      Option.value(
          "--sum",
          "KEY,..",
          "Sums by user, month, day, state, home, host or name; several by comma.");
  static final Option EXPORT =
      Option.flag("--export", "Everything as comma-separated values, for a spreadsheet.");

  private static final List<String> KEYS =
      List.of("user", "month", "day", "state", "home", "host", "name");
  private static final List<String> EXPORTED =
      List.of(
          "id",
          "name",
          "user",
          "state",
          "home",
          "host",
          "submitted",
          "started",
          "ended",
          "cpu_seconds",
          "restarts",
          "priority");
  private static final long LIMIT_DEFAULT = 100;
  private static final List<String> COUNTS = List.of("jobs", "tasks", "failed");

  private History() {}

  static int run(Run run) {
    if (run.in().has(SUM)) {
      sum(run, keys(run.in().text(SUM)));
      return 0;
    }
    boolean all = run.in().has(EXPORT);
    Long limit = run.in().number(ListVerbs.LIMIT, 1, Long.MAX_VALUE);
    long most = limit != null ? limit : all ? Long.MAX_VALUE : LIMIT_DEFAULT;
    JsonValue page = Pages.all(run.client(), path(run, null), most);
    List<JsonValue> items = page.get("items").items();
    if (all) {
      export(run, items);
    } else {
      switch (run.mode()) {
        case JSON -> run.json(page);
        case QUIET -> items.forEach(item -> run.out().println(item.text("id")));
        case TABLE, WIDE -> print(run, items);
      }
    }
    if (run.mode() != Mode.JSON) {
      run.notes(page);
      if (page.has("next") && limit == null) {
        run.note("only the newest " + LIMIT_DEFAULT + " are shown; --limit N shows more");
      }
    }
    return 0;
  }

  private static String path(Run run, String keys) {
    StringBuilder query = new StringBuilder("/history?");
    Pages.add(query, "sum", keys);
    Pages.add(query, "since", time(run, SINCE));
    Pages.add(query, "until", time(run, UNTIL));
    Pages.add(query, "user", run.in().text(ListVerbs.USER));
    if (run.in().has(ListVerbs.STATE)) {
      Pages.add(query, "state", ListVerbs.states(run.in().text(ListVerbs.STATE)));
    }
    query.setLength(query.length() - 1);
    return query.toString();
  }

  private static String time(Run run, Option option) {
    String text = run.in().text(option);
    if (text == null) {
      return null;
    }
    if (!text.isEmpty() && "smhd".indexOf(text.charAt(text.length() - 1)) >= 0) {
      double seconds = Units.seconds(option.name(), text);
      return Instant.now().minus(Duration.ofMillis((long) (seconds * 1000))).toString();
    }
    return Begin.past(option.name(), text, ZonedDateTime.now(run.caller().zone())).toString();
  }

  private static List<String> keys(String typed) {
    List<String> keys = List.of(typed.split(","));
    for (String key : keys) {
      if (!KEYS.contains(key)) {
        throw Failure.usage(
            "--sum can't sum by '" + key + "'", "it sums by " + String.join(", ", KEYS));
      }
    }
    return keys;
  }

  private static void print(Run run, List<JsonValue> items) {
    boolean wide = run.mode() == Mode.WIDE;
    Table table = new Table().column("PID").column("USER").column("STATE").column("EXIT");
    table.number("TIME").number("CPU").column("HOST");
    if (wide) {
      table.column("SUBMITTED").column("ENDED").column("NAME");
    }
    table.column("COMMAND");
    for (JsonValue item : items) {
      Job job = new Job(item);
      List<String> cells = new ArrayList<>(List.of(job.id(), item.text("user", "-"), job.state()));
      cells.add(shortExit(item.get("exit")));
      cells.add(Units.elapsed(job.ran(Instant.EPOCH)));
      cells.add(Units.elapsed(item.number("cpu_seconds")));
      cells.add(item.text("host"));
      if (wide) {
        cells.addAll(
            List.of(item.text("submitted", "-"), item.text("ended", "-"), item.text("name", "-")));
      }
      cells.add(job.command());
      table.row(cells);
    }
    run.table(table);
  }

  private static String shortExit(JsonValue exit) {
    return exit.has("code")
        ? exit.text("code")
        : exit.has("signal") ? "SIG" + exit.text("signal") : "-";
  }

  private static void sum(Run run, List<String> keys) {
    if (run.in().has(ListVerbs.LIMIT)) {
      throw Failure.usage("--limit and --sum exclude each other", "narrow it by --since");
    }
    JsonValue sums = run.client().ask(Request.get(path(run, String.join(",", keys)))).json();
    Map<List<String>, JsonValue> sorted = new TreeMap<>(History::compare);
    for (JsonValue each : sums.get("items").items()) {
      JsonValue named = each.get("keys");
      sorted.put(keys.stream().map(key -> named.text(key, "-")).toList(), each);
    }
    switch (run.mode()) {
      case JSON -> {
        List<JsonValue> rows = new ArrayList<>();
        sorted.forEach((values, each) -> rows.add(row(keys, values, each)));
        run.json(
            new JsonValue.Members()
                .put("items", rows)
                .put("incomplete", sums.has("incomplete") ? sums.get("incomplete") : null)
                .put("notes", sums.has("notes") ? sums.get("notes") : null));
      }
      case QUIET -> sorted.keySet().forEach(key -> run.out().println(String.join(" ", key)));
      case TABLE, WIDE -> run.table(table(keys, sorted));
    }
    if (run.mode() != Mode.JSON) {
      run.notes(sums);
    }
  }

  private static JsonValue row(List<String> keys, List<String> values, JsonValue sum) {
    JsonValue.Members row = new JsonValue.Members();
    for (int i = 0; i < keys.size(); i++) {
      row.put(keys.get(i), values.get(i));
    }
    for (String count : COUNTS) {
      row.put(count, (long) sum.number(count));
    }
    return row.put("cpu_seconds", sum.number("cpu_seconds"));
  }

  private static Table table(List<String> keys, Map<List<String>, JsonValue> sorted) {
    Table table = new Table();
    keys.forEach(key -> table.column(key.toUpperCase(Locale.ROOT)));
    table.number("JOBS").number("TASKS").number("FAILED").number("CPU");
    sorted.forEach(
        (values, sum) -> {
          List<String> cells = new ArrayList<>(values);
          COUNTS.forEach(count -> cells.add(Long.toString((long) sum.number(count))));
          cells.add(Units.elapsed(sum.number("cpu_seconds")));
          table.row(cells);
        });
    return table;
  }

  private static int compare(List<String> a, List<String> b) {
    return String.join("\0", a).compareTo(String.join("\0", b));
  }

  private static void export(Run run, List<JsonValue> items) {
    run.out().println(String.join(",", EXPORTED) + ",exit_code,exit_signal,command");
    for (JsonValue item : items) {
      StringBuilder line = new StringBuilder();
      for (String field : EXPORTED) {
        line.append(quoted(item.text(field, ""))).append(',');
      }
      line.append(item.get("exit").text("code", "")).append(',');
      line.append(item.get("exit").text("signal", "")).append(',');
      run.out().println(line.append(quoted(new Job(item).command())));
    }
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> ",\"\n\r".indexOf(c) >= 0);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
