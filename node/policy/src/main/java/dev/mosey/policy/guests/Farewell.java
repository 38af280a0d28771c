package dev.mosey.policy.guests;

import dev.mosey.protocol.job.Kind;
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

  /**
   * Another daemon takes over: what it can't take leaves now, and what is in the middle of
   * something comes to its end first. Only the home decides about a move that it was asked for.
   */
  void handOver(String why) {
    handling.table.mode = GuestsInput.Mode.BLOCKED;
    handling.table.handsOver = true;
    for (Guest guest : handling.table.all()) {
      if (guest.phase().awaitsStart() || guest.spec() == null || !canBeCarried(guest)) {
        leave(guest, why);
      } else {
        stay(guest, why);
      }
    }
  }

  private void stay(Guest guest, String why) {
    switch (guest.phase()) {
      case OFFERING -> {
        handling.moveOff(guest, why);
        handling.runOn(guest);
      }
      case PAUSING -> {
        handling.moveOff(guest, why);
        GuestDraft draft = GuestDraft.of(guest);
        draft.move = null;
        handling.put(draft);
      }
      case PACKED -> {
        handling.moveOff(guest, why);
        handling.resume(guest);
      }
      case QUEUED,
          PREPARING,
          STARTING,
          RUNNING,
          ASKING,
          PARKED,
          FROZEN,
          STOPPING,
          DRAINING,
          ENDED,
          LEFT,
          REFUSED -> {}
    }
  }

  /** Whether the keeper alone runs it: what lives inside a daemon, or talks with it, can't. */
  private static boolean canBeCarried(Guest guest) {
    return guest.spec().kind() == Kind.COMMAND;
  }

  static boolean isCarried(Guest guest) {
    boolean steady =
        switch (guest.phase()) {
          case RUNNING, FROZEN, STOPPING -> true;
          case QUEUED,
              PREPARING,
              STARTING,
              OFFERING,
              PAUSING,
              PACKED,
              ASKING,
              PARKED,
              DRAINING,
              ENDED,
              LEFT,
              REFUSED ->
              false;
        };
    return steady && guest.bodyThere() && canBeCarried(guest);
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
      case STARTING, FROZEN -> stop(guest, why);
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
