package dev.mosey.policy.books;

import dev.mosey.policy.lease.GrantedLeases;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what a host is told, from the books as they are and what it last reported:
 * level-triggered, so that a lost message is repaired by the next. Every lease that goes out is
 * noted first.
 */
final class OrdersWriter {
  /** Generous estimates, in bytes. */
  private static final int ORDER_BYTES = 240;

  private static final int ENTRY_BYTES = 1024;
  private static final int SPEC_BYTES = 1024;

  private final Books books;
  private final HomeLinks links;
  private final Now now;

  OrdersWriter(Books books, HomeLinks links, Now now) {
    this.books = books;
    this.links = links;
    this.now = now;
  }

  /** The answer to a node's report: about all that it holds and all that was given to it. */
  List<Effect> answer(NodeName node) {
    HostLink link = links.host(node);
    Set<ProcessId> all = new LinkedHashSet<>(link.processes());
    for (TaskKey task : books.placedAt(node)) {
      all.add(books.processOf(task));
    }
    return write(link, all);
  }

  /** What was just journalled about these processes. */
  List<Effect> push(HostId host, Collection<ProcessId> processes) {
    return write(links.link(host), processes);
  }

  private List<Effect> write(HostLink link, Collection<ProcessId> processes) {
    List<Order> orders = new ArrayList<>();
    for (ProcessId id : processes) {
      orders.addAll(about(link, id));
    }
    return messages(link, orders);
  }

  private List<Order> about(HostLink link, ProcessId id) {
    List<Order> orders = new ArrayList<>();
    TaskKey task = books.taskOf(id);
    Element element = task == null ? null : books.elementOf(task);
    boolean reported = false;
    for (Report.Guest guest : link.guests(id)) {
      boolean present = element != null && isPresent(element, guest, link);
      reported |= present;
      if (present) {
        present(task, element, guest, link, orders);
      } else {
        past(task, element, guest, orders);
      }
    }
    boolean here = element != null && element.isPlaced() && link.holds(element.host());
    // What was given to an earlier session is there, or never comes. And what only a backup says to
    // be here may have been moved on by the lost books.
    boolean mine =
        here
            && element.host().equals(link.host())
            && !books.fromBackup().has(task.job(), element.incarnation());
    if (mine && !reported) {
      if (element.cancelled()) {
        orders.add(stop(task, element, id));
      } else {
        orders.add(start(task, element, id, link));
      }
    }
    if (here) {
      for (HomeLinks.Wish wish : links.wishes(id, now)) {
        if (wish.order().incarnation() == element.incarnation()) {
          orders.add(wish.order());
        }
      }
    }
    return orders;
  }

  private static boolean isPresent(Element element, Report.Guest guest, HostLink link) {
    return element.isPlaced()
        && link.holds(element.host())
        && element.incarnation() == guest.incarnation();
  }

  private void present(
      TaskKey task, Element element, Report.Guest guest, HostLink link, List<Order> orders) {
    boolean runs =
        switch (guest.state()) {
          case GuestState.Preparing() -> false;
          case GuestState.Running running -> true;
          case GuestState.AsksToMove asks -> {
            if (asks.move() <= element.move()) {
              orders.add(
                  new Order.MoveAborted(
                      guest.id(), guest.incarnation(), asks.move(), element.why()));
            }
            yield true;
          }
          // Journalled before orders are written: then it is not present any more.
          case GuestState.Left left -> true;
          case GuestState.Refused refused -> true;
          case GuestState.Ended ended -> true;
        };
    if (element.cancelled()) {
      orders.add(stop(task, element, guest.id()));
      if (!runs) {
        return;
      }
    }
    freeze(element, guest, orders);
    if (!runs && books.job(task.job()).runsNow()) {
      // It may wait there for room, since before it was told to run now.
      orders.add(start(task, element, guest.id(), link));
      return;
    }
    long lease = lease(task);
    if (!runs || isDue(task, element, lease, link)) {
      orders.add(new Order.Renew(guest.id(), guest.incarnation(), lease));
      grant(task, element, lease, link);
    }
  }

  private static void freeze(Element element, Report.Guest guest, List<Order> orders) {
    boolean wished = Freezing.isWished(element);
    boolean agrees = guest.state() instanceof GuestState.Running is && is.frozen() == wished;
    boolean asks = guest.state() instanceof GuestState.AsksToMove;
    if (!agrees && !asks && !element.cancelled() && (wished || runs(guest))) {
      orders.add(new Order.Freeze(guest.id(), guest.incarnation(), wished));
    }
  }

  private static boolean runs(Report.Guest guest) {
    return guest.state() instanceof GuestState.Running;
  }

