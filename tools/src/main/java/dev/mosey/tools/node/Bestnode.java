package dev.mosey.tools.node;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Command;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.util.List;

/** {@code bestnode}: where a new process would go. */
public final class Bestnode {
  private static final Option MEMORY =
      Option.value("-m", "MB", "Memory that it needs; also like 2G.");
  private static final Option CORES = Option.value("-c, --cores", "N", "Cores that it needs; 1.");
  private static final Option WAIT = Option.flag("-w", "Waits until there is one.");
  private static final Option WHY = Option.flag("-v", "Says why, with the load after it came.");
  private static final Option COUNT =
      Option.value("-p", "N", "For N processes, each counted as placed before the next.");
  private static final long ASK_AGAIN_MILLIS = 1_000;

  private Bestnode() {}

  /** Its model. */
  public static Command command() {
    return Command.named("bestnode", "Where a new process would go, and why")
        .alias("mosbestnode")
        .options(MEMORY, CORES, WAIT, WHY, COUNT)
        .exits(
            "0:a node is named",
            "1:none could take it",
            "2:wrong usage",
            "3:no node could be reached")
        .examples("bestnode", "bestnode -v -m 2G", "bestnode -p 4", "ssh $(bestnode) uptime")
        .does(Bestnode::run);
  }

  private static int run(Run run) {
    StringBuilder query = new StringBuilder("/nodes/best?");
    if (run.in().has(MEMORY)) {
      double megabytes = Units.megabytes("-m", run.in().text(MEMORY));
      query.append("memory_mb=").append(Math.round(Math.ceil(megabytes))).append('&');
    }
    Long cores = run.in().number(CORES, 0, 1_000_000);
    if (cores != null) {
      query.append("cores=").append(cores).append('&');
    }
    Long count = run.in().number(COUNT, 1, 10_000);
    query.append("count=").append(count == null ? 1 : count);
    JsonValue answer = ask(run, query.toString());
    List<JsonValue> nodes = answer.get("nodes").items();
    if (nodes.isEmpty()) {
      throw new Failure(
          Failure.REFUSED, "none", "no node could take it now", "bestnode -w waits for one");
    }
    switch (run.mode()) {
      case JSON -> run.json(answer);
      case QUIET -> nodes.forEach(node -> run.out().println(node.text("node")));
      case TABLE, WIDE -> print(run, nodes);
    }
    return 0;
  }

  private static JsonValue ask(Run run, String path) {
    while (true) {
      JsonValue answer = run.client().ask(Request.get(path)).json();
      if (!run.in().has(WAIT) || !answer.get("nodes").items().isEmpty()) {
        return answer;
      }
      try {
        // sleeps because nodes tell nobody when they become free
        Thread.sleep(ASK_AGAIN_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return answer;
      }
    }
  }

  private static void print(Run run, List<JsonValue> nodes) {
    if (!run.in().has(WHY)) {
      nodes.forEach(node -> run.out().println(node.text("node")));
      return;
    }
    Table table = new Table().column("NODE").number("LOAD").column("WHY");
    for (JsonValue node : nodes) {
      table.row(
          List.of(
              node.text("node", "-"),
              Units.hundredths(node.number("load_after")),
              node.text("why", "-")));
    }
    run.table(table);
  }
}
