package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import dev.mosey.protocol.wire.WireMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One input being handled: the table, the time, the effects so far, and the steps all share. */
final class Handling {
  final GuestTable table;
  final Now now;
  private final List<GuestsEffect> effects = new ArrayList<>();
  private final Set<NodeName> reportSoon = new LinkedHashSet<>();
  private boolean changed;

  Handling(GuestTable table, Now now) {
    this.table = table;
    this.now = now;
  }

  List<GuestsEffect> effects() {
    reportSoon.forEach(home -> effects.add(new GuestsEffect.ReportSoon(home)));
    if (changed) {
      effects.add(new GuestsEffect.GuestsChanged());
    }
    return effects;
  }

  void add(GuestsEffect effect) {
    effects.add(effect);
  }

  void send(NodeName to, WireMessage message) {
    effects.add(new GuestsEffect.Send(to, message));
  }

  void changed() {
    changed = true;
  }

  void reportSoon(NodeName home) {
    reportSoon.add(home);
  }

  /** Puts the guest; its home is to hear of it. */
  Guest put(GuestDraft draft) {
    Guest guest = draft.done();
    table.put(guest);
    changed = true;
    reportSoon(guest.id().home());
    return guest;
  }

  /** Nothing of this incarnation will run here; kept until its home drops it. */
  void over(GuestDraft draft, Guest.Phase phase, String why) {
    draft.phase = phase;
    draft.why = why;
    draft.move = null;
    long deadline = draft.lease.deadlineMillis();
    boolean lapsed = draft.lease.isBounded() && !draft.lease.coversAt(now.bootMillis());
    draft.cutOff = phase == Guest.Phase.LEFT && lapsed && table.awakeSinceMillis < deadline;
    Guest guest = put(draft);
    if (phase != Guest.Phase.REFUSED) {
      effects.add(new GuestsEffect.SpoolPut(guest));
    }
  }

  void refuse(GuestDraft draft, RefusalCode code, String why) {
    draft.refusal = code;
    draft.bodyThere = false;
    over(draft, Guest.Phase.REFUSED, why);
  }

  /** The body is of no use any more: ended, and what is left of the guest waits for its home. */
  void leave(Guest guest, String why) {
    if (guest.bodyThere()) {
      effects.add(new GuestsEffect.KillBody(guest.id(), guest.incarnation(), why));
    }
    over(GuestDraft.of(guest), Guest.Phase.LEFT, why);
  }

  /** Starts the body if nothing stands in the way any more. */
  void tryStart(Guest guest) {
    boolean another =
        table.guests(guest.id()).stream()
            .anyMatch(other -> other.incarnation() != guest.incarnation() && other.bodyThere());
    if (guest.phase() != Guest.Phase.PREPARING
        || !guest.imageReady()
        || !guest.lease().coversAt(now.bootMillis())
        || another) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.STARTING;
    draft.bodyThere = true;
    put(draft);
    effects.add(
        new GuestsEffect.StartBody(
            guest.id(),
            guest.incarnation(),
            guest.spec(),
            guest.startImage(),
            guest.entry(),
            guest.lease().deadlineMillis()));
  }

  /**
   * The attempt to move is off as far as this host is concerned. After the commit was asked for,
   * the target keeps its room: the home may still journal the move.
   */
  void moveOff(Guest guest, String why) {
    if (guest.phase() == Guest.Phase.ASKING) {
      moveOver(guest.id(), guest.move(), why);
    } else {
      moveRefused(guest, why);
    }
  }

  /** The attempt to move is off for certain: the commit was not asked for, or the home said no. */
  void moveRefused(Guest guest, String why) {
    Guest.Move move = guest.move();
    if (move != null) {
      send(move.node(), new OfferWithdrawn(guest.id(), guest.incarnation(), move.number()));
      moveOver(guest.id(), move, why);
    }
  }

  void moveOver(ProcessId id, Guest.Move move, String failed) {
    HostId target = move.target();
    long pause = move.pausedAtMillis() == 0 ? 0 : now.epochMillis() - move.pausedAtMillis();
    effects.add(new GuestsEffect.MoveOver(id, target, failed, Math.max(0, pause)));
  }

  /** The body goes on where it stands, or at once ends when its lease is over. */
  void resume(Guest guest) {
    if (!guest.bodyThere() || !guest.lease().coversAt(now.bootMillis())) {
      leave(guest, guest.bodyThere() ? "lease lapsed" : "its body was gone");
      return;
    }
    effects.add(new GuestsEffect.ResumeBody(guest.id(), guest.incarnation()));
    runOn(guest);
  }

  void runOn(Guest guest) {
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.RUNNING;
    draft.move = null;
    draft.frozen = null;
    put(draft);
  }

  /** Sends the home everything of it that is here. */
  void report(NodeName home) {
    Contact contact = table.contact(home);
    List<Guest> guests = table.of(home);
    if (!guests.isEmpty()) {
      contact.hasGuests(now.bootMillis());
    }
    boolean partial = guests.size() > table.settings.reportGuestsMax();
    if (partial) {
      guests =
          guests.stream()
              .sorted(Comparator.comparing(guest -> guest.phase().isOver()))
              .limit(table.settings.reportGuestsMax())
              .toList();
    }
    long seq = contact.send(now.bootMillis(), table.settings.sendsRemembered());
    reportSoon.remove(home);
    send(
        home,
        new Report(
            table.self,
            seq,
            contact.books(),
            guests.stream().map(Handling::reported).toList(),
            partial,
            table.continues));
  }

  static Report.Guest reported(Guest guest) {
    return new Report.Guest(
        guest.id(),
        guest.incarnation(),
        state(guest),
        guest.cpuMillis(),
        guest.rssBytes(),
        guest.progress());
  }

  private static GuestState state(Guest guest) {
    return switch (guest.phase()) {
      case QUEUED, PREPARING -> new GuestState.Preparing();
      case STARTING, RUNNING, OFFERING, PAUSING, PARKED, STOPPING ->
          new GuestState.Running(guest.startedAtMillis(), guest.image());
      case PACKED, DRAINING -> new GuestState.Running(guest.startedAtMillis(), null);
      case FROZEN -> new GuestState.Running(guest.startedAtMillis(), null, true);
      case ASKING ->
          new GuestState.AsksToMove(
              guest.move().number(),
              guest.move().target(),
              guest.image(),
              guest.ends(),
              guest.move().reason(),
              guest.move().gainSeconds(),
              guest.move().pausedAtMillis());
      case LEFT ->
          new GuestState.Left(
              guest.image(), guest.ends(), guest.why(), guest.cutOff(), guest.frozen());
      case REFUSED -> new GuestState.Refused(guest.refusal(), guest.why());
      case ENDED ->
          new GuestState.Ended(
              guest.exit(), guest.ends(), guest.startedAtMillis(), guest.endedAtMillis());
    };
  }
}
