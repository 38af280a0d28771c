package dev.mosey.policy.guests;

import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.WireMessage;

/** What a host does because of an input, in the order given. */
public sealed interface GuestsEffect {
  /** Send to another node, or to the home on this one. */
  record Send(NodeName to, WireMessage message) implements GuestsEffect {}

  /** Send {@link GuestsInput.ReportDue} soon; several wishes become one. */
  record ReportSoon(NodeName home) implements GuestsEffect {}

  /**
   * Start the body, under a keeper that ends it at the deadline whatever becomes of this daemon.
   *
   * @param image from where to go on, here in this node's store; null from the beginning
   * @param entry the task's line of {@code --each-line}, or null
   * @param deadlineBootMillis end of its lease on this machine's boot-time clock; {@link
   *     Long#MAX_VALUE} = none
   */
  record StartBody(
      ProcessId id,
      int incarnation,
      JobSpec spec,
      Image image,
      String entry,
      long deadlineBootMillis)
      implements GuestsEffect {}

  /** Bring it to a safe point and let it stand still there; answered by {@code BodyPaused}. */
  record PauseBody(ProcessId id, int incarnation) implements GuestsEffect {}

  /** It goes on from where it stands. */
  record ResumeBody(ProcessId id, int incarnation) implements GuestsEffect {}

  /** End it: SIGTERM, and SIGKILL after the grace. Also when it stands still. */
  record StopBody(ProcessId id, int incarnation, long graceMillis, String why)
      implements GuestsEffect {}

  /** End it at once; what it still says is of no use. */
  record KillBody(ProcessId id, int incarnation, String why) implements GuestsEffect {}

  /** The keeper is to end the body at this moment of the boot-time clock, not before. */
  record SetLease(ProcessId id, int incarnation, long deadlineBootMillis) implements GuestsEffect {}

  /** Deliver a signal to the body. */
  record SignalBody(ProcessId id, int incarnation, int signal) implements GuestsEffect {}

  /**
   * Bring an image into this node's store, check and sync it; answered by {@code ImageFetched} or
   * {@code ImageFetchFailed} with the same process and incarnation.
   *
   * @param from the node that has it
   * @param inline the bytes themselves when they came along, else null
   */
  record FetchImage(ProcessId id, int incarnation, Image image, NodeName from, byte[] inline)
      implements GuestsEffect {}

  /**
   * Remember over a restart of this daemon: an end or an image that the home has not recorded yet.
   */
  record SpoolPut(Guest guest) implements GuestsEffect {}

  /** The home has recorded it: forget it, with its image and what is left of its output. */
  record SpoolDrop(ProcessId id, int incarnation) implements GuestsEffect {}

  /** Remember durably that these books are obeyed here, before anything of theirs is started. */
  record RememberBooks(BooksId books) implements GuestsEffect {}

  /**
   * A user wishes the process elsewhere: tell the scheduler, which owns all moves.
   *
   * @param target where to, or null for anywhere else
   */
  record WishToMove(ProcessId id, NodeName target, String reason) implements GuestsEffect {}

  /**
   * A move that {@code MoveOut} asked for has ended.
   *
   * @param target null when it never answered
   * @param failed null when the home has journalled it as moved, else why not in one line
   * @param pauseMillis how long the process stood still here until the home's word
   */
  record MoveOver(ProcessId id, HostId target, String failed, long pauseMillis)
      implements GuestsEffect {}

  /** What is here has changed: tell scheduler and load monitor. */
  record GuestsChanged() implements GuestsEffect {}
}
