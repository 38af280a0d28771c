package dev.mosey.sim.explore;

import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.guests.Guest;

/** What must hold in every world. What must hold of every event is checked by {@link HomeNode}. */
final class Invariants {
  private Invariants() {}

  static void check(World world) {
    for (Job job : world.home.books().jobs()) {
      int running = 0;
      for (HostNode host : world.hosts()) {
        for (Body body : host.bodies) {
          if (body.id().job() == job.number() && !body.paused()) {
            running++;
            owns(job, host, body);
          }
        }
        guests(job, host);
      }
      if (running > 1) {
        throw new Fault("two incarnations of " + world.process(job.number()) + " run");
      }
    }
    if (world.home.books().jobs().size() != world.profile.processes()) {
      throw new Fault("a job that was acknowledged is lost");
    }
  }

  /** What runs is what the books say: exactly one side owns a process. */
  private static void owns(Job job, HostNode host, Body body) {
    Element element = job.element(0);
    boolean owned =
        element != null
            && element.isPlaced()
            && element.host().node().equals(host.name)
            && element.host().session() >= host.guests.continues()
            && element.incarnation() == body.incarnation();
    if (!owned) {
      throw new Fault(
          body.id()
              + "/"
              + body.incarnation()
              + " runs at "
              + host.id()
              + ", but the books say "
              + (element == null
                  ? "nothing of it"
                  : element.phase() + " " + element.host() + " /" + element.incarnation()));
    }
  }

  /** No host has what the home has not given out; who runs has a body, and a lease for it. */
  private static void guests(Job job, HostNode host) {
    Element element = job.element(0);
    int given =
        element != null ? element.incarnation() : job.isEnded() ? job.ending(0).incarnation() : 0;
    for (Guest guest : host.guests.all()) {
      if (guest.id().job() == job.number() && guest.incarnation() > given) {
        throw new Fault(host.id() + " has an incarnation that the home has not given out");
      }
      Body body = host.body(guest.id(), guest.incarnation());
      if (guest.phase() == Guest.Phase.FROZEN && body != null && !body.paused()) {
        throw new Fault(guest.id() + " is frozen at " + host.id() + " and runs");
      }
    }
  }
}
