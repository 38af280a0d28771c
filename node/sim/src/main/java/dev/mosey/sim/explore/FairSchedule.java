package dev.mosey.sim.explore;

import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.FrozenBy;
import java.util.List;

/**
 * From any world, with all faults over: every message arrives, everybody speaks and looks at the
 * clock, what waits is placed. Then every move must end, everything must run, and once the bodies
 * have ended everything must be recorded and forgotten.
 */
final class FairSchedule {
  private static final int ROUNDS_MAX = 40;

  /** Rounds after which a restart waits no longer. */
  private static final int PATIENCE = 5;

  private final World world;

  private FairSchedule(World from) {
    world = from.copy();
    world.net = List.copyOf(world.net);
  }

  static void check(World from) {
    FairSchedule schedule = new FairSchedule(from);
    schedule.until(schedule::isFrozen, "does not come to be frozen");
    schedule.thaw();
    schedule.until(schedule::runs, "does not come to run, or a move does not end");
    schedule.endAll();
    schedule.until(schedule::isOver, "does not end, or is not forgotten");
  }

  private interface Goal {
    boolean isReached();
  }

  private void until(Goal goal, String failure) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      if (goal.isReached()) {
        return;
      }
      round(round);
    }
    throw new Fault("with all faults over, within " + ROUNDS_MAX + " rounds something " + failure);
  }

  private void round(int round) {
    deliver();
    for (HostNode host : world.hosts()) {
      while (!world.host(host.name).inbox.isEmpty()) {
        Actions.learn(world, host.name);
      }
      restart(host.name, round);
      Actions.tick(world, host.name);
      Actions.report(world, host.name);
    }
    Actions.homeTick(world);
    for (Job job : world.home.books().jobs()) {
      if (!job.waiting().isEmpty()) {
        HostNode host = (round + job.number()) % 2 == 0 ? world.a : world.b;
        Actions.place(world, job.number(), host.id());
      }
    }
    deliver();
    if (round % 2 == 1) {
      Actions.timePasses(world);
    }
    Invariants.check(world);
  }

  /** A restart that was begun ends: what does not get ready within a while leaves. */
  private void restart(NodeName name, int round) {
    boolean late = world.host(name).guests.handsOver() && round % PATIENCE == PATIENCE - 1;
    if (late && !world.host(name).guests.isReadyToHandOver()) {
      world.changeHost(name).take(new GuestsInput.LeaveAll("restart"), world);
    }
    if (world.host(name).mayHandOver()) {
      Actions.handOver(world, name);
    }
  }

  private void deliver() {
    for (int i = 0; i < 100 && !world.net.isEmpty(); i++) {
      InFlight next = world.net.get(0);
      world.consume(next);
      Actions.deliver(world, next);
    }
  }

  /** Each process that has not ended runs where the books say, and nothing is between two hosts. */
  private boolean runs() {
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      if (job.isEnded()) {
        continue;
      }
      if (element == null || !element.isPlaced() || element.cancelled()) {
        return false;
      }
      Body body =
          world
              .host(element.host().node())
              .body(world.process(job.number()), element.incarnation());
      if (body == null || body.paused()) {
        return false;
      }
    }
    return world.hosts().stream()
        .flatMap(host -> host.guests.all().stream())
        .allMatch(guest -> guest.phase() == Guest.Phase.RUNNING || guest.phase().isOver());
  }

  /** Each process that somebody wishes frozen has left its host, or stands still there. */
  private boolean isFrozen() {
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      boolean wished = element != null && element.frozen() == FrozenBy.HAND && !element.cancelled();
      if (wished && element.isPlaced() && !standsStill(job, element)) {
        return false;
      }
    }
    return true;
  }

  private boolean standsStill(Job job, Element element) {
    HostNode host = world.host(element.host().node());
    Guest guest = host.guests.guest(world.process(job.number()), element.incarnation());
    return guest != null && guest.phase() == Guest.Phase.FROZEN;
  }

  private void thaw() {
    for (Job job : world.home.books().jobs()) {
      if (job.element(0) != null && job.element(0).frozen() == FrozenBy.HAND) {
        Actions.thaw(world, job.number());
      }
    }
  }

  private void endAll() {
    for (HostNode each : world.hosts()) {
      HostNode host = world.changeHost(each.name);
      for (Body body : List.copyOf(host.bodies)) {
        host.exits(body, 0, world.nowAt(host.name));
      }
    }
  }

  private boolean isOver() {
    boolean ended = world.home.books().jobs().stream().allMatch(Job::isEnded);
    return ended && world.hosts().stream().allMatch(host -> host.guests.all().isEmpty());
  }
}
