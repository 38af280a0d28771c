package dev.mosey.tools.node;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Answer;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Common;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code mosctl} does. */
final class NodeVerbs {
  private static final double DEADLINE_SECONDS = 60;
  private static final double BACKUP_SECONDS = 3_600;
  private static final Duration ADOPTION = Duration.ofSeconds(60);

  private NodeVerbs() {}

  static int status(Run run) {
    List<String> names = run.in().operands();
    JsonValue page = names.isEmpty() ? all(run) : some(run, names);
    return run.page(page, "name", nodes -> print(run, nodes));
  }

  private static JsonValue all(Run run) {
    return Pages.all(run.client(), "/nodes", Long.MAX_VALUE);
  }

  private static JsonValue some(Run run, List<String> names) {
    List<JsonValue> nodes = new ArrayList<>();
    for (String name : names) {
      nodes.add(run.client().ask(Request.get("/nodes/" + name(name))).json());
    }
    return new JsonValue.Members().put("items", nodes);
  }

  private static void print(Run run, List<JsonValue> nodes) {
    boolean wide = run.mode() == Mode.WIDE;
    Table table = new Table().column("NODE").column("STATE").column("MODE").number("LOAD");
    table.number("SPEED").number("CORES").number("RUN").number("WAIT").number("FREE");
    table.number("MEM").number("AGE");
    if (wide) {
      table
          .number("SWAP")
          .number("CPU%")
          .number("MEM%")
          .number("IO%")
          .column("STAY")
          .column("ADDRESS");
      table.column("HTTP").column("VERSION");
    }
    table.column("NOTE");
    for (JsonValue node : nodes) {
      List<String> cells = new ArrayList<>();
      cells.add(node.text("name"));
      cells.add(node.text("state"));
      cells.add(node.text("mode"));
      cells.add(Units.hundredths(node.number("load")));
      cells.add(Units.hundredths(node.number("speed")));
      cells.add(node.text("cores"));
      cells.add(node.has("running") ? node.text("running") + "/" + node.text("slots", "-") : null);
      cells.add(node.text("waiting"));
      cells.add(Units.size(node.number("memory_free_mb")));
      cells.add(Units.size(node.number("memory_total_mb")));
      cells.add(Units.elapsed(node.number("age_seconds")));
      if (wide) {
        cells.add(
            node.number("swap_total_mb") > 0
                ? Units.size(node.number("swap_free_mb"))
                : node.has("swap_total_mb") ? "none" : null);
        for (String resource : List.of("cpu", "memory", "io")) {
          cells.add(Units.hundredths(node.get("pressure").number(resource)));
        }
        cells.add(!node.has("stay") ? null : node.isTrue("stay") ? "yes" : "no");
        cells.add(node.text("address"));
        cells.add(node.text("http"));
        cells.add(node.text("version"));
      }
      cells.add(note(node));
      table.row(cells);
    }
    run.table(table);
    for (JsonValue node : nodes) {
      JsonValue ages = node.get("ages");
      if (wide && ages != null && !Double.isNaN(ages.number("average"))) {
        run.out().println();
        run.out()
            .println(
                String.format(
                    Locale.ROOT,
                    "%s knows of loads that are %.2f s old on average, %.2f s at most (%.2f s by"
                        + " the formula); %s",
                    node.text("name"),
                    ages.number("average"),
                    ages.number("maximal"),
                    ages.number("expected"),
                    node.text("moves_pay", "")));
      }
    }
  }

  private static String note(JsonValue node) {
    List<String> notes = new ArrayList<>();
    if (node.has("away")) {
      notes.add("away since " + node.text("away"));
    }
    if (node.has("left_out")) {
      notes.add("left out: " + node.text("left_out"));
    }
    String supervision = node.text("supervision", "native");
    if (!supervision.equals("native")) {
      notes.add("supervision " + supervision);
    }
    List<String> unread = node.texts("unread");
    if (!unread.isEmpty()) {
      notes.add("can't read " + String.join(", ", unread));
    }
    String pays = node.text("moves_pay", "");
    if (pays.startsWith("moves have not paid")) {
      notes.add(pays);
    }
    if (node.isTrue("stay")) {
      notes.add("stay");
    }
    return String.join("; ", notes);
  }

