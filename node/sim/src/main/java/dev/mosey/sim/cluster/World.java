package dev.mosey.sim.cluster;

import java.util.Arrays;

/**
 * The truth: machines, what runs where, what is on its way, and the clock. A driver decides; the
 * watch checks. One seed and one driver give one history.
 */
final class World {
  private static final int END = 1;
  private static final int ARRIVED = 2;
  private static final int DOWN = 3;
  private static final int UP = 4;
  private static final int AGAIN = 5;
  private static final int TICK = 6;
  private static final int SAMPLE = 7;
  private static final int KIND_SHIFT = 60;
  private static final int FIRST_SHIFT = 32;
  private static final long LOW = 0xFFFFFFFFL;
  private static final int FIRST_MASK = 0xFFFFFFF;

  /** How long it takes until what a dead machine ran begins again: its lease must lapse. */
  static final long LEASE_MILLIS = 10_000;

  final Scenario scenario;
  final Tasks tasks;
  final Machine[] machines;
  final Watch watch;
  final Recorder recorder;
  private final Fault fault;
  private final Driver driver;
  private final EventQueue queue = new EventQueue();
  private final int[] places;
  private final int[] at;
  private final int[] target;
  private final int[] incarnations;
  private final double[] remaining;
  private final long[] residentSince;
  private final Trail trail;
  private long nowMicros;
  private int next;
  private int done;
  private int moving;
  private Machine touched;

  World(Scenario scenario, Driver driver, Fault fault, int thoroughEvery) {
    this.scenario = scenario;
    this.tasks = scenario.tasks();
    this.driver = driver;
    this.fault = fault;
    int count = tasks.size();
    this.watch = new Watch(count, thoroughEvery);
    this.recorder = new Recorder(count, scenario.machines().size());
    this.trail = new Trail(count);
    this.places = new int[count];
    this.at = new int[count];
    this.target = new int[count];
    this.incarnations = new int[count];
    this.remaining = new double[count];
    this.residentSince = new long[count];
    Arrays.fill(at, -1);
    Arrays.fill(target, -1);
    this.machines = new Machine[scenario.machines().size()];
    for (int i = 0; i < machines.length; i++) {
      machines[i] = new Machine(i, scenario.machines().get(i), scenario.thrashing());
    }
  }

  /** Until everything has ended. */
  void run() {
    for (Outage outage : scenario.outages()) {
      add(outage.fromMillis() * 1_000, DOWN, outage.machine(), 0);
      add(outage.toMillis() * 1_000, UP, outage.machine(), 0);
    }
    driver.begin(this);
    add(0, SAMPLE, 0, 0);
    while (done < tasks.size()) {
      long arrival =
          next < tasks.size() ? Math.round(tasks.arrivalSeconds(next) * 1_000_000) : Long.MAX_VALUE;
      touched = null;
      if (arrival <= queue.nextTime()) {
        nowMicros = Math.max(nowMicros, arrival);
        int task = next++;
        remaining[task] = tasks.cpuSeconds(task);
        watch.arrived(task, nowMillis());
        driver.arrived(task);
      } else {
        nowMicros = queue.nextTime();
        handle(queue.poll());
      }
      watch.check(machines, touched, moving, nowMillis());
    }
    watch.checkAll(machines, nowMillis());
    watch.finished(nowMillis());
  }

  private void handle(long event) {
    int first = (int) (event >>> FIRST_SHIFT) & FIRST_MASK;
    int second = (int) (event & LOW);
    switch ((int) (event >>> KIND_SHIFT)) {
      case END -> end(machines[first], second);
      case ARRIVED -> install(first, second);
      case DOWN -> down(machines[first]);
      case UP -> {
        machines[first].up = true;
        driver.turned(machines[first]);
      }
      case AGAIN -> driver.arrived(first);
      case TICK -> driver.tick(first);
      case SAMPLE -> {
        for (Machine machine : machines) {
          recorder.load(machine.number, load(machine));
        }
        add(nowMicros + recorder.sampled() * 1_000, SAMPLE, 0, 0);
      }
      default -> throw new IllegalStateException("unknown event " + event);
    }
  }

  private void add(long micros, int kind, int first, int second) {
    queue.add(micros, (long) kind << KIND_SHIFT | (long) first << FIRST_SHIFT | second & LOW);
  }

  /** Asks for a tick. */
  void tickAt(long millis, int number) {
    add(millis * 1_000, TICK, number, 0);
  }

  long nowMillis() {
    return nowMicros / 1_000;
  }

  /** Whether no more will be submitted. */
  boolean allArrived() {
    return next == tasks.size();
  }

  /** How many are on their way. */
  int moving() {
    return moving;
  }

  /** Work there and on its way there over what the machine can do. */
  double load(Machine machine) {
    return (machine.running() + machine.arriving) / (machine.spec.cores() * machine.spec.speed());
  }

  int at(int task) {
    return at[task];
  }

  boolean isMoving(int task) {
    return target[task] >= 0;
  }

  long residentMillis(int task) {
    return nowMillis() - residentSince[task];
  }

