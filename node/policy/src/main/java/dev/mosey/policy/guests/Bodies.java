package dev.mosey.policy.guests;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report.RefusalCode;

/** What bodies do, by themselves or because they were told to. */
final class Bodies {
  private final Handling handling;
  private final GuestTable table;

  Bodies(Handling handling) {
    this.handling = handling;
    this.table = handling.table;
  }

  void started(GuestsInput.BodyStarted e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null || guest.phase().isOver()) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.startedAtMillis = e.epochMillis();
    draft.savedAtMillis = handling.now.bootMillis();
    if (guest.phase() == Guest.Phase.STARTING) {
      draft.phase = Guest.Phase.RUNNING;
    }
    handling.put(draft);
  }

  void failedToStart(GuestsInput.BodyFailedToStart e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null) {
      return;
    }
    if (guest.phase().isOver()) {
      bodyGone(guest);
      return;
    }
    handling.moveOff(guest, e.why());
    boolean stopped = guest.phase() == Guest.Phase.STOPPING;
    handling.refuse(
        GuestDraft.of(guest),
        stopped ? RefusalCode.STOPPED : e.code(),
        stopped ? "stopped before it started" : e.why());
    startOthers(e.id());
  }

  void paused(GuestsInput.BodyPaused e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null || guest.phase() != Guest.Phase.PAUSING) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.image = e.image();
    draft.ends = e.ends();
    if (guest.move() != null) {
      new Moves(handling).packed(draft.done(), e.epochMillis());
      return;
    }
    if (guest.leaving() != null) {
      handling.leave(draft.done(), guest.leaving());
      return;
    }
    if (guest.frozen() != null) {
      new Freezing(handling).stands(draft);
      return;
    }
    draft.phase = Guest.Phase.PARKED;
    Guest parked = handling.put(draft);
    if (!Clockwork.isEnding(parked, handling)) {
      handling.resume(parked);
    }
  }

  void pauseFailed(GuestsInput.BodyPauseFailed e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest != null && guest.phase() == Guest.Phase.PAUSING) {
      handling.moveOff(guest, e.why());
      handling.runOn(guest);
      if (guest.leaving() != null) {
        new Farewell(handling).stop(table.guest(e.id(), e.incarnation()), guest.leaving());
      }
    }
  }

  void checkpointed(GuestsInput.BodyCheckpointed e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null) {
      return;
    }
    switch (guest.phase()) {
      case STARTING, RUNNING, OFFERING, PAUSING, STOPPING -> {
        GuestDraft draft = GuestDraft.of(guest);
        draft.image = e.image();
        handling.put(draft);
      }
      // A paused body's image is newer; a body that is over has no use for one.
      case QUEUED, PREPARING, PACKED, ASKING, PARKED, FROZEN, DRAINING, ENDED, LEFT, REFUSED -> {}
    }
  }

  void ended(GuestsInput.BodyEnded e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.bodyThere = false;
    switch (guest.phase()) {
      case STARTING, RUNNING, OFFERING, PAUSING, FROZEN, STOPPING -> {
        handling.moveOff(guest, "it ended");
        boolean lapsed =
            e.exit().signal() != null && !guest.lease().coversAt(handling.now.bootMillis());
        draft.ends = e.ends();
        if (lapsed) {
          handling.over(draft, Guest.Phase.LEFT, "lease lapsed");
        } else if (guest.leaving() != null && !e.exit().ok()) {
          handling.over(draft, Guest.Phase.LEFT, guest.leaving());
        } else {
          draft.exit = e.exit();
          draft.outputTaken = e.outputTaken();
          draft.endedAtMillis = e.epochMillis();
          if (guest.startedAtMillis() > 0) {
            table.ahead.ran(e.epochMillis() - guest.startedAtMillis());
          }
          handling.over(
              draft, e.outputTaken() ? Guest.Phase.ENDED : Guest.Phase.DRAINING, e.exit().why());
        }
      }
      case PACKED, PARKED -> {
        handling.moveOff(guest, "its body was gone");
        handling.over(draft, Guest.Phase.LEFT, "its body was gone");
      }
      // The image is what matters now, and only the home decides.
      case ASKING -> handling.put(draft);
      case QUEUED, PREPARING, DRAINING, ENDED, LEFT, REFUSED -> bodyGone(guest);
    }
    startOthers(e.id());
  }

  void lost(GuestsInput.BodyLost e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest == null) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.bodyThere = false;
    switch (guest.phase()) {
      case STARTING, RUNNING, OFFERING, PAUSING, PACKED, PARKED, FROZEN, STOPPING -> {
        handling.moveOff(guest, e.why());
        draft.ends = e.ends();
        handling.over(draft, Guest.Phase.LEFT, e.why());
      }
      case ASKING -> handling.put(draft);
      case QUEUED, PREPARING, DRAINING, ENDED, LEFT, REFUSED -> bodyGone(guest);
    }
    startOthers(e.id());
  }

  private void bodyGone(Guest guest) {
    GuestDraft draft = GuestDraft.of(guest);
    draft.bodyThere = false;
    handling.put(draft);
  }

  /** A newer incarnation may have waited for this one's body to be gone. */
  private void startOthers(ProcessId id) {
    for (Guest other : java.util.List.copyOf(table.guests(id))) {
      handling.tryStart(other);
    }
  }

  void outputTaken(GuestsInput.OutputTakenAll e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest != null && guest.phase() == Guest.Phase.DRAINING) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.outputTaken = true;
      handling.over(draft, Guest.Phase.ENDED, guest.why());
    }
  }

  void measured(GuestsInput.Measured e) {
    Guest guest = table.guest(e.id(), e.incarnation());
    if (guest != null) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.cpuMillis = e.cpuMillis();
      draft.rssBytes = e.rssBytes();
      draft.progress = e.progress();
      table.put(draft.done());
    }
  }
}
