package dev.mosey.policy.guests;

import dev.mosey.protocol.wire.Report.RefusalCode;

/** All guests leave, because this daemon ends. */
final class Farewell {
  private final Handling handling;

  Farewell(Handling handling) {
    this.handling = handling;
  }

  void leaveAll(String why) {
    handling.table.mode = GuestsInput.Mode.BLOCKED;
    for (Guest guest : handling.table.all()) {
      leave(guest, why);
    }
  }

  private void leave(Guest guest, String why) {
    switch (guest.phase()) {
      case QUEUED, PREPARING -> handling.refuse(GuestDraft.of(guest), RefusalCode.BLOCKED, why);
      case RUNNING, OFFERING -> {
        handling.moveOff(guest, why);
        if (Clockwork.savesItself(guest.spec())) {
          handling.put(leaving(guest, Guest.Phase.PAUSING, why));
          handling.add(new GuestsEffect.PauseBody(guest.id(), guest.incarnation()));
        } else {
          stop(guest, why);
        }
      }
      case PAUSING -> {
        handling.moveOff(guest, why);
        handling.put(leaving(guest, Guest.Phase.PAUSING, why));
      }
      // Paused and packed: the image goes on, whatever the home decides about the move.
      case PACKED, ASKING, PARKED -> {
        handling.moveOff(guest, why);
        handling.leave(guest, why);
      }
      case STARTING -> stop(guest, why);
      case STOPPING, DRAINING, ENDED, LEFT, REFUSED -> {}
    }
  }

  void stop(Guest guest, String why) {
    handling.put(leaving(guest, Guest.Phase.STOPPING, why));
    handling.add(
        new GuestsEffect.StopBody(
            guest.id(), guest.incarnation(), guest.spec().graceMillis(), why));
  }

  private static GuestDraft leaving(Guest guest, Guest.Phase phase, String why) {
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = phase;
    draft.move = null;
    draft.leaving = why;
    return draft;
  }
}
