package dev.mosey.sim;

import dev.mosey.sim.cli.Arguments;
import dev.mosey.sim.cli.Table;
import dev.mosey.sim.cli.UsageException;
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
      List.of("--nodes", "--tasks", "--seeds", "--policies", "--tunes", "--check", "-o");

  private CompareCommand() {}

  static int run(List<String> words, PrintStream out, PrintStream err) {
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
    String checked = arguments.text("--check", null);
    if (checked != null) {
      checkable(checked, policies, seeds);
    }
    var tunes = RunCommand.tunes(arguments.text("--tunes", ""));
    List<Comparison> comparisons = new ArrayList<>();
    for (String workload : workloads) {
      comparisons.add(Comparison.of(workload, policies, nodes, tasks, seeds, tunes));
    }
    print(comparisons, format, nodes, tasks, seeds, out);
    return checked == null ? 0 : verdict(comparisons, checked, err);
  }

  private static void print(
      List<Comparison> comparisons,
      String format,
      int nodes,
      int tasks,
      int seeds,
      PrintStream out) {
    if (format.equals("json")) {
      out.println(Main.json(comparisons));
      return;
    }
    out.println(
        nodes + " nodes, " + tasks + " tasks, seeds 1 to " + seeds + "; means with 95% intervals;");
    out.println(
        "against oracle, and against the best baseline: pair by pair, * = beyond chance,"
            + " ! = a balancer worse than it");
    out.print(table(comparisons));
  }

  /** What can be held to the baselines: something that ran beside them, more than once. */
  private static void checkable(String checked, List<String> policies, int seeds) {
    Arguments.oneOf("--check", checked, policies);
    if (seeds < 2 || !policies.containsAll(Comparison.BASELINES)) {
      throw new UsageException(
          "--check holds " + checked + " to all baselines over two seeds or more",
          "leave --policies away, or name " + String.join(", ", Comparison.BASELINES) + " too");
    }
  }

  private static int verdict(List<Comparison> comparisons, String checked, PrintStream err) {
    List<Comparison> worse =
        comparisons.stream().filter(each -> each.worseThanBaselines(checked)).toList();
    for (Comparison each : worse) {
      err.printf(
          Locale.ROOT,
          "mosim: %s is worse than %s on %s beyond chance: mean slowdown %.3f instead of %.3f%n",
          checked,
          each.bestBaseline(),
          each.workload(),
          each.slowdown(checked).mean(),
          each.slowdown(each.bestBaseline()).mean());
    }
    return worse.isEmpty() ? 0 : Main.BROKEN;
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
    return String.format(
        Locale.ROOT,
        "%+.1f%%%s",
        100 * comparison.excess(policy, other).mean() / comparison.slowdown(other).mean(),
        mark(comparison, policy, other));
  }

  /** A balancer that is worse than doing nothing is news; that chance is worse is none. */
  private static String mark(Comparison comparison, String policy, String other) {
    boolean news =
        Comparison.BASELINES.contains(other)
            && !Comparison.BASELINES.contains(policy)
            && comparison.worseThanBaselines(policy);
    return news ? "!" : comparison.differ(policy, other) ? "*" : "";
  }

  private static double mean(
      Comparison comparison, String policy, ToDoubleFunction<Outcome> figure) {
    return comparison.outcomes().get(policy).stream().mapToDouble(figure).average().orElse(0);
  }
}
