package dev.mosey.node.home;

import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.Guest;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.WireMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A host as a home sees it: it obeys orders by the rules of the protocol and reports what it holds,
 * but runs nothing. A test says when something ends, moves or is lost. Safe for use by several
 * threads.
 */
final class FakeHost {

  private final HostId id;
  private final Consumer<WireMessage> toHome;
  private final boolean endsAtOnce;
  private final Map<ProcessId, Guest> guests = new LinkedHashMap<>();
  private final Map<Long, JobSpec> specs = new ConcurrentHashMap<>();
  private final List<Order> obeyed = new ArrayList<>();
  private final List<OutputTaken> taken = new ArrayList<>();
  private BooksId books;
  private long lastOrders;
  private long ordersCount;
  private long reports;

  FakeHost(HostId id, Consumer<WireMessage> toHome, boolean endsAtOnce) {
    this.id = id;
    this.toHome = toHome;
    this.endsAtOnce = endsAtOnce;
  }

  HostId id() {
    return id;
  }

  /** What the post brings. */
  synchronized void receive(WireMessage message) {
    if (message instanceof Orders orders) {
      ordersCount++;
      obey(orders);
    } else if (message instanceof OutputTaken done) {
      taken.add(done);
    }
  }

  private void obey(Orders orders) {
    boolean fresh =
        books == null
            || (orders.books().succeeds(books)
                && (orders.books().opening() > books.opening() || orders.seq() > lastOrders));
    if (!orders.to().equals(id) || !fresh) {
      return;
    }
    books = orders.books();
    lastOrders = orders.seq();
    specs.putAll(orders.specs());
    boolean changed = false;
    for (Order order : orders.orders()) {
      changed |= obey(order);
    }
    if (changed) {
      report();
    }
  }

  private boolean obey(Order order) {
    obeyed.add(order);
    Guest guest = guests.get(order.id());
    boolean known = guest != null && guest.incarnation() == order.incarnation();
    return switch (order) {
      case Order.Start start -> {
        if (known || (guest != null && guest.incarnation() > start.incarnation())) {
          yield false;
        }
        GuestState state = new GuestState.Running(1, null);
        if (endsAtOnce) {
          state = new GuestState.Ended(Exit.code(0), OutputEnds.NONE, 1, 2);
        }
        guests.put(start.id(), Guest.of(start.id(), start.incarnation(), state));
        yield true;
      }
      case Order.Stop stop -> known && set(stop.id(), ended(Exit.signal(15)));
      case Order.Moved moved ->
          known && set(moved.id(), new GuestState.Left(null, OutputEnds.NONE, "moved"));
      case Order.MoveAborted aborted -> known && set(aborted.id(), new GuestState.Running(1, null));
      case Order.Drop drop -> {
        if (known) {
          guests.remove(drop.id());
        }
        yield known;
      }
      case Order.Renew renew -> false;
      case Order.PleaseMove wish -> false;
      case Order.Signal signal -> false;
      case Order.Freeze freeze ->
          known && set(freeze.id(), new GuestState.Running(1, null, freeze.frozen()));
      case Order.Save save -> false;
    };
  }

  private static GuestState ended(Exit exit) {
    return new GuestState.Ended(exit, OutputEnds.NONE, 1, 2);
  }

  /** Puts a guest into a state, as if its body had got there; does not report it yet. */
  synchronized boolean set(ProcessId process, GuestState state) {
    Guest guest = guests.get(process);
    guests.put(process, new Guest(process, guest.incarnation(), state, 1234, 5678, null));
    return true;
  }

  /** Ends a guest and reports it. */
  synchronized void end(ProcessId process, Exit exit, OutputEnds ends) {
    set(process, new GuestState.Ended(exit, ends, 1, 2));
    report();
  }

  /** Asks to give a guest to another host, and reports it. */
  synchronized void askToMove(
      ProcessId process, int move, HostId target, Image image, OutputEnds ends) {
    set(process, new GuestState.AsksToMove(move, target, image, ends, "balance", 12.5, 1_000));
    report();
  }

  /** Sends the whole list. */
  synchronized void report() {
    reports++;
    toHome.accept(new Report(id, reports, books, List.copyOf(guests.values())));
  }

  /** Sends a chunk of output. */
  void write(ProcessId process, int incarnation, int stream, long offset, String text) {
    toHome.accept(
        new Output(
            process,
            incarnation,
            stream,
            offset,
            text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  synchronized List<Guest> guests() {
    return List.copyOf(guests.values());
  }

  synchronized List<Order> obeyed() {
    return List.copyOf(obeyed);
  }

  /** How many messages with orders have come. */
  synchronized long orders() {
    return ordersCount;
  }

  synchronized List<OutputTaken> taken() {
    return List.copyOf(taken);
  }

  JobSpec spec(long job) {
    return specs.get(job);
  }
}
