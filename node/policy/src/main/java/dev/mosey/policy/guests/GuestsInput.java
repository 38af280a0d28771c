package dev.mosey.policy.guests;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import dev.mosey.protocol.wire.TakeImage;

/** What a host's {@link Guests} are told. A body is named by process and incarnation. */
public sealed interface GuestsInput {
  /** Orders from a home. */
  record OrdersIn(Orders orders) implements GuestsInput {}

  /**
   * A source asks for room.
   *
   * @param source who asks
   * @param unable why this host can't run it at all (kind, directory, command), as the caller
   *     checked; null when it can
   */
  record OfferIn(NodeName source, Offer offer, String unable) implements GuestsInput {}

  /** A target's answer to an offer of ours. */
  record OfferAnswerIn(OfferAnswer answer) implements GuestsInput {}

  /** A source has packed: the image is to be taken. */
  record TakeImageIn(NodeName source, TakeImage take) implements GuestsInput {}

  /** A target has taken an image of ours, or has not. */
  record ImageTakenIn(ImageTaken taken) implements GuestsInput {}

  /** A source gives up. */
  record OfferWithdrawnIn(OfferWithdrawn withdrawn) implements GuestsInput {}

  /** The body runs. */
  record BodyStarted(ProcessId id, int incarnation, long epochMillis) implements GuestsInput {}

  /** The body could not be started; nothing of it runs. */
  record BodyFailedToStart(ProcessId id, int incarnation, RefusalCode code, String why)
      implements GuestsInput {}

  /**
   * The body stands still at a safe point and does nothing until resumed.
   *
   * @param image what was packed and synced here; null when it would begin again
   * @param ends how much output it has produced
   */
  record BodyPaused(ProcessId id, int incarnation, Image image, OutputEnds ends, long epochMillis)
      implements GuestsInput {}

  /** The body can't be paused now; it runs on. */
  record BodyPauseFailed(ProcessId id, int incarnation, String why) implements GuestsInput {}

  /** The body has committed a checkpoint and runs on; the image is synced here. */
  record BodyCheckpointed(ProcessId id, int incarnation, Image image) implements GuestsInput {}

  /**
   * The body and all that it started are gone, by themselves or because the keeper ended them.
   * Every started body ends with exactly one of these, also after a kill of ours.
   *
   * @param outputTaken whether the home already has all of its output; else {@link OutputTakenAll}
   *     follows
   */
  record BodyEnded(
      ProcessId id,
      int incarnation,
      Exit exit,
      OutputEnds ends,
      long epochMillis,
      boolean outputTaken)
      implements GuestsInput {}

  /**
   * The body is gone by no doing of its own and not for the lapse of its lease: its keeper died. It
   * stands in the place of {@link BodyEnded}; the guest leaves with its last checkpoint.
   *
   * @param ends how much output it has produced
   */
  record BodyLost(ProcessId id, int incarnation, String why, OutputEnds ends)
      implements GuestsInput {}

  /** The home has acknowledged all output of a body that has ended. */
  record OutputTakenAll(ProcessId id, int incarnation) implements GuestsInput {}

  /** What the body uses, for reports and views. */
  record Measured(ProcessId id, int incarnation, long cpuMillis, long rssBytes, String progress)
      implements GuestsInput {}

  /**
   * An image asked for by {@link GuestsEffect.FetchImage} is here, checked and synced.
   *
   * @param image as it is here now: {@code at} is this node
   */
  record ImageFetched(ProcessId id, int incarnation, Image image) implements GuestsInput {}

  /** An image asked for could not be had. */
  record ImageFetchFailed(ProcessId id, int incarnation, String why) implements GuestsInput {}

  /**
   * Give the process away; the outcome is told by {@link GuestsEffect.MoveOver}.
   *
   * @param reason one word of the move ledger
   */
  record MoveOut(ProcessId id, NodeName target, String reason, double predictedGainSeconds)
      implements GuestsInput {}

  /**
   * Pack it and let it leave to the queue, because of what this host is like; nothing is done when
   * it can't be packed now.
   */
  record Freeze(ProcessId id, FrozenBy by) implements GuestsInput {}

  /** Whether guests are let in, and how much room there is. */
  record CapacityChanged(Capacity capacity, Mode mode) implements GuestsInput {}

  /** A node is unreachable or gone: moves to it that have not asked for the commit are given up. */
  record NodeAway(NodeName node) implements GuestsInput {}

  /**
   * The report that {@link GuestsEffect.ReportSoon} announced is due, or a node is to hear of us.
   */
  record ReportDue(NodeName home) implements GuestsInput {}

  /**
   * This daemon ends: what can is paused and packed, all else is ended; each guest leaves.
   *
   * @param why one line
   */
  record LeaveAll(String why) implements GuestsInput {}

  /**
   * This daemon ends and another takes its place at once: commands run on for it, all else leaves.
   * Over when {@link Guests#isReadyToHandOver}; what is not by then should {@link LeaveAll}.
   *
   * @param why one line
   */
  record HandOver(String why) implements GuestsInput {}

  /** Time has passed; at least four times in the shortest lease, and about once a second. */
  record Tick() implements GuestsInput {}

  /** Whether a host lets guests in. */
  enum Mode {
    /** It does. */
    OPEN,
    /** It lets none in. */
    BLOCKED,
    /** It lets none in and gives away what it has. */
    DRAINING
  }
}
