package dev.mosey.sim.explore;

import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.HostLink;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.TakeImage;
import java.util.ArrayList;
import java.util.List;

/** Everything that may happen next in a world, always in the same order. */
final class Actions {
  private final World world;
  private final List<Action> actions = new ArrayList<>();

  private Actions(World world) {
    this.world = world;
  }

  static List<Action> of(World world) {
    Actions actions = new Actions(world);
    actions.messages();
    world.hosts().forEach(actions::host);
    actions.home();
    actions.users();
    actions.freezers();
    actions.crashes();
    if (world.time < world.profile.timeSteps()) {
      actions.add("all   ", "a step of time passes", Actions::timePasses);
    }
    return actions.actions;
  }

  private interface Step {
    void on(World world);
  }

  private void add(String who, String what, Step step) {
    actions.add(new Action(() -> who + what, step::on));
  }

  private void messages() {
    for (InFlight each : world.net) {
      actions.add(
          new Action(
              () -> column(each.to()) + "gets " + describe(each),
              w -> {
                w.consume(each);
                deliver(w, each);
              }));
      if (world.repeatsLeft > 0) {
        actions.add(
            new Action(
                () -> column(each.to()) + "gets (once more later) " + describe(each),
                w -> {
                  w.repeatsLeft--;
                  deliver(w, each);
                }));
      }
      if (world.homeCrashesLeft > 0 && each.message() instanceof Report) {
        actions.add(
            new Action(
                () -> column(each.to()) + "fails to write, and restarts, on " + describe(each),
                w -> {
                  w.consume(each);
                  w.homeCrashesLeft--;
                  w.changeHome().restart(w, w.opener());
                }));
      }
    }
  }

  static void deliver(World w, InFlight each) {
    switch (each.message()) {
      case Report report -> w.changeHome().take(w, List.of(new BooksCommand.HostReport(report)));
      case Orders m -> w.changeHost(each.to()).take(new GuestsInput.OrdersIn(m), w);
      case Offer m ->
          w.changeHost(each.to()).take(new GuestsInput.OfferIn(each.from(), m, null), w);
      case OfferAnswer m -> w.changeHost(each.to()).take(new GuestsInput.OfferAnswerIn(m), w);
      case TakeImage m ->
          w.changeHost(each.to()).take(new GuestsInput.TakeImageIn(each.from(), m), w);
      case ImageTaken m -> w.changeHost(each.to()).take(new GuestsInput.ImageTakenIn(m), w);
      case OfferWithdrawn m -> w.changeHost(each.to()).take(new GuestsInput.OfferWithdrawnIn(m), w);
      case Object other -> throw new IllegalStateException("nobody sends " + other);
    }
  }

  private void host(HostNode host) {
    NodeName name = host.name;
    if (!host.inbox.isEmpty()) {
      add(column(name), "learns that " + Words.of(host.inbox.get(0)), w -> learn(w, name));
    }
    if (isReportNews(host)) {
      add(column(name), "reports", w -> report(w, name));
    }
    if (!host.guests.all().isEmpty() || !host.guests.arrivals().isEmpty()) {
      add(column(name), "looks at the clock", w -> tick(w, name));
    }
    for (Guest guest : host.guests.all()) {
      if (world.movesLeft > 0 && guest.phase() == Guest.Phase.RUNNING) {
        NodeName target = world.other(host).name;
        actions.add(
            new Action(
                () -> column(name) + "is told to move " + guest.id() + " to " + target,
                w -> {
                  w.movesLeft--;
                  w.changeHost(name)
                      .take(new GuestsInput.MoveOut(guest.id(), target, "hand", 0), w);
                }));
      }
    }
    for (Body body : host.bodies) {
      if (world.endsLeft > 0 && !body.paused()) {
        actions.add(exit(name, body, 0));
        if (world.failsLeft > 0) {
          actions.add(exit(name, body, 1));
        }
      }
    }
  }

  static void learn(World w, NodeName name) {
    HostNode host = w.changeHost(name);
    host.take(host.inbox.remove(0), w);
  }

  static void report(World w, NodeName name) {
    w.changeHost(name).take(new GuestsInput.ReportDue(w.home.name), w);
  }

  static void tick(World w, NodeName name) {
    w.changeHost(name).take(new GuestsInput.Tick(), w);
  }

  private static Action exit(NodeName name, Body body, int code) {
    return new Action(
        () -> column(name) + body.id() + "/" + body.incarnation() + " exits with " + code,
        w -> {
          w.endsLeft--;
          w.failsLeft -= code;
          HostNode host = w.changeHost(name);
          host.exits(host.body(body.id(), body.incarnation()), code, w.nowAt(name));
        });
  }

  /**
   * Whether a report would say something new: to the home, or else than the newest under way. One
   * of an empty host matters only until the home has heard of this session.
   */
  private boolean isReportNews(HostNode host) {
    HostLink link = world.home.machine.links().host(host.name);
    boolean known = link != null && link.isHeard() && link.host().equals(host.id());
    List<Report.Guest> now = host.guests.reported(world.home.name);
    if (known && now.isEmpty() && link.processes().isEmpty()) {
      return false;
    }
    if (known && isSame(host, link.reportSeq(), now, guestsOf(link))) {
      return false;
    }
    Report last = null;
    for (InFlight each : world.net) {
      if (each.from().equals(host.name) && each.message() instanceof Report report) {
        last = report;
      }
    }
    return last == null
        || !last.host().equals(host.id())
        || !isSame(host, last.seq(), now, last.guests());
  }

