package dev.mosey.node.home;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.Guest;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Keeps back what must not be journalled before the output that belongs to it is on the disk: an
 * end, a move, and a checkpoint, from which an incarnation could otherwise go on beyond the end of
 * what is kept.
 */
final class OutputGate {
  private final BiPredicate<ProcessId, OutputEnds> onDisk;

  /**
   * The gate.
   *
   * @param onDisk whether so much of a process's output is on the disk
   */
  OutputGate(BiPredicate<ProcessId, OutputEnds> onDisk) {
    this.onDisk = onDisk;
  }

  /** Whether all output that the report depends on is on the disk. */
  boolean passes(Report report) {
    for (Guest guest : report.guests()) {
      if (!passes(guest)) {
        return false;
      }
    }
    return true;
  }

  /** The report with those guests shown as still running whose output is not complete. */
  Report withoutIncomplete(Report report) {
    List<Guest> guests = new ArrayList<>(report.guests().size());
    for (Guest guest : report.guests()) {
      guests.add(passes(guest) ? guest : asRunning(guest));
    }
    return report.with(guests);
  }

  private boolean passes(Guest guest) {
    return switch (guest.state()) {
      case GuestState.Preparing preparing -> true;
      case GuestState.Running running ->
          running.checkpoint() == null || has(guest, OutputEnds.NONE, running.checkpoint());
      case GuestState.AsksToMove move -> has(guest, move.ends(), move.image());
      case GuestState.Left left -> has(guest, left.ends(), left.image());
      case GuestState.Refused refused -> true;
      case GuestState.Ended ended -> has(guest, ended.ends(), null);
    };
  }

  private boolean has(Guest guest, OutputEnds ends, Image image) {
    OutputEnds said = ends == null ? OutputEnds.NONE : ends;
    long stdout = Math.max(said.stdout(), image == null ? 0 : image.stdout());
    long stderr = Math.max(said.stderr(), image == null ? 0 : image.stderr());
    return stdout == 0 && stderr == 0 || onDisk.test(guest.id(), new OutputEnds(stdout, stderr));
  }

  private static Guest asRunning(Guest guest) {
    long startedAt =
        switch (guest.state()) {
          case GuestState.Running running -> running.startedAtMillis();
          case GuestState.Ended ended -> ended.startedAtMillis();
          case GuestState.AsksToMove move -> move.pausedAtMillis();
          case GuestState.Preparing preparing -> 0;
          case GuestState.Left left -> 0;
          case GuestState.Refused refused -> 0;
        };
    return new Guest(
        guest.id(),
        guest.incarnation(),
        new GuestState.Running(startedAt, null),
        guest.cpuMillis(),
        guest.rssBytes(),
        guest.progress());
  }
}
