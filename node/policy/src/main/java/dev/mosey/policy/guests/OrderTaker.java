package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Lease;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.Map;

/** Obeys a home. */
final class OrderTaker {
  private static final int SIGCONT = 18;

  private final Handling handling;
  private final GuestTable table;

  OrderTaker(Handling handling) {
    this.handling = handling;
    this.table = handling.table;
  }

  void take(Orders orders) {
    Contact contact = table.contact(orders.books().home());
    if (!orders.to().equals(table.self)) {
      // Meant for an earlier session: that it is over is what the home must hear.
      handling.reportSoon(orders.books().home());
      return;
    }
    if (!contact.mayObey(orders.books(), orders.seq())) {
      return;
    }
    if (contact.obey(orders.books(), orders.seq())) {
      handling.add(new GuestsEffect.RememberBooks(orders.books()));
    }
    long sentAt = contact.sentAt(orders.answers());
    for (Order order : orders.orders()) {
      obey(order, sentAt, orders.specs());
    }
  }

  private void obey(Order order, long sentAt, Map<Long, JobSpec> specs) {
    Guest guest = table.guest(order.id(), order.incarnation());
    switch (order) {
      case Order.Start start -> {
        Lease lease = Lease.granted(sentAt, start.leaseMillis());
        if (guest == null) {
          start(start, lease, specs.get(start.id().job()));
        } else {
          renew(guest, lease);
          now(start);
        }
      }
      case Order.Renew renew -> renew(guest, Lease.granted(sentAt, renew.leaseMillis()));
      case Order.Stop stop -> stop(stop, guest);
      case Order.Moved moved -> moved(guest);
      case Order.MoveAborted aborted -> aborted(guest, aborted);
      case Order.Drop drop -> drop(guest);
      case Order.PleaseMove please -> {
        if (guest != null && guest.phase() == Guest.Phase.RUNNING) {
          handling.add(new GuestsEffect.WishToMove(guest.id(), please.target(), please.reason()));
        }
      }
      case Order.Signal signal -> {
        // Before it has started nobody would hear it: the order comes again until then.
        boolean hears = guest != null && guest.bodyThere() && hears(guest.phase(), signal.signal());
        if (hears && table.isNewSignal(signal.request())) {
          handling.add(
              new GuestsEffect.SignalBody(guest.id(), guest.incarnation(), signal.signal()));
        }
      }
      case Order.Freeze freeze -> new Freezing(handling).byHome(guest, freeze.frozen());
      case Order.Save save -> save(save, guest);
    }
  }

  private static boolean hears(Guest.Phase phase, int signal) {
    return switch (phase) {
      case RUNNING, OFFERING, PAUSING, PACKED, ASKING, PARKED, STOPPING, DRAINING -> true;
      case FROZEN -> signal != SIGCONT;
      case QUEUED, PREPARING, STARTING, ENDED, LEFT, REFUSED -> false;
    };
  }

