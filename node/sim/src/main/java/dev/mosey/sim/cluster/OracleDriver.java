package dev.mosey.sim.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Knows every load as it is, and moves at once and for nothing, but not how long anything will run.
 * After each event it lowers the sum of all slownesses, one process at a time, until no move lowers
 * it further: what the best of balancers could approach.
 */
final class OracleDriver implements Driver {
  private static final double EQUAL = 1e-9;

  private final Deque<Integer> waiting = new ArrayDeque<>();
  private World world;

  /** Nothing ever goes away. */
  private boolean calm;

  @Override
  public void begin(World begun) {
    world = begun;
    calm = begun.scenario.outages().isEmpty() && begun.scenario.network().partitions().isEmpty();
    if (!calm) {
      begun.tickAt(0, 0);
    }
  }

  /** Seconds per second's work, summed over so many processes with so much memory. */
  static double cost(Machine machine, double thrashing, int running, long memoryMb) {
    double each = Math.max(1, running / (double) machine.spec.cores()) / machine.spec.speed();
    return running * each * (memoryMb > machine.spec.memoryMb() ? thrashing : 1);
  }

  private double more(Machine machine, int taskMb) {
    if (!machine.up || machine.running() >= machine.spec.slots()) {
      return Double.POSITIVE_INFINITY;
    }
    double thrashing = world.scenario.thrashing();
    return cost(machine, thrashing, machine.running() + 1, machine.memoryMb + taskMb)
        - cost(machine, thrashing, machine.running(), machine.memoryMb);
  }

  private double less(Machine machine, int taskMb) {
    double thrashing = world.scenario.thrashing();
    return cost(machine, thrashing, machine.running(), machine.memoryMb)
        - cost(machine, thrashing, machine.running() - 1, machine.memoryMb - taskMb);
  }

  private boolean joined(Machine from, Machine to) {
    return calm || world.reaches(from.number, to.number);
  }

  @Override
  public void arrived(int task) {
    waiting.add(task);
    placeWaiting();
  }

  /**
   * What can start does. Nobody's knowledge starts a task whose home is away, or brings it to a
   * machine that its home can't reach: that holds for the oracle too.
   */
  private void placeWaiting() {
    Iterator<Integer> tasks = waiting.iterator();
    List<Machine> begun = new ArrayList<>();
    while (tasks.hasNext()) {
      int task = tasks.next();
      Machine home = world.machines[world.tasks.home(task)];
      Machine best = home.up ? best(home, world.tasks.memoryMb(task)) : null;
      if (best != null && world.start(task, home.number, best.number)) {
        tasks.remove();
        begun.add(best);
      } else if (calm) {
        break; // all machines are full
      }
    }
    begun.forEach(this::improve);
  }

  private Machine best(Machine home, int taskMb) {
    Machine best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Machine machine : world.machines) {
      double more = more(machine, taskMb);
      if (more < least - EQUAL && (calm || world.reaches(home.number, machine.number))) {
        least = more;
        best = machine;
      }
    }
    return best;
  }

  /** Sends away from a machine what fits better elsewhere. */
  private void improve(Machine from) {
    boolean again = true;
    while (again) {
      again = false;
      for (int place = 0; place < from.running() && !again; place++) {
        int task = from.task(place);
        int taskMb = world.tasks.memoryMb(task);
        double less = less(from, taskMb);
        for (Machine to : world.machines) {
          if (to != from && more(to, taskMb) < less - EQUAL && joined(from, to)) {
            world.teleport(task, to.number);
            again = true;
            break;
          }
        }
      }
    }
  }

  @Override
  public void ended(Machine machine) {
    placeWaiting();
    pull(machine);
  }

  /** Brings to a machine what runs worse elsewhere. */
  private void pull(Machine to) {
    while (true) {
      int best = -1;
      double most = EQUAL;
      for (Machine from : world.machines) {
        for (int place = 0; from != to && joined(from, to) && place < from.running(); place++) {
          int task = from.task(place);
          int taskMb = world.tasks.memoryMb(task);
          double gain = less(from, taskMb) - more(to, taskMb);
          if (gain > most + EQUAL) {
            most = gain;
            best = task;
          }
          if (from.memoryMb <= from.spec.memoryMb()) {
            break; // all alike but for their memory
          }
        }
      }
      if (best < 0) {
        return;
      }
      world.teleport(best, to.number);
    }
  }

  @Override
  public void tick(int number) {
    placeWaiting();
    world.tickAt(world.nowMillis() + 1_000, 0);
  }

  @Override
  public void turned(Machine machine) {
    if (machine.up) {
      placeWaiting();
      pull(machine);
    }
  }
}
