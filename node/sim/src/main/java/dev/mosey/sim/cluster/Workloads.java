package dev.mosey.sim.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The named workloads; every one is drawn from a seed. */
public final class Workloads {
  private static final int CORES = 4;
  private static final int SHARING = 8;
  private static final int MEMORY_MB = 16_384;
  private static final double THRASHING = 10;
  private static final double MEAN_CPU = 30;

  /** Names, in the order of tables. */
  public static final List<String> NAMES =
      List.of(
          "poisson",
          "bursty",
          "heavy-cpu",
          "heavy-memory",
          "memory-told",
          "bag",
          "unequal",
          "one-home",
          "tides",
          "failing");

  private Workloads() {}

  /** What each of them is, in one line. */
  public static String meaning(String name) {
    return switch (name) {
      case "poisson" -> "Poisson arrivals at all nodes, exponential CPU demand, load 0.8";
      case "bursty" -> "bursts of 10 to 50 tasks at one node each, load 0.7";
      case "heavy-cpu" -> "Pareto CPU demand (1.1), 2 s to 1 h, load 0.7";
      case "heavy-memory" -> "Pareto memory that nobody told, load 0.6";
      case "memory-told" -> "the same, told at submission";
      case "bag" -> "all tasks at once at one node, one slot a core";
      case "unequal" -> "machines of 1 to 8 cores and speed 0.5 to 4, load 0.7";
      case "one-home" -> "all tasks submitted at one node, load 0.8";
      case "tides" -> "load that rises to 1.4 and falls to 0.2 in turn";
      case "failing" -> "lossy network, a partition, every fourth machine away for a while";
      case "scale" -> "Poisson arrivals at every tenth node, mean 10 s of CPU, load 0.9";
      default -> throw new IllegalArgumentException("no workload " + name);
    };
  }

  /**
   * One scenario.
   *
   * @param nodes 2 or more
   * @param tasks 1 or more
   */
  public static Scenario of(String name, int nodes, int tasks, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<MachineSpec> machines = equal(nodes, CORES * SHARING);
    return switch (name) {
      case "poisson" -> plain(name, machines, steady(machines, tasks, 0.8, false, random));
      case "bursty" -> plain(name, machines, bursts(machines, tasks, 0.7, random));
      case "heavy-cpu" -> plain(name, machines, steady(machines, tasks, 0.7, true, random));
      case "heavy-memory" -> memory(name, machines, tasks, false, random);
      case "memory-told" -> memory(name, machines, tasks, true, random);
      case "bag" -> {
        List<MachineSpec> slotted = equal(nodes, CORES);
        yield plain(name, slotted, bag(tasks, random));
      }
      case "unequal" -> {
        List<MachineSpec> mixed = unequal(nodes, random);
        yield plain(name, mixed, steady(mixed, tasks, 0.7, false, random));
      }
      case "one-home" ->
          plain(name, machines, oneHome(steady(machines, tasks, 0.8, false, random)));
      case "tides" -> plain(name, machines, tides(machines, tasks, random));
      case "failing" -> failing(name, machines, tasks, random);
      case "scale" ->
          new Scenario(
              name,
              machines,
              scale(machines, tasks, random),
              false,
              THRASHING,
              Network.LOCAL,
              List.of());
      default -> throw new IllegalArgumentException("no workload " + name);
    };
  }

  private static Scenario plain(String name, List<MachineSpec> machines, Tasks tasks) {
    return new Scenario(name, machines, tasks, true, THRASHING, Network.LOCAL, List.of());
  }

  private static List<MachineSpec> equal(int nodes, int slots) {
    MachineSpec[] machines = new MachineSpec[nodes];
    Arrays.fill(machines, new MachineSpec(CORES, 1, MEMORY_MB, slots));
    return List.of(machines);
  }

