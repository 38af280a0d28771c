package dev.mosey.tools.node;

import dev.mosey.tools.Run;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Operand;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What moves cost between nodes: {@code tune measure}, {@code tune costs}, and MOSIX's {@code
 * prep_tune} and {@code tune_mosix}.
 */
final class Links {
  private static final Option FROM =
      Option.value("--from", "NODE", "From this node, not the one that is asked.").of(Values.NODE);
  private static final Operand TO = Operand.any("NODE", Values.NODE, "Where to; all by default.");

  /** One way, on a slow network. */
  private static final Duration ONE_WAY = Duration.ofSeconds(60);

  private static final double MILLION = 1e6;
  private static final double KILO = 1_000;

  private Links() {}

  /** The verbs of {@code tune}. */
  static List<Command> verbs() {
    return List.of(
        Command.named("measure", "Measures what a move costs from a node to others")
            .details(
                "A made-up image of 8 MiB is kept, carried, checked and read, and a body started."
                    + " Nodes do that by themselves once a day; the balancer uses the figures until"
                    + " moves have shown better ones.")
            .operands(TO)
            .options(FROM)
            .examples("tune measure", "tune measure beta", "tune measure --from beta gamma")
            .does(run -> show(run, measure(run, run.in().text(FROM), run.in().operands()))),
        Command.named("costs", "Shows what is known of it")
            .examples("tune costs", "tune costs --json")
            .does(
                run -> {
                  JsonValue page = run.client().ask(Request.get("/links")).json();
                  return show(run, page);
                }));
  }

  /** {@code prep_tune}. */
  static Command prepare() {
    return Command.named("prep_tune", "Says whether nodes can be measured: nothing else is needed")
        .details(
            "MOSIX wanted one node of a pair to be prepared. Here both ends are ready as they are;"
                + " this asks each node whether it answers and how busy it is: what is measured"
                + " beside other work is slower than it could be.")
        .operands(TO)
        .examples("prep_tune", "prep_tune beta")
        .does(Links::ready);
  }

  /** {@code tune_mosix}. */
  static Command all() {
    return Command.named("tune_mosix", "Measures what a move costs between all pairs of nodes")
        .details("Like tune measure from each node, one after the other.")
        .examples("tune_mosix")
        .does(Links::measureAll);
  }

  private static JsonValue measure(Run run, String from, List<String> to) {
    JsonValue.Members wish = new JsonValue.Members();
    if (from != null) {
      wish.put("from", from);
    }
    if (!to.isEmpty()) {
      wish.put("to", to);
    }
    int ways = to.isEmpty() ? names(run).size() : to.size();
    Request request = Request.send("POST", "/links", wish);
    return run.client().ask(request.patient(ONE_WAY.multipliedBy(Math.max(1, ways)))).json();
  }

  private static int measureAll(Run run) {
    List<Object> rows = new ArrayList<>();
    for (String from : names(run)) {
      rows.addAll(measure(run, from, List.of()).get("items").items());
    }
    return show(run, new JsonValue.Members().put("items", rows));
  }

  private static List<String> names(Run run) {
    List<String> names = new ArrayList<>();
    for (JsonValue node : nodes(run)) {
      if (node.text("state", "").equals("up")) {
        names.add(node.text("name"));
      }
    }
    return names;
  }

  private static List<JsonValue> nodes(Run run) {
    return run.client().ask(Request.get("/nodes?limit=500")).json().get("items").items();
  }

  private static int ready(Run run) {
    List<String> wanted = run.in().operands();
    int status = 0;
    for (JsonValue node : nodes(run)) {
      String name = node.text("name");
      if (wanted.isEmpty() || wanted.contains(name)) {
        boolean up = node.text("state", "").equals("up");
        status = up ? status : 1;
        run.out()
            .println(
                name
                    + (up
                        ? " can be measured; its load is " + Units.hundredths(node.number("load"))
                        : " is " + node.text("state", "away")));
      }
    }
    return status;
  }

  private static int show(Run run, JsonValue page) {
    if (run.mode() == Mode.JSON) {
      run.json(page);
      return 0;
    }
    Table table = new Table().column("FROM").column("TO").number("RTT").number("START");
    table.number("WRITE").number("CARRY").number("READ").number("MEASURED");
    table.number("SETUP").number("MOVES");
    Instant now = Instant.now();
    for (JsonValue link : page.get("items").items()) {
      List<String> cells = new ArrayList<>();
      cells.add(link.text("from"));
      cells.add(link.text("to"));
      cells.add(millis(link.number("round_trip_ms")));
      cells.add(millis(link.number("start_ms")));
      cells.add(rate(link.number("write_bytes_per_second")));
      cells.add(rate(link.number("carry_bytes_per_second")));
      cells.add(rate(link.number("read_bytes_per_second")));
      cells.add(
          link.has("measured_at")
              ? Units.elapsed(Units.since(link.text("measured_at"), now)) + " ago"
              : null);
      cells.add(millis(link.number("setup_ms")));
      cells.add(link.number("moves") > 0 ? link.text("moves") : null);
      table.row(cells);
    }
    run.table(table);
    return 0;
  }

  private static String millis(double value) {
    if (Double.isNaN(value)) {
      return null;
    }
    return value < KILO
        ? String.format(Locale.ROOT, "%.2f ms", value)
        : String.format(Locale.ROOT, "%.2f s", value / KILO);
  }

  private static String rate(double bytesPerSecond) {
    return Double.isNaN(bytesPerSecond)
        ? null
        : String.format(Locale.ROOT, "%.0f MB/s", bytesPerSecond / MILLION);
  }
}
