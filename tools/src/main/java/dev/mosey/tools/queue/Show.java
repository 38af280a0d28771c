package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code mosq show} and {@code mosq why}. */
final class Show {
  private static final int LABEL = 12;

  private Show() {}

  static int show(Run run) {
    List<String> ids = Ids.resolve(run, run.in().operands(), false, "scope=cluster");
    List<JsonValue> jobs = new ArrayList<>();
    for (String id : ids) {
      jobs.add(run.client().ask(Request.get("/jobs/" + id)).json());
    }
    switch (run.mode()) {
      case JSON ->
          run.json(
              jobs.size() == 1 && ids.size() == 1
                  ? jobs.getFirst()
                  : new JsonValue.Members().put("items", jobs));
      case QUIET -> ids.forEach(run.out()::println);
      case TABLE, WIDE -> {
        for (int i = 0; i < jobs.size(); i++) {
          if (i > 0) {
            run.out().println();
          }
          print(run, new Job(jobs.get(i)));
        }
      }
    }
    return 0;
  }

  private static void print(Run run, Job job) {
    JsonValue json = job.json();
    Instant now = Instant.now();
    line(run, "id", job.id());
    line(run, "name", json.text("name"));
    line(run, json.has("class_name") ? "program" : "command", job.command());
    line(run, "directory", json.text("cwd"));
    String exit = job.exit();
    line(run, "state", job.state() + (exit == null ? "" : ", " + exit));
    String reason = json.text("reason");
    line(run, "reason", Objects.equals(reason, json.get("exit").text("why")) ? null : reason);
    line(run, "note", json.text("note"));
    line(run, "tasks", tasks(json));
    line(run, "progress", json.text("progress"));
    line(run, "user", json.text("user"));
    line(run, "priority", json.text("priority"));
    line(run, "resources", resources(json.get("resources")));
    line(run, "array", json.text("array"));
    line(run, "home", json.text("home"));
    line(run, "host", json.text("host"));
    line(run, "incarnation", json.text("incarnation"));
    line(run, "lease", duration(json.number("lease_seconds")));
    line(run, "submitted", json.text("submitted"));
    line(run, "started", json.text("started"));
    line(run, "ended", json.text("ended"));
    line(run, "ran", duration(job.ran(now)));
    line(run, "processor", duration(json.number("cpu_seconds")));
    double bytes = json.number("rss_bytes");
    line(run, "memory", Double.isNaN(bytes) ? null : Units.size(bytes / 1024 / 1024));
    line(run, "restarts", json.text("restarts"));
    line(run, "move", json.text("move"));
    line(run, "checkpoint", json.get("checkpoint").text("taken"));
    moves(run, json.get("moves").items());
  }

  private static void line(Run run, String label, String value) {
    if (value != null && !value.isEmpty()) {
      String padding = " ".repeat(Math.max(1, LABEL - label.length()));
      run.out().println(label + padding + Table.printable(value));
    }
  }

  private static String duration(double seconds) {
    return Double.isNaN(seconds) ? null : Units.elapsed(seconds);
  }

  private static String tasks(JsonValue json) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, JsonValue> each : json.get("tasks").members().entrySet()) {
      parts.add(each.getValue().asText() + " " + each.getKey());
    }
    return String.join(", ", parts);
  }

  private static String resources(JsonValue resources) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, JsonValue> each : resources.members().entrySet()) {
      double amount = each.getValue().asNumber();
      parts.add(
          each.getKey().equals("memory_mb")
              ? "memory " + Units.size(amount)
              : each.getKey() + " " + JsonValue.of(amount));
    }
    return String.join(", ", parts);
  }

  private static void moves(Run run, List<JsonValue> moves) {
    if (moves.isEmpty()) {
      return;
    }
    run.out().println("moves");
    Table table = new Table().column("  AT").column("FROM").column("TO").number("PAUSE");
    table.number("GAIN").number("GAINED").column("REASON");
    for (JsonValue move : moves) {
      double pause = move.number("pause_seconds");
      table.row(
          List.of(
              "  " + move.text("at", "-"),
              move.text("from", "-"),
              move.text("to", "-"),
              Double.isNaN(pause) ? "-" : Math.round(pause * 1000) + "ms",
              Units.elapsed(move.number("predicted_gain_seconds")),
              Units.elapsed(move.number("realised_gain_seconds")),
              move.text("reason", "-") + outcome(move)));
    }
    run.table(table);
  }

  private static String outcome(JsonValue move) {
    String outcome = move.text("outcome");
    return outcome == null || outcome.equals("moved") ? "" : ": " + outcome;
  }

  static int why(Run run) {
    List<String> operands = run.in().operands();
    String path = "/why";
    if (!operands.isEmpty()) {
      path = "/jobs/" + Ids.one(run, operands.getFirst()) + "/why";
    }
    if (operands.size() > 1) {
      path += "?node=" + Pages.encode(operands.get(1));
    }
    JsonValue why = run.client().ask(Request.get(path)).json();
    switch (run.mode()) {
      case JSON -> run.json(why);
      case QUIET -> run.out().println(why.text("reason", "-"));
      case TABLE, WIDE -> printWhy(run, why);
    }
    return 0;
  }

  private static void printWhy(Run run, JsonValue why) {
    run.out().println(Table.printable(why.text("summary", why.text("reason", "nothing is known"))));
    Table table = new Table().column("NODE").column("COULD").column("WHY");
    for (JsonValue node : why.get("nodes").items()) {
      table.row(
          List.of(
              node.text("node", "-"), node.isTrue("could") ? "yes" : "no", node.text("why", "-")));
    }
    if (!table.isEmpty()) {
      run.out().println();
      run.table(table);
    }
    List<String> figures = new ArrayList<>();
    for (Map.Entry<String, JsonValue> figure : why.get("figures").members().entrySet()) {
      figures.add(figure.getKey() + " " + Units.hundredths(figure.getValue().asNumber()));
    }
    if (!figures.isEmpty()) {
      run.out().println("figures: " + String.join(", ", figures));
    }
    moves(run, why.get("moves").items());
  }

  /** One id in JSON or text mode, for verbs that answer with a job. */
  static void steered(Run run, List<JsonValue> answers, List<Failure> failures) {
    if (run.mode() == Mode.JSON) {
      JsonValue.Members result = new JsonValue.Members().put("items", answers);
      List<JsonValue> errors = new ArrayList<>();
      for (Failure failure : failures) {
        errors.add(
            new JsonValue.Members()
                .put("code", failure.code())
                .put("message", failure.getMessage())
                .put("hint", failure.hint()));
      }
      if (!errors.isEmpty()) {
        result.put("error", errors.getFirst()).put("errors", errors);
      }
      run.json(result);
      return;
    }
    for (Failure failure : failures) {
      run.note(failure.getMessage());
      if (failure.hint() != null) {
        run.caller().err().println("hint: " + failure.hint());
      }
    }
  }
}
