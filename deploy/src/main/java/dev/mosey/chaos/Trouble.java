package dev.mosey.chaos;

import dev.mosey.chaos.Damage.Bit;
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
import java.util.function.Predicate;

/** Does to the nodes what the plan says, and puts each right again. */
final class Trouble {
  private static final long HALT_SECONDS_MOST = 8;
  private static final long REFUSE_SECONDS_MOST = 60;

  private final Map<String, Daemon> nodes = new TreeMap<>();
  private final List<Plan> plans;
  private final Doors doors;
  private final Ground ground;
  private final Predicate<String> images;

  /** Held alone by what befalls all nodes. */
  private final ReadWriteLock lanes = new ReentrantReadWriteLock(true);

  private final Map<Plan.Kind, Integer> counts = new ConcurrentSkipListMap<>();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private final Set<String> unseen = ConcurrentHashMap.newKeySet();
  private final AtomicReference<RuntimeException> failed = new AtomicReference<>();

  /**
   * Trouble for these nodes.
   *
   * @param ground what they stand on
   * @param images whether a blob's file of this name is an image
   */
  Trouble(List<Daemon> nodes, Doors doors, Ground ground, Predicate<String> images, long seed) {
    nodes.forEach(node -> this.nodes.put(node.name(), node));
    this.plans = Plan.lanes(seed, nodes.stream().map(Daemon::name).toList(), ground.there());
    this.doors = doors;
    this.ground = ground;
    this.images = images;
  }

  /** Damage from which a node has started as if nothing was. */
  List<String> unseen() {
    return List.copyOf(unseen);
  }

  /** How often what was done. */
  Map<Plan.Kind, Integer> counts() {
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
          Chaos.say("  " + step.fault());
          counts.merge(step.kind(), 1, Integer::sum);
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
      case Fault.KillDaemon kill -> away(nodes.get(kill.node()), kill.downMillis(), () -> {});
      case Fault.FreezeDaemon freeze ->
          freeze(nodes.get(freeze.node()).parts(false), freeze.millis());
      case Fault.FreezeBoth freeze -> freeze(nodes.get(freeze.node()).parts(true), freeze.millis());
      case Fault.KillKeeper kill ->
          nodes.get(kill.node()).keepers().forEach(ProcessHandle::destroyForcibly);
      case Fault.KillWarden kill ->
          one(nodes.get(kill.node()).wardens()).forEach(ProcessHandle::destroyForcibly);
      case Fault.FreezeWarden freeze ->
          freeze(one(nodes.get(freeze.node()).wardens()), freeze.millis());
      case Fault.KillBody kill ->
          nodes.get(kill.node()).bodies().entrySet().stream()
              .limit(1)
              .forEach(
                  body -> {
                    killed.add(body.getKey());
                    body.getValue().destroyForcibly();
                  });
      case Fault.FreezeBody freeze ->
          freeze(one(List.copyOf(nodes.get(freeze.node()).bodies().values())), freeze.millis());
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
      case Fault.HaltAt halt -> halt(nodes.get(halt.node()), halt);
      case Fault.TornJournal torn -> {
        Daemon node = nodes.get(torn.node());
        away(node, torn.downMillis(), () -> node.damage().tear());
      }
      case Fault.FlippedJournal flipped -> flipped(nodes.get(flipped.node()), flipped.where());
      case Fault.FlippedImage flipped ->
          nodes.get(flipped.node()).damage().ofImage(flipped.where(), images).ifPresent(Bit::flip);
      case Fault.FullDisk full -> {
        ground.disks().fill(full.node());
        lasting(full.millis(), () -> ground.disks().empty(full.node()));
      }
      case Fault.StalledDisk stalled -> {
        ground.disks().stall(stalled.node());
        lasting(stalled.millis(), () -> ground.disks().release(stalled.node()));
      }
      case Fault.Cut cut -> {
        ground.networks().cut(cut.from(), cut.oneWay());
        lasting(cut.millis(), () -> ground.networks().mend(cut.from(), cut.oneWay()));
      }
      case Fault.CrashDatabase crash -> {
        ground.database().crash();
        lasting(crash.downMillis(), () -> ground.database().startAgain());
      }
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

  private static List<ProcessHandle> one(List<ProcessHandle> all) {
    return all.subList(0, Math.min(1, all.size()));
  }

  private static void lasting(long millis, Runnable putRight) {
    try {
      Chaos.pause(millis);
    } finally {
      putRight.run();
    }
  }

  private static void freeze(List<ProcessHandle> parts, long millis) {
    Signals.send("STOP", parts);
    lasting(millis, () -> Signals.send("CONT", parts));
  }

  private static void away(Daemon node, long millis, Runnable meanwhile) {
    node.kill();
    meanwhile.run();
    Chaos.pause(millis);
    node.start();
  }

  /** Where it does not come to that step by itself it is told to end: it has much to do then. */
  private static void halt(Daemon node, Fault.HaltAt halt) {
    node.kill();
    node.start(
        Map.of(
            "MOSD_UNSAFE_HALT_AT",
            halt.step(),
            "MOSD_UNSAFE_HALT_COUNT",
            Integer.toString(halt.count())));
    if (!node.endsWithin(HALT_SECONDS_MOST)) {
      node.terminate();
    }
    Chaos.pause(halt.downMillis());
    node.start();
  }

  private void flipped(Daemon node, double where) {
    node.kill();
    node.damage()
        .ofJournal(where)
        .ifPresent(
            bit -> {
              bit.flip();
              node.start();
              if (!node.endsWithin(REFUSE_SECONDS_MOST)) {
                unseen.add(node.name() + " started from " + bit);
                node.kill();
              }
              bit.flip();
            });
    node.start();
  }
}
