package dev.mosey.sim;

import dev.mosey.sim.cli.Arguments;
import dev.mosey.sim.cli.Table;
import dev.mosey.sim.cluster.Comparison;
import dev.mosey.sim.cluster.CurvePicture;
import dev.mosey.sim.cluster.Estimate;
import dev.mosey.sim.cluster.Outcome;
import dev.mosey.sim.cluster.Simulation;
import dev.mosey.sim.cluster.Workloads;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** {@code mosim curve}: one tune at several values against makespan, slowdown and moves. */
final class CurveCommand {
  private static final List<String> OPTIONS =
      List.of(
          "--tune",
          "--values",
          "--policy",
          "--nodes",
          "--tasks",
          "--seeds",
          "--tunes",
          "--svg",
          "-o");

  private CurveCommand() {}

  /**
   * One value under one workload.
   *
   * @param makespanSeconds when the last task ended
   * @param slowdown mean of (finish - arrival) / CPU demand
   * @param movesPerTask moves done over tasks
   * @param cameBackPart of all moves, those to where the process had left within a minute
   */
  record Point(
      String workload,
      String value,
      Estimate makespanSeconds,
      Estimate slowdown,
      Estimate movesPerTask,
      Estimate cameBackPart) {}

  static int run(List<String> words, PrintStream out) {
    Arguments arguments = Arguments.parse(words, OPTIONS);
    int nodes = (int) arguments.number("--nodes", 16, 2, 100_000);
    int tasks = (int) arguments.number("--tasks", 500, 1, 10_000_000);
    int seeds = (int) arguments.number("--seeds", 10, 1, 100_000);
    String format = arguments.oneOf("-o", List.of("table", "json"), "table");
    String policy =
        arguments.oneOf("--policy", Simulation.POLICIES, Simulation.POLICIES.getFirst());
    String tune = arguments.text("--tune", "differential");
    List<String> values = List.of(arguments.text("--values", "0,0.5,1,2,4,8").split(",", -1));
    List<String> workloads =
        arguments.words().isEmpty()
            ? List.of("bursty", "unequal", "tides")
            : List.copyOf(arguments.words());
    workloads.forEach(workload -> Arguments.oneOf("workload", workload, Workloads.NAMES));
    Map<String, String> others = RunCommand.tunes(arguments.text("--tunes", ""));
    List<Map<String, String>> sets = new ArrayList<>();
    for (String value : values) {
      Map<String, String> set = new TreeMap<>(others);
      set.putAll(RunCommand.tunes(tune + "=" + value));
      sets.add(set);
    }
    List<Point> points = new ArrayList<>();
    for (String workload : workloads) {
      for (int i = 0; i < values.size(); i++) {
        List<Outcome> outcomes =
            Comparison.of(workload, List.of(policy), nodes, tasks, seeds, sets.get(i))
                .outcomes()
                .get(policy);
        points.add(point(workload, values.get(i), outcomes));
      }
    }
    String svg = arguments.text("--svg", null);
    if (svg != null) {
      RunCommand.write(Path.of(svg), picture(tune, policy, workloads, values, points).svg());
    }
    if (format.equals("json")) {
      out.println(Main.json(points));
    } else {
      out.printf(
          Locale.ROOT,
          "%s, %d nodes, %d tasks, seeds 1 to %d; means with 95%% intervals%n",
          policy,
          nodes,
          tasks,
          seeds);
      out.print(table(tune, points));
    }
    return 0;
  }

  private static Point point(String workload, String value, List<Outcome> outcomes) {
    return new Point(
        workload,
        value,
        estimate(outcomes, Outcome::makespanSeconds),
        estimate(outcomes, Outcome::meanSlowdown),
        estimate(outcomes, Outcome::movesPerTask),
        estimate(outcomes, Outcome::cameBackSoon));
  }

  private static Estimate estimate(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    return Estimate.of(outcomes.stream().map(figure::applyAsDouble).toList());
  }

  private static Table table(String tune, List<Point> points) {
    Table table =
        new Table(
            "workload",
            tune,
            "makespan s",
            "95%",
            "slowdown",
            "95%",
            "moves/task",
            "95%",
            "soon %");
    for (Point point : points) {
      table.add(
          point.workload(),
          point.value(),
          point.makespanSeconds().mean(),
          String.format(Locale.ROOT, "+-%.2f", point.makespanSeconds().halfWidth()),
          String.format(Locale.ROOT, "%.3f", point.slowdown().mean()),
          "+-" + point.slowdown().halfWidthText(),
          String.format(Locale.ROOT, "%.3f", point.movesPerTask().mean()),
          "+-" + point.movesPerTask().halfWidthText(),
          100 * point.cameBackPart().mean());
    }
    return table;
  }

  private static CurvePicture picture(
      String tune, String policy, List<String> workloads, List<String> values, List<Point> points) {
    CurvePicture picture = new CurvePicture(tune + " under " + policy, values);
    picture.add("makespan, s", lines(workloads, points, Point::makespanSeconds));
    picture.add("mean slowdown", lines(workloads, points, Point::slowdown));
    picture.add("moves per task", lines(workloads, points, Point::movesPerTask));
    return picture;
  }

  private static List<CurvePicture.Line> lines(
      List<String> workloads, List<Point> points, Function<Point, Estimate> figure) {
    return workloads.stream()
        .map(
            workload ->
                new CurvePicture.Line(
                    workload,
                    points.stream()
                        .filter(point -> point.workload().equals(workload))
                        .map(figure)
                        .toList()))
        .toList();
  }
}