  private static List<MachineSpec> unequal(int nodes, RandomGenerator random) {
    List<MachineSpec> machines = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      int cores = 1 << random.nextInt(4);
      double speed = 0.5 * (1 << random.nextInt(4));
      machines.add(new MachineSpec(cores, speed, MEMORY_MB, cores * SHARING));
    }
    return machines;
  }

  private static double capacity(List<MachineSpec> machines) {
    return machines.stream().mapToDouble(one -> one.cores() * one.speed()).sum();
  }

  static double exponential(double mean, RandomGenerator random) {
    return -mean * Math.log(1 - random.nextDouble());
  }

  /** Pareto's distribution, cut off. */
  static double pareto(double least, double shape, double most, RandomGenerator random) {
    return Math.min(most, least / Math.pow(1 - random.nextDouble(), 1 / shape));
  }

  /** A small image: what most processes have. */
  private static int smallMemory(RandomGenerator random) {
    return 20 + random.nextInt(180);
  }

  private static double cpu(boolean heavy, RandomGenerator random) {
    return heavy ? pareto(2, 1.1, 3_600, random) : 0.1 + exponential(MEAN_CPU, random);
  }

  /** Mean CPU demand: measured, since the tail is cut. */
  private static double mean(double[] demands) {
    return Arrays.stream(demands).average().orElse(1);
  }

  private static Tasks steady(
      List<MachineSpec> machines, int count, double load, boolean heavy, RandomGenerator random) {
    double[] demands = new double[count];
    Arrays.setAll(demands, i -> cpu(heavy, random));
    double gap = mean(demands) / (load * capacity(machines));
    Tasks tasks = new Tasks();
    double now = 0;
    for (double demand : demands) {
      now += exponential(gap, random);
      tasks.add(now, demand, smallMemory(random), random.nextInt(machines.size()));
    }
    return tasks;
  }

  private static Tasks bursts(
      List<MachineSpec> machines, int count, double load, RandomGenerator random) {
    Tasks tasks = new Tasks();
    double now = 0;
    while (tasks.size() < count) {
      int burst = Math.min(count - tasks.size(), 10 + random.nextInt(41));
      int home = random.nextInt(machines.size());
      for (int i = 0; i < burst; i++) {
        tasks.add(now, cpu(false, random), smallMemory(random), home);
      }
      now += exponential(burst * MEAN_CPU / (load * capacity(machines)), random);
    }
    return tasks;
  }

  private static Tasks bag(int count, RandomGenerator random) {
    Tasks tasks = new Tasks();
    for (int i = 0; i < count; i++) {
      tasks.add(1, pareto(5, 1.5, 600, random), smallMemory(random), 0);
    }
    return tasks;
  }

  private static Tasks oneHome(Tasks spread) {
    Tasks tasks = new Tasks();
    for (int i = 0; i < spread.size(); i++) {
      tasks.add(spread.arrivalSeconds(i), spread.cpuSeconds(i), spread.memoryMb(i), 0);
    }
    return tasks;
  }

  private static Tasks tides(List<MachineSpec> machines, int count, RandomGenerator random) {
    double all = count * MEAN_CPU / capacity(machines);
    double period = Math.max(60, all / 3);
    Tasks tasks = new Tasks();
    double now = 0;
    for (int i = 0; i < count; i++) {
      double load = 0.8 + 0.6 * Math.sin(2 * Math.PI * now / period);
      now += exponential(MEAN_CPU / (load * capacity(machines)), random);
      tasks.add(now, cpu(false, random), smallMemory(random), random.nextInt(machines.size()));
    }
    return tasks;
  }

  private static Tasks scale(List<MachineSpec> machines, int count, RandomGenerator random) {
    Tasks tasks = new Tasks();
    double gap = 10 / (0.9 * capacity(machines));
    double now = 0;
    int homes = Math.max(1, machines.size() / 10);
    for (int i = 0; i < count; i++) {
      now += exponential(gap, random);
      double demand = Math.min(300, 0.1 + exponential(9.9, random));
      tasks.add(now, demand, smallMemory(random), random.nextInt(homes));
    }
    return tasks;
  }

  private static Scenario memory(
      String name, List<MachineSpec> machines, int count, boolean told, RandomGenerator random) {
    Tasks plain = steady(machines, count, 0.6, false, random);
    Tasks tasks = new Tasks();
    for (int i = 0; i < count; i++) {
      int memoryMb = (int) pareto(600, 1.1, 0.75 * MEMORY_MB, random);
      tasks.add(plain.arrivalSeconds(i), plain.cpuSeconds(i), memoryMb, plain.home(i));
    }
    return new Scenario(name, machines, tasks, told, THRASHING, Network.LOCAL, List.of());
  }

  private static Scenario failing(
      String name, List<MachineSpec> machines, int count, RandomGenerator random) {
    Tasks tasks = steady(machines, count, 0.6, false, random);
    long span = Math.round(1_000 * tasks.arrivalSeconds(count - 1));
    List<Outage> outages = new ArrayList<>();
    for (int i = 1; i < machines.size(); i += 4) {
      long from = 1 + random.nextLong(Math.max(1, span));
      outages.add(new Outage(i, from, from + 20_000 + random.nextLong(40_000)));
    }
    Network network =
        new Network(
            5,
            50,
            0.1,
            List.of(new Network.Partition(span / 2, span / 2 + 30_000, machines.size() / 2)));
    return new Scenario(name, machines, tasks, true, THRASHING, network, outages);
  }
}
