package dev.mosey.sim.cluster;

import java.util.Arrays;

/**
 * The invariants, on books of their own: a process is in one place or one move, none is lost,
 * incarnations only grow, no decision is built on a report that is too old, none is moved again
 * within its residency. Told of every step, and asked after every event.
 */
final class Watch {
  private static final byte FUTURE = 0;
  private static final byte WAITING = 1;
  private static final byte RUNNING = 2;
  private static final byte MOVING = 3;
  private static final byte DONE = 4;

  /** Every so many events all machines are counted, not only what the event touched. */
  private final int thoroughEvery;

  private final byte[] states;
  private final int[] places;
  private final int[] incarnations;
  private final int[] counts = new int[DONE + 1];
  private final byte[] seen;
  private long events;

  Watch(int tasks, int thoroughEvery) {
    this.states = new byte[tasks];
    this.places = new int[tasks];
    this.incarnations = new int[tasks];
    this.seen = new byte[tasks];
    this.thoroughEvery = thoroughEvery;
    counts[FUTURE] = tasks;
    Arrays.fill(places, -1);
  }

  void arrived(int task, long now) {
    change(task, FUTURE, WAITING, now);
  }

  void started(int task, int machine, int incarnation, long now) {
    change(task, WAITING, RUNNING, now);
    grows(task, incarnation, now);
    places[task] = machine;
  }

  void departed(int task, int machine, long now) {
    change(task, RUNNING, MOVING, now);
    if (places[task] != machine) {
      throw new Violation(name(task) + " leaves a machine where it is not", now);
    }
  }

  void installed(int task, int machine, int incarnation, long now) {
    change(task, MOVING, RUNNING, now);
    grows(task, incarnation, now);
    places[task] = machine;
  }

  void killed(int task, long now) {
    change(task, states[task], WAITING, now);
    places[task] = -1;
  }

  void ended(int task, int machine, long now) {
    change(task, RUNNING, DONE, now);
    if (places[task] != machine) {
      throw new Violation(name(task) + " ends on a machine where it is not", now);
    }
  }

  /** A decision of a policy to move a process by itself. */
  void decided(int task, long residentMillis, long residency, long age, long ageMax, long now) {
    if (residentMillis < residency) {
      throw new Violation(
          name(task) + " is to move after " + residentMillis + " ms, within its residency", now);
    }
    if (age > ageMax) {
      throw new Violation(
          name(task) + " is to move by a report that is " + age + " ms old: too old", now);
    }
  }

  private void grows(int task, int incarnation, long now) {
    if (incarnation <= incarnations[task]) {
      throw new Violation(
          name(task) + " began incarnation " + incarnation + " after " + incarnations[task], now);
    }
    incarnations[task] = incarnation;
  }

  private void change(int task, int from, int to, long now) {
    if (states[task] != from) {
      throw new Violation(name(task) + " is in state " + states[task] + ", not " + from, now);
    }
    counts[from]--;
    counts[to]++;
    states[task] = (byte) to;
  }

  /** After every event. */
  void check(Machine[] machines, Machine touched, int moving, long now) {
    if (counts[MOVING] != moving) {
      throw new Violation(counts[MOVING] + " processes are in moves, the model has " + moving, now);
    }
    if (touched != null) {
      for (int place = 0; place < touched.running(); place++) {
        runsHere(touched, place, now);
      }
    }
    if (++events % thoroughEvery == 0) {
      checkAll(machines, now);
    }
  }

  /** Every machine, every process. */
  void checkAll(Machine[] machines, long now) {
    Arrays.fill(seen, (byte) 0);
    int found = 0;
    for (Machine machine : machines) {
      for (int place = 0; place < machine.running(); place++) {
        int task = runsHere(machine, place, now);
        if (seen[task]++ != 0) {
          throw new Violation(name(task) + " runs in two places", now);
        }
        found++;
      }
    }
    if (found != counts[RUNNING]) {
      throw new Violation(counts[RUNNING] + " processes run, " + found + " are found", now);
    }
  }

  private int runsHere(Machine machine, int place, long now) {
    int task = machine.task(place);
    if (states[task] != RUNNING || places[task] != machine.number) {
      throw new Violation(
          name(task) + " runs on machine " + machine.number + " but should not", now);
    }
    return task;
  }

  /** At the end: everything is done. */
  void finished(long now) {
    if (counts[DONE] != states.length) {
      throw new Violation(states.length - counts[DONE] + " tasks never ended", now);
    }
  }

  private static String name(int task) {
    return "task " + task;
  }
}