  /** Paused, kept, and let go on: as when its lease is about to end. */
  private void save(Order.Save save, Guest guest) {
    boolean can =
        guest != null && guest.phase() == Guest.Phase.RUNNING && guest.spec().move().saves();
    if (can && table.isNewSignal(save.request())) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.phase = Guest.Phase.PAUSING;
      draft.savedAtMillis = handling.now.bootMillis();
      table.put(draft.done());
      handling.add(new GuestsEffect.PauseBody(guest.id(), guest.incarnation()));
    }
  }

  /** Who waits for room waits no longer when it is to run now. */
  private void now(Order.Start start) {
    Guest guest = table.guest(start.id(), start.incarnation());
    if (start.now() && guest != null && guest.phase() == Guest.Phase.QUEUED) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.phase = Guest.Phase.PREPARING;
      handling.tryStart(handling.put(draft));
    }
  }

  private void start(Order.Start start, Lease lease, JobSpec spec) {
    Guest newest = table.newest(start.id());
    if (spec == null || newest != null && newest.incarnation() > start.incarnation()) {
      return;
    }
    GuestDraft draft =
        new GuestDraft(
            start.id(), start.incarnation(), spec, start.entry(), handling.now.epochMillis());
    draft.lease = lease;
    draft.lastMove = start.move();
    draft.startImage = start.image();
    Arrival arrival = table.arrival(start.id());
    boolean expected = arrival != null && arrival.incarnation() < start.incarnation();
    if (expected) {
      table.remove(arrival);
    } else if (table.mode != GuestsInput.Mode.OPEN) {
      handling.refuse(draft, RefusalCode.BLOCKED, table.self.node() + " takes no guests");
      return;
    } else if (!start.now() && (!table.hasRoom(spec) || !table.ahead.isEmpty())) {
      if (table.ahead.free(table.capacity, table.settings) < 1) {
        handling.refuse(draft, RefusalCode.FULL, table.self.node() + " has no room any more");
        return;
      }
      draft.phase = Guest.Phase.QUEUED;
    }
    table.accept(start.id().home());
    endOlder(start);
    boolean brought =
        expected
            && arrival.image() != null
            && start.image() != null
            && arrival.image().blob().equals(start.image().blob());
    draft.imageReady =
        start.image() == null || brought || start.image().at().equals(table.self.node());
    if (brought) {
      draft.startImage = arrival.image();
    }
    Guest guest = handling.put(draft);
    if (guest.phase() == Guest.Phase.QUEUED) {
      table.ahead.add(guest);
    }
    if (!draft.imageReady) {
      handling.add(
          new GuestsEffect.FetchImage(
              guest.id(), guest.incarnation(), start.image(), start.image().at(), null));
    }
    handling.tryStart(guest);
  }

  /** The home gives out a new incarnation only when the older one does not run: so it must not. */
  private void endOlder(Order.Start start) {
    for (Guest older : java.util.List.copyOf(table.guests(start.id()))) {
      if (!older.phase().isOver() && older.phase() != Guest.Phase.DRAINING) {
        handling.moveRefused(older, "superseded");
        handling.leave(older, "superseded by incarnation " + start.incarnation());
      }
    }
  }

  private void renew(Guest guest, Lease lease) {
    if (guest == null || guest.phase().isOver()) {
      return;
    }
    Lease longer = guest.lease().orLonger(lease);
    if (!longer.equals(guest.lease())) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.lease = longer;
      guest = draft.done();
      table.put(guest);
      if (guest.bodyThere()) {
        handling.add(
            new GuestsEffect.SetLease(guest.id(), guest.incarnation(), longer.deadlineMillis()));
      }
    }
    if (guest.phase() == Guest.Phase.PARKED && !Clockwork.isEnding(guest, handling)) {
      handling.resume(guest);
    } else {
      handling.tryStart(guest);
    }
  }

  private void stop(Order.Stop stop, Guest guest) {
    if (guest == null) {
      GuestDraft draft =
          new GuestDraft(stop.id(), stop.incarnation(), null, null, handling.now.epochMillis());
      handling.refuse(draft, RefusalCode.STOPPED, stop.why());
      return;
    }
    switch (guest.phase()) {
      case QUEUED, PREPARING ->
          handling.refuse(GuestDraft.of(guest), RefusalCode.STOPPED, stop.why());
      case STARTING, RUNNING, OFFERING, PAUSING, PACKED, ASKING, PARKED, FROZEN -> {
        handling.moveRefused(guest, stop.why());
        if (guest.bodyThere()) {
          GuestDraft draft = GuestDraft.of(guest);
          draft.phase = Guest.Phase.STOPPING;
          draft.move = null;
          handling.put(draft);
          handling.add(stopping(guest, stop));
        } else {
          handling.leave(guest, stop.why());
        }
      }
      case STOPPING -> {
        if (stop.graceMillis() == 0) {
          handling.add(stopping(guest, stop));
        }
      }
      case DRAINING, ENDED, LEFT, REFUSED -> handling.reportSoon(stop.id().home());
    }
  }

  private static GuestsEffect stopping(Guest guest, Order.Stop stop) {
    return stop.graceMillis() == 0
        ? new GuestsEffect.KillBody(guest.id(), guest.incarnation(), stop.why())
        : new GuestsEffect.StopBody(
            guest.id(), guest.incarnation(), stop.graceMillis(), stop.why());
  }

  private void moved(Guest guest) {
    if (guest == null || guest.phase().isOver() || guest.phase() == Guest.Phase.DRAINING) {
      return;
    }
    String where = guest.move() == null ? "moved" : "moved to " + guest.move().node();
    if (guest.move() != null) {
      handling.moveOver(guest.id(), guest.move(), null);
    }
    handling.leave(guest, where);
  }

  private void aborted(Guest guest, Order.MoveAborted aborted) {
    if (guest != null
        && guest.phase() == Guest.Phase.ASKING
        && guest.move().number() <= aborted.move()) {
      handling.moveRefused(guest, aborted.why());
      handling.resume(guest);
    }
  }

  private void drop(Guest guest) {
    if (guest != null && guest.phase().isOver() && !guest.bodyThere()) {
      table.remove(guest);
      handling.changed();
      if (guest.phase() != Guest.Phase.REFUSED) {
        handling.add(new GuestsEffect.SpoolDrop(guest.id(), guest.incarnation()));
      }
    }
  }
}