  private static List<Report.Guest> guestsOf(HostLink link) {
    List<Report.Guest> guests = new ArrayList<>();
    link.processes().forEach(id -> guests.addAll(link.guests(id)));
    return guests;
  }

  private boolean isSame(HostNode host, long seq, List<Report.Guest> now, List<Report.Guest> then) {
    Long sent = host.guests.sends(world.home.name).get(seq);
    return sent != null && sent == world.nowAt(host.name).bootMillis() && now.equals(then);
  }

  private void home() {
    boolean placed = false;
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      placed |= element != null && element.isPlaced();
      if (!job.waiting().isEmpty() && world.placingsLeft > 0) {
        for (HostNode host : world.hosts()) {
          HostId id = host.id();
          add(
              column(world.home.name),
              "places " + world.process(job.number()) + " on " + id,
              w -> {
                w.placingsLeft--;
                place(w, job.number(), id);
              });
        }
      }
    }
    if (placed && world.time > 0) {
      add(column(world.home.name), "looks at the clock", Actions::homeTick);
    }
  }

  static void homeTick(World w) {
    w.changeHome().take(w, List.of(new BooksCommand.Tick()));
  }

  static void place(World w, long job, HostId host) {
    w.changeHome()
        .take(
            w,
            List.of(
                new BooksCommand.Place(List.of(new Assignment(job, List.of(Run.of(0)), host)))));
  }

  private void users() {
    if (world.cancelsLeft == 0) {
      return;
    }
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      boolean cancelled = element != null && element.cancelled();
      if (!job.isEnded() && !cancelled) {
        add(
            "user  ",
            "cancels " + world.process(job.number()),
            w -> {
              w.cancelsLeft--;
              w.changeHome().take(w, List.of(new BooksCommand.Cancel(job.number(), null, "u")));
            });
      }
    }
  }

  private void freezers() {
    for (Job job : world.home.books().jobs()) {
      Element element = job.element(0);
      if (element == null || job.isEnded()) {
        continue;
      }
      long number = job.number();
      if (element.frozen() == FrozenBy.HAND) {
        add("user  ", "lets go on " + world.process(number), w -> thaw(w, number));
      } else if (world.freezesLeft > 0 && element.isPlaced() && !element.cancelled()) {
        add(
            "user  ",
            "freezes " + world.process(number),
            w -> {
              w.freezesLeft--;
              w.changeHome().take(w, List.of(new BooksCommand.Freeze(number, null)));
            });
      }
    }
    for (HostNode host : world.hosts()) {
      for (Guest guest : host.guests.all()) {
        if (world.freezesLeft > 0 && guest.phase() == Guest.Phase.RUNNING) {
          add(
              column(host.name),
              "freezes " + guest.id() + " for its load",
              w -> {
                w.freezesLeft--;
                w.changeHost(host.name).take(new GuestsInput.Freeze(guest.id(), FrozenBy.LOAD), w);
              });
        }
      }
    }
  }

  static void thaw(World w, long job) {
    w.changeHome().take(w, List.of(new BooksCommand.Thaw(job, null)));
  }

  private void crashes() {
    world.hosts().forEach(this::restartOnPurpose);
    if (world.homeCrashesLeft > 0) {
      add(
          column(world.home.name),
          "restarts from its journal",
          w -> {
            w.homeCrashesLeft--;
            w.changeHome().restart(w, w.opener());
          });
    }
    if (world.rotsLeft > 0) {
      for (String image : world.home.images) {
        add(
            column(world.home.name),
            "finds a checkpoint damaged on its disk",
            w -> {
              w.rotsLeft--;
              w.changeHome().images.remove(image);
            });
      }
    }
    if (world.hostCrashesLeft > 0) {
      for (HostNode host : world.hosts()) {
        NodeName name = host.name;
        add(
            column(name),
            "is killed and comes back in a new session",
            w -> {
              w.hostCrashesLeft--;
              w.changeHost(name).restart(w);
              if (name.equals(w.home.name)) {
                w.changeHome().restart(w, w.opener());
              }
            });
      }
    }
  }

  /** What the keeper had to tell is told before: it waits until the daemon has heard it. */
  private void restartOnPurpose(HostNode host) {
    NodeName name = host.name;
    if (world.handOversLeft > 0 && !host.guests.handsOver()) {
      add(
          column(name),
          "is to restart",
          w -> {
            w.handOversLeft--;
            w.changeHost(name).take(new GuestsInput.HandOver("restart"), w);
          });
    }
    if (host.mayHandOver()) {
      add(column(name), "hands its bodies to a new daemon", w -> handOver(w, name));
    }
  }

  static void handOver(World w, NodeName name) {
    w.changeHost(name).handOver(w);
    if (name.equals(w.home.name)) {
      w.changeHome().restart(w, w.opener());
    }
  }

  static void timePasses(World w) {
    w.time++;
    for (HostNode host : w.hosts()) {
      w.changeHost(host.name).timePasses(w.nowAt(host.name));
    }
  }

  private static String column(NodeName name) {
    return "%-6s".formatted(name);
  }

  private static String describe(InFlight each) {
    return "from " + each.from() + ": " + Words.of(each.message());
  }
}
