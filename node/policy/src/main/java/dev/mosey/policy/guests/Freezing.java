package dev.mosey.policy.guests;

import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.wire.Report.RefusalCode;

/**
 * Guests that are frozen: a move to nowhere. Each is paused and packed as for any other move, and
 * leaves with its image, from which it goes on when its home gives it out again. One that can't be
 * packed stands still in its place.
 */
final class Freezing {
  private final Handling handling;

  Freezing(Handling handling) {
    this.handling = handling;
  }

  /** Its host wishes it: only what can be packed, and only where it runs without more ado. */
  void byHost(Guest guest, FrozenBy by) {
    boolean can =
        guest != null
            && guest.phase() == Guest.Phase.RUNNING
            && guest.spec().move().saves()
            && !guest.spec().lock()
            && !handling.table.handsOver;
    if (can) {
      freeze(guest, by);
    }
  }

  /** Its home wishes it; said again until the report agrees. */
  void byHome(Guest guest, boolean frozen) {
    if (guest == null) {
      return;
    }
    if (frozen) {
      freeze(guest, FrozenBy.HAND);
    } else {
      goOn(guest);
    }
  }

  private void freeze(Guest guest, FrozenBy by) {
    switch (guest.phase()) {
      case QUEUED, PREPARING ->
          handling.refuse(GuestDraft.of(guest), RefusalCode.STOPPED, "it is to be frozen");
      case RUNNING, OFFERING -> {
        pausing(guest, by);
        handling.add(new GuestsEffect.PauseBody(guest.id(), guest.incarnation()));
      }
      case PAUSING -> pausing(guest, by);
      case PACKED, PARKED -> {
        handling.moveOff(guest, "it is to be frozen");
        GuestDraft draft = GuestDraft.of(guest);
        draft.move = null;
        draft.frozen = by;
        stands(draft);
      }
      // A start can't be paused, and of a move only its home decides: both are told again.
      case STARTING, ASKING -> {}
      case FROZEN, STOPPING, DRAINING, ENDED, LEFT, REFUSED -> {}
    }
  }

  private void pausing(Guest guest, FrozenBy by) {
    handling.moveOff(guest, "it is to be frozen");
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.PAUSING;
    draft.move = null;
    draft.frozen = by;
    handling.put(draft);
  }

  /** It stands still: it leaves with what was packed, or stays as it is when that is nothing. */
  void stands(GuestDraft draft) {
    if (draft.image != null) {
      handling.leave(draft.done(), "frozen" + (draft.frozen == FrozenBy.HAND ? "" : why(draft)));
    } else if (draft.frozen == FrozenBy.HAND) {
      draft.phase = Guest.Phase.FROZEN;
      handling.put(draft);
    } else {
      handling.resume(draft.done());
    }
  }

  private String why(GuestDraft draft) {
    String node = handling.table.self.node().value();
    return switch (draft.frozen) {
      case MEMORY -> ": " + node + " was short of memory";
      case LOAD, HAND, UNKNOWN -> ": " + node + " had too much to do";
    };
  }

  private void goOn(Guest guest) {
    GuestDraft draft = GuestDraft.of(guest);
    draft.frozen = null;
    if (guest.phase() == Guest.Phase.FROZEN) {
      handling.resume(draft.done());
    } else if (guest.phase() == Guest.Phase.PAUSING && guest.frozen() == FrozenBy.HAND) {
      handling.put(draft);
    }
  }
}