  /** stay, nostay, block, noblock, expel, drain, undrain, shutdown. */
  static int switched(Run run) {
    String typed = run.in().text(Mosctl.DEADLINE);
    double deadline = typed == null ? DEADLINE_SECONDS : Units.seconds("--deadline", typed);
    JsonValue.Members body = new JsonValue.Members();
    if (run.in().command().options().contains(Mosctl.DEADLINE)) {
      body.put("deadline_seconds", deadline);
    }
    Duration patience = Duration.ofMillis((long) (deadline * 1000));
    return each(run, run.in().operands(), run.in().command().name(), body, patience);
  }

  static int setSpeed(Run run) {
    double speed = Double.NaN;
    try {
      speed = Double.parseDouble(run.in().operand());
    } catch (NumberFormatException notANumber) {
      // said below
    }
    if (!(speed >= 0.01 && speed <= 100)) {
      throw Failure.usage(
          "a speed is from 0.01 to 100, was '" + run.in().operand() + "'",
          "it comes first: mosctl setspeed 1.5 beta");
    }
    List<String> operands = run.in().operands();
    JsonValue.Members body = new JsonValue.Members().put("speed", speed);
    return each(run, operands.subList(1, operands.size()), "setspeed", body, Duration.ZERO);
  }

  static int backup(Run run) {
    List<String> operands = run.in().operands();
    String target = run.caller().file(operands.getFirst()).toString();
    // All of it is copied and synced before the answer.
    JsonValue.Members body =
        new JsonValue.Members().put("directory", target).put("deadline_seconds", BACKUP_SECONDS);
    Duration patience = Duration.ofSeconds((long) BACKUP_SECONDS);
    return each(run, operands.subList(1, operands.size()), "backup", body, patience);
  }

  static int adopt(Run run) {
    List<String> operands = run.in().operands();
    if (operands.size() > 2) {
      throw Failure.usage("a disk is in one machine", "mosctl adopt DIR NODE");
    }
    String directory = Path.of(run.in().operand()).toAbsolutePath().normalize().toString();
    JsonValue.Members body = new JsonValue.Members().put("directory", directory);
    return each(run, operands.subList(1, operands.size()), "adopt", body, ADOPTION);
  }

  static int forget(Run run) {
    List<String> names = run.in().operands();
    names.forEach(NodeVerbs::name);
    if (!run.in().has(Mosctl.YES) && run.caller().terminal().in()) {
      confirm(run, names);
    }
    return each(run, names, "forget", new JsonValue.Members(), Duration.ZERO);
  }

  private static void confirm(Run run, List<String> names) {
    run.caller()
        .err()
        .print(
            "mosctl: is "
                + String.join(", ", names)
                + " dead for good? If it still runs, its work may run twice. [y/N] ");
    run.caller().err().flush();
    int answer;
    try {
      answer = run.caller().in().read();
    } catch (IOException closed) {
      answer = -1;
    }
    if (answer != 'y' && answer != 'Y') {
      throw Failure.refused("nothing was done", null);
    }
  }

  private static int each(
      Run run, List<String> named, String verb, JsonValue body, Duration patience) {
    boolean here = named.isEmpty();
    List<String> names = here ? List.of(asked(run)) : named.stream().map(NodeVerbs::name).toList();
    List<JsonValue> results = new ArrayList<>();
    boolean left = false;
    for (String name : names) {
      Request request = Request.send("POST", "/nodes/" + name + "/" + verb, body).patient(patience);
      Answer answer = here ? run.client().askHere(request) : run.client().ask(request);
      JsonValue result = answer.json();
      results.add(result);
      left |= !result.texts("left").isEmpty();
      if (run.mode().forPeople()) {
        printResult(run, name, verb, result);
      }
    }
    switch (run.mode()) {
      case JSON ->
          run.json(
              results.size() == 1
                  ? results.getFirst()
                  : new JsonValue.Members().put("items", results));
      case QUIET -> names.forEach(run.out()::println);
      case TABLE, WIDE -> {}
    }
    return left ? Failure.REFUSED : 0;
  }

