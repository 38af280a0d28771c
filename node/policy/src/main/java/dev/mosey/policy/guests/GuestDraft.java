package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Lease;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;

/** A guest while it is being changed. */
final class GuestDraft {
  final ProcessId id;
  final int incarnation;
  final JobSpec spec;
  final String entry;
  final long arrivedAtMillis;
  Guest.Phase phase;
  boolean bodyThere;
  Lease lease;
  Image startImage;
  boolean imageReady;
  int lastMove;
  Guest.Move move;
  Image image;
  OutputEnds ends;
  Exit exit;
  boolean outputTaken;
  RefusalCode refusal;
  String why;
  String leaving;
  long startedAtMillis;
  long endedAtMillis;
  long cpuMillis;
  long rssBytes;
  String progress;
  long savedAtMillis;
  boolean cutOff;
  FrozenBy frozen;

  GuestDraft(ProcessId id, int incarnation, JobSpec spec, String entry, long arrivedAtMillis) {
    this.id = id;
    this.incarnation = incarnation;
    this.spec = spec;
    this.entry = entry;
    this.arrivedAtMillis = arrivedAtMillis;
    this.phase = Guest.Phase.PREPARING;
    this.lease = Lease.NONE;
    this.ends = OutputEnds.NONE;
  }

  static GuestDraft of(Guest guest) {
    GuestDraft draft =
        new GuestDraft(
            guest.id(), guest.incarnation(), guest.spec(), guest.entry(), guest.arrivedAtMillis());
    draft.phase = guest.phase();
    draft.bodyThere = guest.bodyThere();
    draft.lease = guest.lease();
    draft.startImage = guest.startImage();
    draft.imageReady = guest.imageReady();
    draft.lastMove = guest.lastMove();
    draft.move = guest.move();
    draft.image = guest.image();
    draft.ends = guest.ends();
    draft.exit = guest.exit();
    draft.outputTaken = guest.outputTaken();
    draft.refusal = guest.refusal();
    draft.why = guest.why();
    draft.leaving = guest.leaving();
    draft.startedAtMillis = guest.startedAtMillis();
    draft.endedAtMillis = guest.endedAtMillis();
    draft.cpuMillis = guest.cpuMillis();
    draft.rssBytes = guest.rssBytes();
    draft.progress = guest.progress();
    draft.savedAtMillis = guest.savedAtMillis();
    draft.cutOff = guest.cutOff();
    draft.frozen = guest.frozen();
    return draft;
  }

  Guest done() {
    return new Guest(
        id,
        incarnation,
        spec,
        phase,
        bodyThere,
        lease,
        startImage,
        imageReady,
        entry,
        lastMove,
        move,
        image,
        ends,
        exit,
        outputTaken,
        refusal,
        why,
        leaving,
        arrivedAtMillis,
        startedAtMillis,
        endedAtMillis,
        cpuMillis,
        rssBytes,
        progress,
        savedAtMillis,
        cutOff,
        frozen);
  }
}
