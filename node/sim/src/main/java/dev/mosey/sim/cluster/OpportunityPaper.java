package dev.mosey.sim.cluster;

import dev.mosey.sim.cli.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The experiment of Amir, Awerbuch, Barak, Borgstrom and Keren (2000) again: six unequal machines,
 * heavy-tailed jobs, the mean slowdown over many scenarios. What the sources leave open is set here
 * and told in {@code docs/balancing.md}.
 */
public final class OpportunityPaper {
  /** Machines of the paper: MHz over 200, MiB. */
  private static final List<MachineSpec> MACHINES =
      List.of(
          new MachineSpec(1, 1, 64, 100_000),
          new MachineSpec(1, 1, 64, 100_000),
          new MachineSpec(1, 1, 64, 100_000),
          new MachineSpec(1, 0.665, 32, 100_000),
          new MachineSpec(1, 0.665, 32, 100_000),
          new MachineSpec(1, 0.45, 24, 100_000));

  private static final double ARRIVALS_END = 10_000;
  private static final double THRASHING = 10;

  /** An Ethernet of 10 Mb/s. */
  private static final Network ETHERNET = new Network(1, 1, 0, List.of());

  private static final double SETUP_SECONDS = 0.1;
  private static final double GAP_SECONDS = 8;
  private static final double CPU_MOST = 10_000;
  private static final double MEMORY_MOST = 60;
  private static final double MEMORY_LEAST = 2;
  private static final double CPU_LEAST = 2;

  /** Averages of 3,000 scenarios, as published. */
  private static final Map<String, String> PUBLISHED =
      Map.of(
          "pvm", "+68% on mosix",
          "enhanced-pvm", "9.795",
          "mosix", "8.557",
          "enhanced-mosix", "7.479");

  /** The strategies, in the order of the table. */
  public static final List<String> STRATEGIES =
      List.of("pvm", "enhanced-pvm", "mosix", "enhanced-mosix", "threshold", "opportunity-cost");

  private OpportunityPaper() {}

  /** One scenario. */
  static Scenario scenario(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tasks tasks = new Tasks();
    double now = Workloads.exponential(GAP_SECONDS, random);
    while (now < ARRIVALS_END) {
      double cpu = Workloads.pareto(CPU_LEAST, 1, CPU_MOST, random);
      int memoryMb = (int) Math.round(Workloads.pareto(MEMORY_LEAST, 1, MEMORY_MOST, random));
      tasks.add(now, cpu, memoryMb, random.nextInt(MACHINES.size()));
      now += Workloads.exponential(GAP_SECONDS, random);
    }
    return new Scenario("paper", MACHINES, tasks, true, THRASHING, ETHERNET, List.of());
  }

  /** What came of one strategy in one scenario. */
  static Outcome run(String strategy, long seed) {
    Scenario scenario = scenario(seed);
    for (PublishedDriver.Kind kind : PublishedDriver.Kind.values()) {
      if (kind.word().equals(strategy)) {
        PublishedDriver driver =
            new PublishedDriver(kind, SETUP_SECONDS, new SplittableRandom(~seed));
        return Simulation.run(scenario, strategy, driver, seed, Fault.NONE, 1_000_000).outcome();
      }
    }
    Map<String, String> tunes =
        Map.of("cost.setup", String.valueOf(SETUP_SECONDS), "cost.bandwidth", "1");
    return Simulation.run(scenario, strategy, tunes, seed).outcome();
  }

  /**
   * Mean slowdowns by strategy, over the seeds from {@code first} on.
   *
   * @param scenarios for the four that were published
   * @param live for the policies of the live node, which gossip and so take much longer to run
   */
  public static Map<String, List<Double>> slowdowns(long first, int scenarios, int live) {
    Map<String, List<Double>> slowdowns = new LinkedHashMap<>();
    for (String strategy : STRATEGIES) {
      int count = Simulation.POLICIES.contains(strategy) ? live : scenarios;
      slowdowns.put(
          strategy,
          LongStream.range(first, first + count)
              .parallel()
              .mapToObj(seed -> run(strategy, seed).meanSlowdown())
              .toList());
    }
    return slowdowns;
  }

  /** As a table: means with the published figures beside them, and over the scenarios of all. */
  public static Table table(Map<String, List<Double>> slowdowns) {
    Table table = new Table("strategy", "scenarios", "slowdown", "95%", "on shared", "published");
    int shared = slowdowns.values().stream().mapToInt(List::size).min().orElse(0);
    slowdowns.forEach(
        (strategy, values) -> {
          Estimate all = Estimate.of(values);
          table.add(
              strategy,
              values.size(),
              all.mean(),
              "+-" + all.halfWidthText(),
              Estimate.of(values.subList(0, shared)).mean(),
              PUBLISHED.getOrDefault(strategy, "-"));
        });
    return table;
  }
}
