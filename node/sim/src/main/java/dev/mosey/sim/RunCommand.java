package dev.mosey.sim;

import dev.mosey.policy.tune.Tunes;
import dev.mosey.sim.cli.Arguments;
import dev.mosey.sim.cli.Table;
import dev.mosey.sim.cli.UsageException;
import dev.mosey.sim.cluster.Outcome;
import dev.mosey.sim.cluster.Scenario;
import dev.mosey.sim.cluster.Simulation;
import dev.mosey.sim.cluster.Traces;
import dev.mosey.sim.cluster.Workloads;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code mosim run}: one workload under one policy, or under all of them. */
final class RunCommand {
  private static final List<String> OPTIONS =
      List.of("--policy", "--nodes", "--tasks", "--seed", "--tunes", "--trace", "--svg", "-o");

  private RunCommand() {}

  static int run(List<String> words, PrintStream out) {
    Arguments arguments = Arguments.parse(words, OPTIONS);
    arguments.wordsAtMost(1);
    long seed = arguments.number("--seed", 1, 0, Long.MAX_VALUE);
    int nodes = (int) arguments.number("--nodes", 16, 2, 100_000);
    int tasks = (int) arguments.number("--tasks", 1_000, 1, 10_000_000);
    String policy = arguments.text("--policy", "all");
    List<String> policies = new ArrayList<>(Simulation.POLICIES);
    policies.add("all");
    Arguments.oneOf("--policy", policy, policies);
    String format = arguments.oneOf("-o", List.of("table", "json"), "table");
    Map<String, String> tunes = tunes(arguments.text("--tunes", ""));
    String svg = arguments.text("--svg", null);
    if (svg != null && policy.equals("all")) {
      throw new UsageException("--svg draws one run", "name it with --policy");
    }
    Traces.Trace trace = trace(arguments, nodes);
    List<Outcome> outcomes = new ArrayList<>();
    for (String name : policy.equals("all") ? Simulation.POLICIES : List.of(policy)) {
      Scenario scenario =
          trace == null ? scenario(arguments, nodes, tasks, seed) : trace.scenario();
      Simulation.Result result = Simulation.run(scenario, name, tunes, seed);
      outcomes.add(result.outcome());
      if (svg != null) {
        write(Path.of(svg), result.picture().svg());
      }
    }
    if (format.equals("json")) {
      out.println(Main.json(outcomes));
    } else {
      out.println(heading(outcomes.getFirst()));
      out.print(table(outcomes));
      if (trace != null && trace.leftOut() > 0) {
        out.println("left out: " + trace.leftOut() + " jobs of which no CPU time was recorded");
      }
    }
    return 0;
  }

  private static Traces.Trace trace(Arguments arguments, int nodes) {
    String trace = arguments.text("--trace", null);
    if (trace != null && !arguments.words().isEmpty()) {
      throw new UsageException("--trace is a workload itself", "leave the other one away");
    }
    return trace == null ? null : Traces.read(Path.of(trace), nodes);
  }

  private static Scenario scenario(Arguments arguments, int nodes, int tasks, long seed) {
    String name = arguments.words().isEmpty() ? "poisson" : arguments.words().getFirst();
    List<String> names = new ArrayList<>(Workloads.NAMES);
    names.add("scale");
    Arguments.oneOf("workload", name, names);
    return Workloads.of(name, nodes, tasks, seed);
  }

  /** Tunes as {@code differential=0.5,residency=10}. */
  static Map<String, String> tunes(String text) {
    Map<String, String> tunes = new TreeMap<>();
    for (String one : text.isBlank() ? new String[0] : text.split(",")) {
      int equals = one.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "--tunes: '" + one + "' is not NAME=VALUE", "as in --tunes differential=0.5");
      }
      tunes.put(one.substring(0, equals), one.substring(equals + 1));
    }
    Map<String, String> refused = Tunes.DEFAULTS.refusals(tunes);
    if (!refused.isEmpty()) {
      Map.Entry<String, String> first = refused.entrySet().iterator().next();
      throw new UsageException(
          "--tunes: " + first.getKey() + ": " + first.getValue(), "tune lists them all");
    }
    return tunes;
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new UsageException(
          "cannot write " + file + ": " + failed.getClass().getSimpleName(),
          "name a file in a folder that you may write to");
    }
  }

  private static String heading(Outcome outcome) {
    return outcome.workload()
        + ", "
        + outcome.nodes()
        + " nodes, "
        + outcome.tasks()
        + " tasks, seed "
        + outcome.seed()
        + "; slowdown = (finish - arrival) / CPU demand";
  }

  private static Table table(List<Outcome> outcomes) {
    Table table =
        new Table(
            "policy",
            "slowdown",
            "median",
            "p95",
            "makespan s",
            "moves/task",
            "back %",
            "soon %",
            "gain s",
            "realised s",
            "age s",
            "max s");
    for (Outcome one : outcomes) {
      table.add(
          one.policy(),
          one.meanSlowdown(),
          one.medianSlowdown(),
          one.p95Slowdown(),
          one.makespanSeconds(),
          one.movesPerTask(),
          100 * one.cameBack(),
          100 * one.cameBackSoon(),
          one.predictedGainSeconds(),
          one.realisedGainSeconds(),
          one.reportAgeMeanSeconds(),
          one.reportAgeMaxSeconds());
    }
    return table;
  }
}
