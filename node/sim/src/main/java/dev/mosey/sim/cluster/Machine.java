package dev.mosey.sim.cluster;

import java.util.Arrays;

/**
 * One machine and what computes on it. Its processes share the cores evenly, none getting more than
 * one; so all of them advance at one pace, and one number, the service that each has had so far,
 * tells for every process when it will be done.
 */
final class Machine {
  private static final double MICROS = 1e6;

  final int number;
  final MachineSpec spec;
  private final double thrashing;

  /** Seconds of standard CPU that each process here has had since the beginning. */
  private double service;

  private long updatedMicros;
  private int[] tasks = new int[8];
  private double[] goals = new double[8];
  private int running;

  /** On their way here. */
  int arriving;

  /** Resident, in MiB: what computes here. */
  long memoryMb;

  boolean up = true;

  /** When it went away last. */
  long downSinceMillis;

  /** Grows whenever the time of the next end changes. */
  int version;

  Machine(int number, MachineSpec spec, double thrashing) {
    this.number = number;
    this.spec = spec;
    this.thrashing = thrashing;
  }

  int running() {
    return running;
  }

  int task(int place) {
    return tasks[place];
  }

  /** Standard CPU seconds per second for each process. */
  double pace() {
    if (running == 0) {
      return 0;
    }
    double pace = spec.speed() * Math.min(1, spec.cores() / (double) running);
    return memoryMb > spec.memoryMb() ? pace / thrashing : pace;
  }

  void advance(long nowMicros) {
    service += pace() * (nowMicros - updatedMicros) / MICROS;
    updatedMicros = nowMicros;
  }

  /** Begins to compute; {@code places} says for every task where it is in this heap. */
  void add(int task, double remaining, int taskMb, int[] places, long nowMicros) {
    advance(nowMicros);
    if (running == tasks.length) {
      tasks = Arrays.copyOf(tasks, 2 * running);
      goals = Arrays.copyOf(goals, 2 * running);
    }
    memoryMb += taskMb;
    int place = running++;
    up(place, task, service + remaining, places);
    version++;
  }

  /** Ceases to compute; returns what it still needs. */
  double remove(int task, int taskMb, int[] places, long nowMicros) {
    advance(nowMicros);
    int place = places[task];
    double remaining = Math.max(0, goals[place] - service);
    memoryMb -= taskMb;
    int last = --running;
    if (place != last) {
      int moved = tasks[last];
      double goal = goals[last];
      down(place, moved, goal, places);
      up(places[moved], moved, goal, places);
    }
    version++;
    return remaining;
  }

  /** When the first will be done, rounded up; {@link Long#MAX_VALUE} when nothing runs. */
  long nextEndMicros() {
    if (running == 0) {
      return Long.MAX_VALUE;
    }
    double left = Math.max(0, goals[0] - service) / pace();
    return updatedMicros + (long) Math.ceil(left * MICROS);
  }

  /** Which will be done first. */
  int first() {
    return tasks[0];
  }

  /** Service that each process has had so far. */
  double service() {
    return service;
  }

  private void up(int from, int task, double goal, int[] places) {
    int place = from;
    while (place > 0 && goals[place - 1 >>> 1] > goal) {
      set(place, tasks[place - 1 >>> 1], goals[place - 1 >>> 1], places);
      place = place - 1 >>> 1;
    }
    set(place, task, goal, places);
  }

  private void down(int from, int task, double goal, int[] places) {
    int place = from;
    while (2 * place + 1 < running) {
      int child = 2 * place + 1;
      if (child + 1 < running && goals[child + 1] < goals[child]) {
        child++;
      }
      if (goals[child] >= goal) {
        break;
      }
      set(place, tasks[child], goals[child], places);
      place = child;
    }
    set(place, task, goal, places);
  }

  private void set(int place, int task, double goal, int[] places) {
    tasks[place] = task;
    goals[place] = goal;
    places[task] = place;
  }
}