  /** What the host holds is of an older incarnation, or of a task that is over or unknown. */
  private void past(TaskKey task, Element element, Report.Guest guest, List<Order> orders) {
    ProcessId id = guest.id();
    int incarnation = guest.incarnation();
    switch (guest.state()) {
      case GuestState.AsksToMove asks -> orders.add(new Order.Moved(id, incarnation, asks.move()));
      case GuestState.Preparing() ->
          orders.add(new Order.Stop(id, incarnation, 0, "it is not to run here"));
      case GuestState.Running running ->
          orders.add(new Order.Stop(id, incarnation, 0, "it is not to run here"));
      case GuestState.Refused refused -> orders.add(new Order.Drop(id, incarnation));
      case GuestState.Ended ended -> orders.add(new Order.Drop(id, incarnation));
      case GuestState.Left left -> {
        if (!isNeeded(task, element, guest, left.image())) {
          orders.add(new Order.Drop(id, incarnation));
        }
      }
    }
  }

  /** Whether the image that a host kept is still of use: until it, or a newer one, is at home. */
  private boolean isNeeded(TaskKey task, Element element, Report.Guest guest, Image image) {
    if (image == null
        || element == null
        || element.phase() == Element.Phase.ENDED
        || element.cancelled()
        || element.incarnation() < guest.incarnation()) {
      return false;
    }
    boolean goesOnFromIt = element.image() != null && element.image().blob().equals(image.blob());
    if (!goesOnFromIt || !Decider.needs(element, guest.incarnation(), image)) {
      return false;
    }
    HomeLinks.Fetch fetch = links.fetch(task);
    boolean givenUp = fetch != null && fetch.failures() >= books.limits().fetchAttempts();
    return !givenUp || !links.hasRun(task, element.incarnation());
  }

  private Order stop(TaskKey task, Element element, ProcessId id) {
    long grace = books.job(task.job()).spec().graceMillis();
    return new Order.Stop(id, element.incarnation(), grace, "cancelled");
  }

  private Order start(TaskKey task, Element element, ProcessId id, HostLink link) {
    long lease = lease(task);
    grant(task, element, lease, link);
    return new Order.Start(
        id,
        element.incarnation(),
        element.image(),
        element.move(),
        lease,
        null,
        books.job(task.job()).runsNow());
  }

  /** 0 for guests of this home's own node, which die with it, unless its books may go elsewhere. */
  private long lease(TaskKey task) {
    Element element = books.elementOf(task);
    boolean own = element.host().node().equals(books.openedBy().node());
    if (own && !links.leaseRules().ownToo() || !links.rules().leases()) {
      return 0;
    }
    return HomeLinks.leaseOf(books.job(task.job()).spec(), books.limits());
  }

  private boolean isDue(TaskKey task, Element element, long lease, HostLink link) {
    GrantedLeases.Grant last = links.leases().of(task, element.incarnation());
    if (last == null || last.untilMillis() == Long.MIN_VALUE) {
      return true;
    }
    long until = link.receivedMillis() + links.leaseRules().homeWaits(lease);
    return until - last.untilMillis() >= Math.min(books.limits().renewMillis(), lease / 8);
  }

  private void grant(TaskKey task, Element element, long lease, HostLink link) {
    if (lease > 0 && link.isHeard()) {
      links
          .leases()
          .grant(task, element.incarnation(), lease, link.receivedMillis(), links.leaseRules());
    }
  }

  private List<Effect> messages(HostLink link, List<Order> orders) {
    List<Effect> messages = new ArrayList<>();
    List<Order> part = new ArrayList<>();
    Map<Long, JobSpec> specs = new LinkedHashMap<>();
    long bytes = 0;
    for (Order order : orders) {
      long more = ORDER_BYTES;
      Job job = null;
      if (order instanceof Order.Start start) {
        job = books.job(start.id().job());
        more += job.spec().entries() == null ? 0 : ENTRY_BYTES;
        more += specs.containsKey(job.number()) ? 0 : bytes(job.spec());
      }
      if (!part.isEmpty() && bytes + more > books.limits().ordersBytesMax()) {
        messages.add(message(link, part, specs));
        part = new ArrayList<>();
        specs = new LinkedHashMap<>();
        bytes = 0;
      }
      if (job != null) {
        specs.put(job.number(), job.spec());
      }
      part.add(order);
      bytes += more;
    }
    if (!part.isEmpty()) {
      messages.add(message(link, part, specs));
    }
    return messages;
  }

  private Effect message(HostLink link, List<Order> orders, Map<Long, JobSpec> specs) {
    return new Effect.SendOrders(
        link.host().node(),
        new Orders(books.id(), link.nextOrders(), link.host(), link.reportSeq(), orders, specs));
  }

  private static long bytes(JobSpec spec) {
    long bytes = SPEC_BYTES;
    for (String part : spec.command()) {
      bytes += 2L * part.length();
    }
    return bytes;
  }

  /** All positions of these runs of a job, as processes. */
  List<ProcessId> processes(Job job, List<Run> tasks) {
    List<ProcessId> result = new ArrayList<>();
    for (Run run : tasks) {
      for (int position = run.from(); position <= run.to(); position++) {
        result.add(TaskKey.process(books.home(), job, position));
      }
    }
    return result;
  }
}
