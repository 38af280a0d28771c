package dev.mosey.sim;

import dev.mosey.sim.cli.Arguments;
import dev.mosey.sim.cli.Table;
import dev.mosey.sim.cluster.Comparison;
import dev.mosey.sim.cluster.Outcome;
import dev.mosey.sim.cluster.Simulation;
import dev.mosey.sim.cluster.Workloads;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** {@code mosim compare}: all policies on the named workloads, over paired seeds. */
final class CompareCommand {
  private static final List<String> OPTIONS =
      List.of("--nodes", "--tasks", "--seeds", "--policies", "--tunes", "-o");

  private CompareCommand() {}

  static int run(List<String> words, PrintStream out) {
    Arguments arguments = Arguments.parse(words, OPTIONS);
    int nodes = (int) arguments.number("--nodes", 16, 2, 100_000);
    int tasks = (int) arguments.number("--tasks", 500, 1, 10_000_000);
    int seeds = (int) arguments.number("--seeds", 30, 1, 100_000);
    String format = arguments.oneOf("-o", List.of("table", "json"), "table");
    List<String> policies =
        list("--policies", arguments.text("--policies", null), Simulation.POLICIES);
    List<String> workloads =
        arguments.words().isEmpty() ? Workloads.NAMES : List.copyOf(arguments.words());
    for (String workload : workloads) {
      Arguments.oneOf("workload", workload, Workloads.NAMES);
    }
    var tunes = RunCommand.tunes(arguments.text("--tunes", ""));
    List<Comparison> comparisons = new ArrayList<>();
    for (String workload : workloads) {
      comparisons.add(Comparison.of(workload, policies, nodes, tasks, seeds, tunes));
    }
    if (format.equals("json")) {
      out.println(Main.json(comparisons));
      return 0;
    }
    out.println(
        nodes + " nodes, " + tasks + " tasks, seeds 1 to " + seeds + "; means with 95% intervals;");
    out.println("against oracle, and against the best baseline: pair by pair, * = beyond chance");
    out.print(table(comparisons));
    return 0;
  }

  private static List<String> list(String option, String text, List<String> allowed) {
    if (text == null) {
      return allowed;
    }
    List<String> names = List.of(text.split(",", -1));
    names.forEach(name -> Arguments.oneOf(option, name, allowed));
    return names;
  }

  private static Table table(List<Comparison> comparisons) {
    Table table =
        new Table(
            "workload/policy",
            "slowdown",
            "95%",
            "oracle",
            "baseline",
            "p95",
            "makespan s",
            "moves/task",
            "back %",
            "soon %");
    for (Comparison comparison : comparisons) {
      for (String policy : comparison.outcomes().keySet()) {
        table.add(
            comparison.workload() + "/" + policy,
            String.format(Locale.ROOT, "%.3f", comparison.slowdown(policy).mean()),
            "+-" + comparison.slowdown(policy).halfWidthText(),
            against(comparison, policy, "oracle"),
            against(comparison, policy, comparison.bestBaseline()),
            mean(comparison, policy, Outcome::p95Slowdown),
            mean(comparison, policy, Outcome::makespanSeconds),
            mean(comparison, policy, Outcome::movesPerTask),
            100 * mean(comparison, policy, Outcome::cameBack),
            100 * mean(comparison, policy, Outcome::cameBackSoon));
      }
    }
    return table;
  }

  private static String against(Comparison comparison, String policy, String other) {
    if (other == null || !comparison.outcomes().containsKey(other) || policy.equals(other)) {
      return "-";
    }
    var excess = comparison.excess(policy, other);
    boolean sure = Math.abs(excess.mean()) > excess.halfWidth();
    return String.format(
        Locale.ROOT,
        "%+.1f%%%s",
        100 * excess.mean() / comparison.slowdown(other).mean(),
        sure ? "*" : "");
  }

  private static double mean(
      Comparison comparison, String policy, ToDoubleFunction<Outcome> figure) {
    return comparison.outcomes().get(policy).stream().mapToDouble(figure).average().orElse(0);
  }
}
