package dev.mosey.sim.cluster;

import java.util.random.RandomGenerator;

/**
 * The four strategies that Amir, Awerbuch, Barak, Borgstrom and Keren compared in 2000, as far as
 * their papers tell. All see the present loads; those that move pay for each move and decide once a
 * second on each machine.
 */
final class PublishedDriver implements Driver {
  /** As MOSIX's stability factor. */
  private static final double STABILITY = 1.3;

  private static final long ROUND_MILLIS = 1_000;

  /** A process is left alone for so long after its arrival. */
  private static final long RESIDENCY_MILLIS = 1_000;

  private final Kind kind;
  private final RandomGenerator random;
  private final double setupSeconds;
  private World world;

  /** Of whom a machine has heard in this round: one other, drawn at random. */
  private Machine heard;

  private double scale = 1;

  /** Which of the four. */
  enum Kind {
    /** Round robin, no moves. */
    PVM("pvm"),
    /** Opportunity cost at the start, no moves. */
    ENHANCED_PVM("enhanced-pvm"),
    /** Starts where load is least and memory suffices; balances load; flees from full memory. */
    MOSIX("mosix"),
    /** Opportunity cost at the start and for moves. */
    ENHANCED_MOSIX("enhanced-mosix");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    boolean moves() {
      return this == MOSIX || this == ENHANCED_MOSIX;
    }
  }

  PublishedDriver(Kind kind, double setupSeconds, RandomGenerator random) {
    this.kind = kind;
    this.setupSeconds = setupSeconds;
    this.random = random;
  }

  @Override
  public void begin(World begun) {
    world = begun;
    if (kind.moves()) {
      world.tickAt(ROUND_MILLIS, 0);
    }
  }

  @Override
  public void arrived(int task) {
    int machine =
        switch (kind) {
          case PVM -> task % world.machines.length;
          // Where the user is; balancing does the rest.
          case MOSIX -> random.nextInt(world.machines.length);
          case ENHANCED_PVM, ENHANCED_MOSIX -> cheapest(world.tasks.memoryMb(task)).number;
        };
    if (!world.start(task, machine, machine)) {
      throw new Violation("there is no slot", world.nowMillis());
    }
  }

  private Machine cheapest(int taskMb) {
    Machine best = world.machines[0];
    for (Machine machine : world.machines) {
      if (marginal(machine, taskMb) < marginal(best, taskMb)) {
        best = machine;
      }
    }
    return best;
  }

  /** What n^(load/L) + n^(memory used) rises by; L doubles whenever a load exceeds it. */
  private double marginal(Machine machine, int taskMb) {
    double before = world.load(machine);
    double after = before + unit(machine);
    rescale(after);
    double total = machine.spec.memoryMb();
    return power(after / scale)
        - power(before / scale)
        + power((machine.memoryMb + taskMb) / total)
        - power(machine.memoryMb / total);
  }

  /** L is found by doubling: the highest load there is, rounded up to a power of two. */
  private void rescale(double after) {
    double highest = after;
    for (Machine machine : world.machines) {
      highest = Math.max(highest, world.load(machine));
    }
    scale = 1;
    while (highest > scale) {
      scale *= 2;
    }
  }

  private double power(double used) {
    return Math.pow(world.machines.length, used);
  }

  private static double unit(Machine machine) {
    return 1 / (machine.spec.cores() * machine.spec.speed());
  }

  @Override
  public void tick(int number) {
    for (Machine machine : world.machines) {
      int drawn = random.nextInt(world.machines.length - 1);
      heard = world.machines[drawn < machine.number ? drawn : drawn + 1];
      if (machine.running() > 0 && heard.arriving == 0) {
        if (kind == Kind.MOSIX) {
          balance(machine);
        } else {
          trade(machine);
        }
      }
    }
    world.tickAt(world.nowMillis() + ROUND_MILLIS, 0);
  }

  /**
   * MOSIX: out of a full memory to where there is room; else to where the load would be less. That
   * the newcomer may fill the memory there it finds out when it is so.
   */
  private void balance(Machine machine) {
    boolean full = machine.memoryMb > machine.spec.memoryMb();
    long room = heard.spec.memoryMb() - heard.memoryMb;
    boolean less = world.load(heard) + STABILITY * unit(heard) < world.load(machine) && room > 0;
    for (int place = 0; place < machine.running(); place++) {
      int task = machine.task(place);
      if ((full ? world.tasks.memoryMb(task) <= room : less) && move(task, heard)) {
        return;
      }
    }
  }

  /** The move that lowers the sum of all costs most, if any does. */
  private void trade(Machine machine) {
    boolean full = machine.memoryMb > machine.spec.memoryMb();
    boolean less = world.load(heard) + STABILITY * unit(heard) < world.load(machine);
    int best = -1;
    double most = 0;
    for (int place = 0; place < machine.running() && (full || less); place++) {
      int task = machine.task(place);
      int taskMb = world.tasks.memoryMb(task);
      double gain = paid(machine, taskMb) - marginal(heard, taskMb);
      if (world.residentMillis(task) >= RESIDENCY_MILLIS && gain > most) {
        most = gain;
        best = task;
      }
    }
    if (best >= 0) {
      move(best, heard);
    }
  }

  private double paid(Machine machine, int taskMb) {
    double total = machine.spec.memoryMb();
    double load = world.load(machine);
    return power(load / scale)
        - power((load - unit(machine)) / scale)
        + power(machine.memoryMb / total)
        - power((machine.memoryMb - taskMb) / total);
  }

  private boolean move(int task, Machine to) {
    return world.residentMillis(task) >= RESIDENCY_MILLIS
        && world.depart(task, to.number, setupSeconds, 0);
  }

  @Override
  public void ended(Machine machine) {}
}