  private static void printResult(Run run, String name, String verb, JsonValue result) {
    String message = result.text("message", verb);
    run.out().println(message.startsWith(name) ? message : name + ": " + message);
    List<String> left = result.texts("left");
    if (!left.isEmpty()) {
      run.note(name + " still has " + String.join(", ", left));
    }
  }

  /** The name of the node that is asked; several of one's own are no answer to "which". */
  private static String asked(Run run) {
    boolean chosen = run.in().has(Common.NODE) || run.caller().variable("MOSEY_NODE") != null;
    if (!chosen && run.client().endpoints().size() > 1) {
      List<String> own = run.client().endpoints().stream().map(e -> e.node()).toList();
      throw Failure.usage(
          "which node? several of yours run here: " + String.join(", ", own),
          "name it: mosctl " + run.in().command().name() + " " + own.getFirst());
    }
    String name = run.client().askHere(Request.get("/status")).json().text("node");
    if (name == null) {
      throw Failure.refused(run.client().current() + " does not say its name", "name the node");
    }
    return name;
  }

  private static String name(String typed) {
    try {
      return NodeName.of(typed).value();
    } catch (IllegalArgumentException malformed) {
      throw Failure.usage(malformed.getMessage(), "mosctl status lists the nodes");
    }
  }

  static int figure(Run run, String field) {
    List<String> named = run.in().operands();
    List<String> names = named.isEmpty() ? List.of(asked(run)) : named;
    List<JsonValue> results = new ArrayList<>();
    for (String name : names) {
      JsonValue node = run.client().ask(Request.get("/nodes/" + name(name))).json();
      results.add(new JsonValue.Members().put("node", name).put(field, node.get(field)));
      if (run.mode() != Mode.JSON) {
        String prefix = names.size() == 1 || run.mode() == Mode.QUIET ? "" : name + " ";
        run.out().println(prefix + Units.hundredths(node.number(field)));
      }
    }
    if (run.mode() == Mode.JSON) {
      run.json(
          results.size() == 1 ? results.getFirst() : new JsonValue.Members().put("items", results));
    }
    return 0;
  }

  static int whoIs(Run run) {
    List<String> asked = run.in().operands();
    List<JsonValue> found = new ArrayList<>();
    List<JsonValue> nodes = all(run).get("items").items();
    for (JsonValue node : nodes) {
      if (asked.isEmpty() || asked.stream().anyMatch(who -> isCalled(node, who))) {
        found.add(node);
      }
    }
    for (String who : asked) {
      if (nodes.stream().noneMatch(node -> isCalled(node, who))) {
        throw new Failure(
            Failure.REFUSED, "not_found", "no node is called '" + who + "'", "mosctl status");
      }
    }
    Table table = new Table().column("NODE").column("ADDRESS").column("HTTP");
    List<JsonValue> items = new ArrayList<>();
    for (JsonValue node : found) {
      table.row(List.of(node.text("name", "-"), node.text("address", "-"), node.text("http", "-")));
      items.add(
          new JsonValue.Members()
              .put("name", node.text("name"))
              .put("address", node.text("address"))
              .put("http", node.text("http")));
    }
    switch (run.mode()) {
      case JSON -> run.json(new JsonValue.Members().put("items", items));
      case QUIET -> found.forEach(node -> run.out().println(node.text("name")));
      case TABLE, WIDE -> run.table(table);
    }
    return 0;
  }

  private static boolean isCalled(JsonValue node, String who) {
    String address = node.text("address", "");
    String host = address.substring(0, Math.max(0, address.lastIndexOf(':')));
    return who.equals(node.text("name"))
        || who.equals(address)
        || who.equals(host)
        || who.equals(node.text("http"));
  }
}
