package dev.mosey.policy.guests;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Report.RefusalCode;
import dev.mosey.protocol.wire.TakeImage;

/** The host's part of moves: as the source, and as the target. */
final class Moves {
  private final Handling handling;
  private final GuestTable table;

  Moves(Handling handling) {
    this.handling = handling;
    this.table = handling.table;
  }

  // The source.

  void out(GuestsInput.MoveOut out) {
    Guest guest = table.newest(out.id());
    String obstacle = obstacle(guest, out.target());
    if (obstacle != null) {
      handling.add(new GuestsEffect.MoveOver(out.id(), null, obstacle, 0));
      return;
    }
    int number = guest.lastMove() + 1;
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.OFFERING;
    draft.lastMove = number;
    draft.move =
        new Guest.Move(
            number,
            out.target(),
            null,
            out.reason(),
            out.predictedGainSeconds(),
            handling.now.bootMillis() + table.settings.offerMillis(),
            0);
    table.put(draft.done());
    handling.changed();
    sendOffer(draft.done());
  }

  private void sendOffer(Guest guest) {
    long bytes = guest.image() == null ? 0 : guest.image().blob().bytes();
    handling.send(
        guest.move().node(),
        new Offer(guest.id(), guest.incarnation(), guest.move().number(), guest.spec(), bytes));
  }

  private void sendImage(Guest guest) {
    handling.send(
        guest.move().node(),
        new TakeImage(guest.id(), guest.incarnation(), guest.move().number(), guest.image(), null));
  }

  /** No answer has come: the message or the answer may be lost. */
  void repeat(Guest guest) {
    if (guest.phase() == Guest.Phase.OFFERING) {
      sendOffer(guest);
    } else if (guest.phase() == Guest.Phase.PACKED) {
      sendImage(guest);
    }
  }

  private String obstacle(Guest guest, NodeName target) {
    if (guest == null || guest.phase().isOver()) {
      return "it does not run here";
    }
    if (table.handsOver) {
      return "the daemon of its host restarts now";
    }
    if (guest.phase() != Guest.Phase.RUNNING) {
      return "it is " + guest.phase().name().toLowerCase(java.util.Locale.ROOT) + " now";
    }
    if (!guest.spec().move().moves()) {
      return "it was submitted with --move never";
    }
    return target.equals(table.self.node()) ? "it is there already" : null;
  }

