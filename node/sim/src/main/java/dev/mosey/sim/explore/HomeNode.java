package dev.mosey.sim.explore;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.Effect;
import dev.mosey.policy.books.Element;
import dev.mosey.policy.books.HomeMachine;
import dev.mosey.policy.books.Job;
import dev.mosey.policy.books.Turn;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The home: the real {@link HomeMachine} with its journal, which survives, and checks on events.
 */
final class HomeNode {
  /** The journal as a list that is shared between worlds; newest first. */
  record Entry(BooksEvent event, Entry before) {}

  final NodeName name;
  HomeMachine machine;
  Entry journal;
  final TreeSet<String> images = new TreeSet<>();

  HomeNode(NodeName name) {
    this.name = name;
  }

  HomeNode copy() {
    HomeNode copy = new HomeNode(name);
    copy.machine = machine.copy();
    copy.journal = journal;
    copy.images.addAll(images);
    return copy;
  }

  Books books() {
    return machine.books();
  }

  /** Takes commands as one batch, journals, and executes what follows from it. */
  void take(World world, List<BooksCommand> batch) {
    List<BooksCommand> commands = batch;
    while (!commands.isEmpty()) {
      Map<Long, Known> before = new HashMap<>();
      books().jobs().forEach(job -> before.put(job.number(), Known.of(job)));
      Turn turn = machine.turn(commands, world.nowAt(name));
      for (BooksEvent event : turn.events()) {
        check(before, event);
        journal = new Entry(event, journal);
      }
      commands = new ArrayList<>();
      for (Effect effect : turn.effects()) {
        switch (effect) {
          case Effect.SendOrders(var to, var orders) -> world.send(name, to, orders);
          case Effect.FetchImage fetch -> commands.add(fetched(fetch, world));
          case Effect.CheckImage(var process, var image) -> {
            if (!images.contains(image.blob().sha256())) {
              commands.add(new BooksCommand.ImageDamaged(process, image.blob(), "damaged"));
            }
          }
          case Effect.TrustChanged changed -> {}
          case Effect.AskDependency ask -> {}
          case Effect.QueueChanged() -> {}
        }
      }
    }
  }

  private BooksCommand fetched(Effect.FetchImage fetch, World world) {
    Image image = fetch.image();
    String blob = image.blob().sha256();
    if (!images.contains(blob) && !world.has(image.at(), blob)) {
      return new BooksCommand.ImageNotKept(fetch.process(), fetch.incarnation(), "gone");
    }
    images.add(blob);
    return new BooksCommand.ImageKept(
        fetch.process(),
        fetch.incarnation(),
        new Image(image.blob(), image.format(), name, 0, 0, image.takenAtMillis()));
  }

  /** The home dies and opens its books again from the journal. */
  void restart(World world, HostId by) {
    List<BooksEvent> events = new ArrayList<>();
    for (Entry entry = journal; entry != null; entry = entry.before()) {
      events.add(entry.event());
    }
    Books replayed = new Books(name, World.limits(world.profile));
    for (int i = events.size() - 1; i >= 0; i--) {
      replayed.apply(events.get(i));
    }
    if (machine != null && !replayed.equals(books())) {
      throw new Fault("the journal gives other books than there were before the restart");
    }
    machine =
        new HomeMachine(
            replayed, new LeaseRules(0.01, 0), world.profile.rules(), world.nowAt(name));
    take(world, List.of(new BooksCommand.Open(by, "store", false)));
  }

  /** What an event is checked against. */
  private record Known(
      int incarnation, HostId host, boolean cancelled, boolean ended, boolean frozen) {
    static Known of(Job job) {
      Element element = job.element(0);
      return element == null
          ? new Known(0, null, false, job.isEnded(), false)
          : new Known(
              element.incarnation(),
              element.isPlaced() ? element.host() : null,
              element.cancelled(),
              job.isEnded(),
              element.frozen() == FrozenBy.HAND);
    }

    Known frozen(boolean is) {
      return new Known(incarnation, host, cancelled, ended, is);
    }
  }

  /** What must hold of every event, given what was known before it. */
  private static void check(Map<Long, Known> before, BooksEvent event) {
    switch (event) {
      case BooksEvent.Placed e -> {
        Known known = before.get(e.job());
        if (known.cancelled || known.ended) {
          throw new Fault("a cancelled or ended process was placed again");
        }
        if (known.frozen) {
          throw new Fault("a frozen process was placed before somebody let it go on");
        }
        if (known.host != null) {
          throw new Fault("a process was placed that is with a host");
        }
        before.put(e.job(), given(known, e.incarnation(), e.host()));
      }
      case BooksEvent.Moved e -> {
        Known known = before.get(e.job());
        if (known.cancelled || known.ended) {
          throw new Fault("a cancelled or ended process was moved");
        }
        if (!e.from().equals(known.host)) {
          throw new Fault("a process was moved from where it was not");
        }
        before.put(e.job(), given(known, e.incarnation(), e.to()));
      }
      case BooksEvent.CancelAsked e -> {
        Known known = before.get(e.job());
        before.put(
            e.job(), new Known(known.incarnation, known.host, true, known.ended, known.frozen));
      }
      case BooksEvent.Requeued e -> {
        Known known = before.get(e.job());
        before.put(
            e.job(),
            new Known(known.incarnation, null, known.cancelled, known.ended, known.frozen));
      }
      case BooksEvent.Ended e -> {
        Known known = before.get(e.job());
        if (known.ended) {
          throw new Fault("a process ended twice");
        }
        if (known.cancelled && e.outcome() != Outcome.CANCELLED) {
          throw new Fault("a cancelled process ended as " + e.outcome());
        }
        before.put(e.job(), new Known(known.incarnation, null, known.cancelled, true, false));
      }
      case BooksEvent.Held e -> {
        if (e.frozen() != null) {
          before.put(e.job(), before.get(e.job()).frozen(true));
        }
      }
      case BooksEvent.Released e -> before.put(e.job(), before.get(e.job()).frozen(false));
      case BooksEvent other -> {}
    }
  }

  private static Known given(Known known, int incarnation, HostId host) {
    if (incarnation <= known.incarnation) {
      throw new Fault("an incarnation was given out twice");
    }
    return new Known(incarnation, host, known.cancelled, known.ended, known.frozen);
  }

  /** A host forgets what it held: the home must have recorded it. */
  void checkDropped(Guest guest) {
    Job job = books().job(guest.id().job());
    Element element = job.element(0);
    boolean waitedFor =
        element != null && element.isPlaced() && element.incarnation() == guest.incarnation();
    if (waitedFor) {
      throw new Fault("a host dropped an end that the home had not recorded");
    }
  }
}