  /** Whether one machine can send something to another now. */
  boolean reaches(int from, int to) {
    return machines[to].up && scenario.network().joined(from, to, nowMillis());
  }

  /** A waiting task begins; false when the machine does not answer or is full. */
  boolean start(int task, int from, int machine) {
    Machine host = machines[machine];
    if (!reaches(from, machine) || host.running() + host.arriving >= host.spec.slots()) {
      return false;
    }
    watch.started(task, machine, ++incarnations[task], nowMillis());
    compute(task, host);
    return true;
  }

  private void compute(int task, Machine host) {
    at[task] = host.number;
    residentSince[task] = nowMillis();
    host.add(task, remaining[task], tasks.memoryMb(task), places, nowMicros);
    changed(host);
  }

  private void changed(Machine machine) {
    touched = machine;
    long end = machine.nextEndMicros();
    if (end != Long.MAX_VALUE) {
      add(Math.max(nowMicros, end), END, machine.number, machine.version);
    }
  }

  /** A running process leaves; what it costs in time is the network's and the set-up's. */
  boolean depart(int task, int to, double setupSeconds, double predictedSeconds) {
    Machine from = machines[at[task]];
    if (!reaches(from.number, to)
        || machines[to].running() + machines[to].arriving >= machines[to].spec.slots()) {
      return false;
    }
    watch.departed(task, from.number, nowMillis());
    leave(task, from, to, predictedSeconds);
    target[task] = to;
    moving++;
    machines[to].arriving++;
    Network network = scenario.network();
    double seconds =
        setupSeconds
            + tasks.memoryMb(task) / network.bandwidthMibPerSecond()
            + 2 * network.latencyMillis() / 1_000.0;
    long micros = Math.round(seconds * 1_000_000 / (1 - Math.min(0.99, network.loss())));
    add(nowMicros + micros, ARRIVED, task, incarnations[task]);
    return true;
  }

  private void leave(int task, Machine from, int to, double predictedSeconds) {
    double pace = from.pace();
    if (fault != Fault.TWO_PLACES) {
      remaining[task] = from.remove(task, tasks.memoryMb(task), places, nowMicros);
    }
    judge(task, remaining[task]);
    trail.departed(task, from.number, pace, to, predictedSeconds, remaining[task], nowMicros);
    changed(from);
  }

  private void install(int task, int incarnation) {
    if (incarnations[task] != incarnation || target[task] < 0) {
      return; // its machine died meanwhile
    }
    Machine from = machines[at[task]];
    Machine to = machines[target[task]];
    boolean failed = !reaches(from.number, to.number);
    leaveRoad(task);
    if (fault == Fault.LOST) {
      return;
    }
    Machine host = failed ? from : to;
    if (fault != Fault.SAME_INCARNATION) {
      incarnations[task]++;
    }
    watch.installed(task, host.number, incarnations[task], nowMillis());
    if (!failed) {
      recorder.moved(trail.away(task));
    }
    compute(task, host);
    driver.moved(task, from.number, to.number, failed);
  }

  private void leaveRoad(int task) {
    machines[target[task]].arriving--;
    target[task] = -1;
    moving--;
  }

  /** Moves at once and for nothing; only for those who know all. */
  void teleport(int task, int to) {
    Machine from = machines[at[task]];
    watch.departed(task, from.number, nowMillis());
    leave(task, from, machines[to].number, 0);
    watch.installed(task, to, ++incarnations[task], nowMillis());
    recorder.moved(trail.away(task));
    compute(task, machines[to]);
  }

  private void end(Machine machine, int version) {
    if (machine.version != version) {
      return;
    }
    machine.advance(nowMicros);
    int task = machine.first();
    machine.remove(task, tasks.memoryMb(task), places, nowMicros);
    watch.ended(task, machine.number, nowMillis());
    judge(task, 0.0);
    at[task] = -1;
    done++;
    recorder.ended(task, nowMicros / 1e6, tasks.arrivalSeconds(task), tasks.cpuSeconds(task));
    changed(machine);
    driver.ended(machine);
  }

  private void judge(int task, double left) {
    int from = trail.from(task);
    if (from >= 0) {
      double realised = trail.realised(task, left, nowMicros);
      recorder.judged(trail.predicted(task), realised);
      driver.judged(from, trail.predicted(task), realised);
      trail.forget(task);
    }
  }

  private void down(Machine machine) {
    machine.up = false;
    machine.downSinceMillis = nowMillis();
    while (machine.running() > 0) {
      int task = machine.first();
      machine.remove(task, tasks.memoryMb(task), places, nowMicros);
      kill(task);
    }
    for (int task = 0; task < next; task++) {
      if (target[task] >= 0 && at[task] == machine.number) {
        leaveRoad(task);
        kill(task);
      }
    }
    touched = machine;
    driver.turned(machine);
  }

  private void kill(int task) {
    watch.killed(task, nowMillis());
    trail.forget(task);
    at[task] = -1;
    // The next start is another incarnation, so that what is under way of this one counts no more.
    incarnations[task]++;
    remaining[task] = tasks.cpuSeconds(task);
    recorder.killed();
    add(nowMicros + LEASE_MILLIS * 1_000, AGAIN, task, 0);
  }
}
