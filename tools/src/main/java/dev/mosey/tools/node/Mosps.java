package dev.mosey.tools.node;

import dev.mosey.tools.Run;
import dev.mosey.tools.client.Pages;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import dev.mosey.tools.queue.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code mosps}: ps over the cluster. */
public final class Mosps {
  private static final Option USER = Option.value("-u, --user", "USER", "Only this user's.");
  private static final Option HOST =
      Option.value("--host", "NODE", "Only what runs there.").of(Values.NODE);
  private static final Option ALL = Option.flag("-a, --all", "Everybody's.");

  private Mosps() {}

  /** Its model. */
  public static Command command() {
    return Command.named("mosps", "What runs in the cluster, and where")
        .details(
            "STATE is starting, running, moving or frozen. CPU is the share of one core since it"
                + " started, TIME its processor time, MEM its resident memory. -o wide adds home,"
                + " incarnation, number of moves, lease, job, why it can't move, and in FRZ who"
                + " froze it (A its host, for load or memory; M somebody, by migrate; N/A it can"
                + " only stand still).")
        .options(USER, HOST, ALL)
        .examples(
            "mosps", "mosps --host beta", "mosps -o wide", "mosps --json | jq '.items[].host'")
        .does(Mosps::run);
  }

  private static int run(Run run) {
    StringBuilder query = new StringBuilder("/processes?");
    Pages.add(query, "user", run.in().text(USER));
    Pages.add(query, "all", run.in().has(ALL) ? "true" : null);
    Pages.add(query, "node", run.in().text(HOST));
    query.setLength(query.length() - 1);
    JsonValue.Members page = Pages.all(run.client(), query.toString(), Long.MAX_VALUE);
    return run.page(page, "id", items -> print(run, items));
  }

  private static void print(Run run, List<JsonValue> items) {
    boolean wide = run.mode() == Mode.WIDE;
    Table table = new Table().column("PID").column("USER").column("HOST").column("STATE");
    table.number("CPU").number("MEM").number("TIME");
    if (wide) {
      table.column("HOME").number("INC").number("NMIGS").number("LEASE").column("JOB");
      table.column("CANTMOVE").column("FRZ");
    }
    table.column("COMMAND");
    Instant now = Instant.now();
    for (JsonValue item : items) {
      Job job = new Job(item);
      double processor = item.number("cpu_seconds");
      double share = 100 * processor / job.ran(now);
      List<String> cells = new ArrayList<>(List.of(job.id(), item.text("user", "-")));
      cells.add(item.text("host"));
      cells.add(job.state());
      cells.add(Double.isFinite(share) && share >= 0 ? Math.round(share) + "%" : "-");
      cells.add(Units.size(item.number("rss_bytes") / 1024 / 1024));
      cells.add(Units.elapsed(processor));
      if (wide) {
        cells.add(item.text("home"));
        cells.add(item.text("incarnation"));
        cells.add(Integer.toString(item.get("moves").items().size()));
        cells.add(Units.elapsed(item.number("lease_seconds")));
        cells.add(item.text("job"));
        cells.add("never".equals(item.text("move")) ? "never" : null);
        cells.add(frozen(item));
      }
      cells.add(job.command());
      table.row(cells);
    }
    run.table(table);
  }

  /** MOSIX's letters. */
  private static String frozen(JsonValue item) {
    return switch (item.text("frozen", "")) {
      case "hand" -> "M";
      case "" -> packs(item) ? "-" : "N/A";
      default -> "A";
    };
  }

  private static boolean packs(JsonValue item) {
    String move = item.text("move", "");
    return move.equals("checkpoint") || move.equals("live");
  }
}