  void answered(OfferAnswer answer) {
    Guest guest = table.guest(answer.id(), answer.incarnation());
    if (!isAttempt(guest, Guest.Phase.OFFERING, answer.move(), answer.target().node())) {
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.move = guest.move().answeredBy(answer.target(), Long.MAX_VALUE);
    if (answer.declined() != null) {
      handling.moveOver(guest.id(), draft.move, answer.declined());
      handling.runOn(guest);
      return;
    }
    draft.phase = Guest.Phase.PAUSING;
    table.put(draft.done());
    handling.changed();
    handling.add(new GuestsEffect.PauseBody(guest.id(), guest.incarnation()));
  }

  void taken(ImageTaken taken) {
    Guest guest = table.guest(taken.id(), taken.incarnation());
    if (!isAttempt(guest, Guest.Phase.PACKED, taken.move(), taken.target().node())) {
      return;
    }
    boolean sameSession = taken.target().equals(guest.move().target());
    if (taken.failed() != null || !sameSession) {
      handling.moveOff(
          guest, sameSession ? taken.failed() : taken.target().node() + " was restarted");
      handling.resume(guest);
      return;
    }
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.ASKING;
    // From here on no time-out decides.
    long until =
        table.rules.sourceWaits()
            ? Long.MAX_VALUE
            : handling.now.bootMillis() + table.settings.takeMillis();
    draft.move = guest.move().pausedAt(guest.move().pausedAtMillis(), until);
    handling.put(draft);
  }

  /** The body of a moving guest stands still and is packed. */
  void packed(Guest guest, long epochMillis) {
    GuestDraft draft = GuestDraft.of(guest);
    draft.phase = Guest.Phase.PACKED;
    draft.move =
        guest.move().pausedAt(epochMillis, handling.now.bootMillis() + table.settings.takeMillis());
    table.put(draft.done());
    handling.changed();
    sendImage(draft.done());
  }

  void away(NodeName node) {
    for (Guest guest : table.all()) {
      if (guest.move() != null && guest.move().node().equals(node)) {
        giveUp(guest, node + " does not answer");
      }
    }
  }

  /** Only before the commit was asked for. */
  void giveUp(Guest guest, String why) {
    if (guest.phase() == Guest.Phase.OFFERING) {
      handling.moveOff(guest, why);
      handling.runOn(guest);
    } else if (guest.phase() == Guest.Phase.PACKED) {
      handling.moveOff(guest, why);
      handling.resume(guest);
    }
  }

  private static boolean isAttempt(Guest guest, Guest.Phase phase, int move, NodeName node) {
    return guest != null
        && guest.phase() == phase
        && guest.move().number() == move
        && guest.move().node().equals(node);
  }

  // The target.

  void offer(GuestsInput.OfferIn in) {
    Offer offer = in.offer();
    Arrival known = table.arrival(offer.id());
    boolean repeated = isFor(known, offer.incarnation(), offer.move());
    String declined = repeated ? null : declined(in, known);
    if (declined == null && !repeated) {
      if (known != null) {
        table.remove(known);
      }
      table.put(
          new Arrival(
              offer.id(),
              offer.incarnation(),
              offer.move(),
              in.source(),
              offer.spec(),
              null,
              null,
              false,
              handling.now.bootMillis() + table.settings.reservationMillis()));
      handling.changed();
    }
    handling.send(
        in.source(),
        new OfferAnswer(offer.id(), offer.incarnation(), offer.move(), table.self, declined));
  }

  private String declined(GuestsInput.OfferIn in, Arrival known) {
    Offer offer = in.offer();
    Guest here = table.newest(offer.id());
    boolean newerHere = here != null && here.incarnation() >= offer.incarnation();
    boolean newerKnown =
        known != null && (known.incarnation() > offer.incarnation() || known.move() > offer.move());
    if (newerHere || newerKnown) {
      return "the offer is out of date";
    }
    if (table.mode != GuestsInput.Mode.OPEN) {
      return table.self.node() + " takes no guests";
    }
    if (in.unable() != null) {
      return in.unable();
    }
    return known != null || table.hasRoom(offer.spec()) ? null : table.self.node() + " has no room";
  }

  private static boolean isFor(Arrival arrival, int incarnation, int move) {
    return arrival != null && arrival.incarnation() == incarnation && arrival.move() == move;
  }

  void takeImage(GuestsInput.TakeImageIn in) {
    TakeImage take = in.take();
    Arrival arrival = table.arrival(take.id());
    if (!isFor(arrival, take.incarnation(), take.move())) {
      answer(in.source(), take.id(), take.incarnation(), take.move(), "no room is kept for it");
      return;
    }
    boolean here =
        take.image() == null
            || arrival.image() != null && arrival.image().blob().equals(take.image().blob());
    boolean underWay = !here && take.image().equals(arrival.taking());
    if (underWay) {
      return;
    }
    long until = handling.now.bootMillis() + table.settings.reservationMillis();
    put(arrival, take.image(), here ? arrival.image() : null, here, until);
    if (here) {
      answer(in.source(), take.id(), take.incarnation(), take.move(), null);
    } else {
      handling.add(
          new GuestsEffect.FetchImage(
              take.id(), take.incarnation(), take.image(), in.source(), take.inline()));
    }
  }

  void fetched(GuestsInput.ImageFetched fetched) {
    Guest guest = table.guest(fetched.id(), fetched.incarnation());
    if (guest != null && guest.phase().awaitsStart() && !guest.imageReady()) {
      GuestDraft draft = GuestDraft.of(guest);
      draft.startImage = fetched.image();
      draft.imageReady = true;
      handling.tryStart(handling.put(draft));
      return;
    }
    Arrival arrival = table.arrival(fetched.id());
    boolean wanted =
        arrival != null
            && arrival.incarnation() == fetched.incarnation()
            && arrival.taking() != null
            && arrival.taking().blob().equals(fetched.image().blob());
    if (wanted) {
      put(arrival, arrival.taking(), fetched.image(), true, arrival.until());
      answer(arrival.source(), arrival.id(), arrival.incarnation(), arrival.move(), null);
    }
  }

  void fetchFailed(GuestsInput.ImageFetchFailed failed) {
    Guest guest = table.guest(failed.id(), failed.incarnation());
    if (guest != null && guest.phase().awaitsStart() && !guest.imageReady()) {
      handling.refuse(GuestDraft.of(guest), RefusalCode.NO_IMAGE, failed.why());
      return;
    }
    Arrival arrival = table.arrival(failed.id());
    if (arrival != null && arrival.incarnation() == failed.incarnation() && !arrival.taken()) {
      table.remove(arrival);
      handling.changed();
      answer(arrival.source(), arrival.id(), arrival.incarnation(), arrival.move(), failed.why());
    }
  }

  void withdrawn(OfferWithdrawn withdrawn) {
    Arrival arrival = table.arrival(withdrawn.id());
    if (isFor(arrival, withdrawn.incarnation(), withdrawn.move())) {
      table.remove(arrival);
      handling.changed();
    }
  }

  private void put(Arrival arrival, Image taking, Image image, boolean taken, long until) {
    table.put(
        new Arrival(
            arrival.id(),
            arrival.incarnation(),
            arrival.move(),
            arrival.source(),
            arrival.spec(),
            taking,
            image,
            taken,
            until));
  }

  private void answer(NodeName to, ProcessId id, int incarnation, int move, String failed) {
    handling.send(to, new ImageTaken(id, incarnation, move, table.self, failed));
  }
}
