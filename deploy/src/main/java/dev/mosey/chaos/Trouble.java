package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/** Does to the nodes what the plan says, and puts each right again. */
final class Trouble {
  private final Map<String, Daemon> nodes = new TreeMap<>();
  private final List<Plan> plans;
  private final Doors doors;
  private final Consumer<String> say;

  /** Held alone by what befalls all nodes. */
  private final ReadWriteLock lanes = new ReentrantReadWriteLock(true);

  private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private final AtomicReference<RuntimeException> failed = new AtomicReference<>();

  Trouble(List<Daemon> nodes, Doors doors, long seed, Consumer<String> say) {
    nodes.forEach(node -> this.nodes.put(node.name(), node));
    this.plans = Plan.lanes(seed, nodes.stream().map(Daemon::name).toList());
    this.doors = doors;
    this.say = say;
  }

  /** How often what was done. */
  Map<String, Integer> counts() {
    return Map.copyOf(counts);
  }

  /** The processes whose bodies were killed. */
  Set<String> killed() {
    return Set.copyOf(killed);
  }

  /** Goes on for so long, and until each kind of fault has been there; then all is right again. */
  void run(long millis) {
    long until = System.nanoTime() + millis * 1_000_000;
    List<Thread> threads = new ArrayList<>();
    for (Plan plan : plans) {
      threads.add(Thread.ofPlatform().name("trouble").start(() -> lane(plan, until)));
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
    if (failed.get() != null) {
      throw failed.get();
    }
  }

  private void lane(Plan plan, long until) {
    try {
      for (int done = 0; done < plan.kinds() || System.nanoTime() < until; done++) {
        Plan.Step step = plan.next();
        Chaos.pause(step.pauseMillis());
        boolean all = step.fault() instanceof Fault.PowerCut;
        var lock = all ? lanes.writeLock() : lanes.readLock();
        lock.lock();
        try {
          say.accept("  " + step.fault());
          counts.merge(step.fault().getClass().getSimpleName(), 1, Integer::sum);
          inflict(step.fault());
        } finally {
          lock.unlock();
        }
      }
    } catch (RuntimeException e) {
      failed.compareAndSet(null, e);
    }
  }

  private void inflict(Fault fault) {
    switch (fault) {
      case Fault.KillDaemon kill -> {
        nodes.get(kill.node()).kill();
        Chaos.pause(kill.downMillis());
        nodes.get(kill.node()).start();
      }
      case Fault.FreezeDaemon freeze -> freeze(freeze.node(), freeze.millis(), false);
      case Fault.FreezeBoth freeze -> freeze(freeze.node(), freeze.millis(), true);
      case Fault.KillKeeper kill ->
          nodes.get(kill.node()).keepers().forEach(ProcessHandle::destroyForcibly);
      case Fault.KillWarden kill ->
          nodes.get(kill.node()).wardens().stream()
              .limit(1)
              .forEach(ProcessHandle::destroyForcibly);
      case Fault.KillBody kill ->
          nodes.get(kill.node()).bodies().entrySet().stream()
              .limit(1)
              .forEach(
                  body -> {
                    killed.add(body.getKey());
                    body.getValue().destroyForcibly();
                  });
      case Fault.Restart restart -> {
        nodes.get(restart.node()).terminate();
        nodes.get(restart.node()).start();
      }
      // One that does not answer, being still on its way up, is asked in vain: that is no fault.
      case Fault.Replace replace ->
          doors.ask(
              nodes.get(replace.node()),
              "POST",
              "nodes/" + replace.node() + "/restart",
              null,
              null);
      case Fault.PowerCut cut -> {
        nodes.values().forEach(Daemon::kill);
        Chaos.pause(cut.downMillis());
        for (String node : cut.order()) {
          nodes.get(node).start();
          Chaos.pause(Math.min(1_000, cut.downMillis()));
        }
      }
    }
  }

  private void freeze(String node, long millis, boolean keeper) {
    List<ProcessHandle> parts = nodes.get(node).parts(keeper);
    Signals.send("STOP", parts);
    try {
      Chaos.pause(millis);
    } finally {
      Signals.send("CONT", parts);
    }
  }

  /** The names of all kinds of fault. */
  static Set<String> kinds() {
    return Set.of(
        "KillDaemon",
        "FreezeDaemon",
        "FreezeBoth",
        "KillKeeper",
        "KillWarden",
        "Restart",
        "Replace",
        "KillBody",
        "PowerCut");
  }
}
