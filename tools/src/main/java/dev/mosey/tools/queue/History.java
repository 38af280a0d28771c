package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
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
  private static final int MONTH = 7;
  private static final int DAY = 10;

  private History() {}

  static int run(Run run) {
    boolean all = run.in().has(SUM) || run.in().has(EXPORT);
    List<String> keys = run.in().has(SUM) ? keys(run.in().text(SUM)) : List.of();
    Long limit = run.in().number(ListVerbs.LIMIT, 1, Long.MAX_VALUE);
    long most = limit != null ? limit : all ? Long.MAX_VALUE : LIMIT_DEFAULT;
    JsonValue page = Pages.all(run.client(), path(run), most);
    List<JsonValue> items = page.get("items").items();
    if (run.in().has(SUM)) {
      sum(run, keys, items);
    } else if (run.in().has(EXPORT)) {
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

  private static String path(Run run) {
    StringBuilder query = new StringBuilder("/history?");
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

  /** What is summed for one value of the keys. */
  private static final class Sum {
    long jobs;
    long tasks;
    long failed;
    double cpuSeconds;

    void add(Job job) {
      jobs++;
      tasks += job.tasks();
      failed += job.isArray() ? job.count("failed") + job.count("lost") : 0;
      failed +=
          !job.isArray() && (job.state().equals("failed") || job.state().equals("lost")) ? 1 : 0;
      double cpu = job.json().number("cpu_seconds");
      cpuSeconds += Double.isNaN(cpu) ? 0 : cpu;
    }
  }

  private static void sum(Run run, List<String> keys, List<JsonValue> items) {
    Map<List<String>, Sum> sums = new TreeMap<>(History::compare);
    for (JsonValue item : items) {
      List<String> values = keys.stream().map(key -> value(key, item)).toList();
      sums.computeIfAbsent(values, any -> new Sum()).add(new Job(item));
    }
    List<JsonValue> rows = new ArrayList<>();
    Table table = new Table();
    keys.forEach(key -> table.column(key.toUpperCase(java.util.Locale.ROOT)));
    table.number("JOBS").number("TASKS").number("FAILED").number("CPU");
    sums.forEach(
        (values, sum) -> {
          JsonValue.Members row = new JsonValue.Members();
          for (int i = 0; i < keys.size(); i++) {
            row.put(keys.get(i), values.get(i));
          }
          row.put("jobs", sum.jobs).put("tasks", sum.tasks).put("failed", sum.failed);
          rows.add(row.put("cpu_seconds", sum.cpuSeconds));
          List<String> cells = new ArrayList<>(values);
          cells.addAll(
              List.of(
                  Long.toString(sum.jobs), Long.toString(sum.tasks), Long.toString(sum.failed)));
          cells.add(Units.elapsed(sum.cpuSeconds));
          table.row(cells);
        });
    switch (run.mode()) {
      case JSON -> run.json(new JsonValue.Members().put("items", rows));
      case QUIET -> sums.keySet().forEach(values -> run.out().println(String.join(" ", values)));
      case TABLE, WIDE -> run.table(table);
    }
  }

  private static int compare(List<String> a, List<String> b) {
    return String.join("\0", a).compareTo(String.join("\0", b));
  }

  private static String value(String key, JsonValue item) {
    String ended = item.text("ended", "-");
    return switch (key) {
      case "month" -> ended.substring(0, Math.min(MONTH, ended.length()));
      case "day" -> ended.substring(0, Math.min(DAY, ended.length()));
      default -> item.text(key, "-");
    };
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
