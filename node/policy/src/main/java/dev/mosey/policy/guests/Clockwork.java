package dev.mosey.policy.guests;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.List;
import java.util.Map;

/** What the passing of time leads to: leases, attempts and reservations that end, reports due. */
final class Clockwork {
  private final Handling handling;
  private final GuestTable table;

  Clockwork(Handling handling) {
    this.handling = handling;
    this.table = handling.table;
  }

  /** Whether so little of the lease is left that a checkpoint is due. */
  static boolean isEnding(Guest guest, Handling handling) {
    long asked = guest.spec().leaseMillis();
    long usual = handling.table.settings.checkpointMillis();
    long margin = asked > 0 ? Math.min(usual, asked / 4) : usual;
    return guest.lease().isBounded() && guest.lease().leftAt(handling.now.bootMillis()) <= margin;
  }

  void tick() {
    table.all().forEach(this::look);
    if (handling.now.bootMillis() - table.repeatedAtMillis >= table.settings.reportMillis()) {
      table.repeatedAtMillis = handling.now.bootMillis();
      table.all().forEach(new Moves(handling)::repeat);
    }
    for (Arrival arrival : table.arrivals()) {
      if (handling.now.bootMillis() >= arrival.until()) {
        table.remove(arrival);
        handling.changed();
      }
    }
    for (Map.Entry<NodeName, Contact> entry : List.copyOf(table.contacts().entrySet())) {
      boolean guests = !table.of(entry.getKey()).isEmpty();
      if (entry.getValue().isDue(guests, handling.now.bootMillis(), table.settings)) {
        handling.report(entry.getKey());
      }
    }
  }

  private void look(Guest guest) {
    boolean covered = guest.lease().coversAt(handling.now.bootMillis());
    switch (guest.phase()) {
      case QUEUED -> {
        long waited = handling.now.epochMillis() - guest.arrivedAtMillis();
        if (waited >= table.settings.aheadPatienceMillis()) {
          table.ahead.waitedInVain();
          handling.refuse(
              GuestDraft.of(guest), RefusalCode.FULL, table.self.node() + " has no room any more");
        }
      }
      case PREPARING -> {
        long waited = handling.now.epochMillis() - guest.arrivedAtMillis();
        if (!covered && waited > table.settings.reservationMillis()) {
          handling.refuse(
              GuestDraft.of(guest), RefusalCode.STALE, "its home has not let it start in time");
        } else {
          handling.tryStart(guest);
        }
      }
      case STARTING, RUNNING, OFFERING, PAUSING, PACKED, ASKING, PARKED, FROZEN, STOPPING -> {
        if (!covered) {
          handling.moveOff(guest, "lease lapsed");
          handling.leave(guest, "lease lapsed");
        } else {
          running(guest);
        }
      }
      case DRAINING, ENDED, LEFT, REFUSED -> {}
    }
  }

  private void running(Guest guest) {
    if (guest.phase() == Guest.Phase.RUNNING
        && savesItself(guest.spec())
        && (isEnding(guest, handling) || isCheckpointDue(guest))) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.phase = Guest.Phase.PAUSING;
      draft.savedAtMillis = handling.now.bootMillis();
      table.put(draft.done());
      handling.add(new GuestsEffect.PauseBody(guest.id(), guest.incarnation()));
      return;
    }
    boolean timeIsUp = guest.move() != null && handling.now.bootMillis() >= guest.move().until();
    if (!timeIsUp) {
      return;
    }
    if (guest.phase() == Guest.Phase.ASKING) {
      // Only without the rule that the source waits; with it the attempt has no end but the home's.
      handling.resume(guest);
    } else {
      new Moves(handling).giveUp(guest, guest.move().node() + " did not answer in time");
    }
  }

  /** A java program's worker takes them by itself, and it need not be started again for it. */
  private boolean isCheckpointDue(Guest guest) {
    long every = guest.spec().checkpointMillis();
    return every > 0
        && guest.spec().move() == MoveMode.CHECKPOINT
        && handling.now.bootMillis() - guest.savedAtMillis() >= every;
  }

  static boolean savesItself(JobSpec spec) {
    return spec.move().saves();
  }
}
