package dev.mosey.policy.guests;

import dev.mosey.policy.lease.Lease;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;

/**
 * One incarnation of one process as its host knows it; immutable.
 *
 * @param id the process
 * @param incarnation which
 * @param spec what it is; null when it was refused unseen or came from the spool
 * @param phase what is done with it
 * @param bodyThere whether a body was started that is not known to be gone
 * @param lease until when it may run
 * @param startImage from where it goes on; null from the beginning
 * @param imageReady whether {@code startImage} is in this node's store, or none is needed
 * @param entry its line of {@code --each-line}, or null
 * @param lastMove number of its last attempt to move, over all hosts
 * @param move the attempt under way, or null
 * @param image the newest packed here, or null
 * @param ends output produced, at the image or at the end
 * @param exit how it ended, or null
 * @param outputTaken whether the home has all output of what has ended
 * @param refusal why it never ran, or null
 * @param why one line about its end or refusal, or null
 * @param leaving why it is to leave this host although its home did not ask for it, or null
 * @param arrivedAtMillis when it came here, epoch milliseconds
 * @param startedAtMillis when its body started, epoch milliseconds; 0 before
 * @param endedAtMillis when its body ended, epoch milliseconds; 0 before
 * @param cpuMillis processor time here
 * @param rssBytes resident memory
 * @param progress what it says of itself, or null
 * @param savedAtMillis when it was last asked to save itself here, or began; boot-time milliseconds
 * @param cutOff whether its lease lapsed while this host was awake
 * @param frozen by whom it is to be frozen, or was; null when it is not
 */
public record Guest(
    ProcessId id,
    int incarnation,
    JobSpec spec,
    Phase phase,
    boolean bodyThere,
    Lease lease,
    Image startImage,
    boolean imageReady,
    String entry,
    int lastMove,
    Move move,
    Image image,
    OutputEnds ends,
    Exit exit,
    boolean outputTaken,
    RefusalCode refusal,
    String why,
    String leaving,
    long arrivedAtMillis,
    long startedAtMillis,
    long endedAtMillis,
    long cpuMillis,
    long rssBytes,
    String progress,
    long savedAtMillis,
    boolean cutOff,
    FrozenBy frozen) {

  /** What a host does with a guest. */
  public enum Phase {
    /** Accepted ahead of room: it takes none, and is given back when it gets none soon. */
    QUEUED,
    /** Waits for a lease, its image, or an older incarnation's body to be gone. */
    PREPARING,
    /** Its body was asked to start. */
    STARTING,
    /** Its body runs. */
    RUNNING,
    /** A target was asked for room; it runs on. */
    OFFERING,
    /** Its body was asked to pause, for a move or because the lease is about to end. */
    PAUSING,
    /** Paused for a move; the target takes the image. */
    PACKED,
    /** Paused; the home has been asked for the commit and alone decides. */
    ASKING,
    /** Paused because the lease is about to end. */
    PARKED,
    /** Stands still because it is frozen and can't be packed; keeps its slot and its memory. */
    FROZEN,
    /** Asked to end. */
    STOPPING,
    /** Its body has ended; its output is still on the way home. */
    DRAINING,
    /** Ended; kept until the home has recorded it. */
    ENDED,
    /** It runs here no more in this incarnation; image kept until the home drops it. */
    LEFT,
    /** Never ran and never will in this incarnation. */
    REFUSED;

    /** Whether nothing of this incarnation will run here any more. */
    public boolean isOver() {
      return this == ENDED || this == LEFT || this == REFUSED;
    }

    /** Whether its body is still to be started. */
    boolean awaitsStart() {
      return this == QUEUED || this == PREPARING;
    }

    /** Whether it takes room. */
    public boolean takesRoom() {
      return !isOver() && this != DRAINING && this != QUEUED;
    }
  }

  /**
   * An attempt to move.
   *
   * @param number of this attempt
   * @param node where to
   * @param target the same in its session, once it has answered
   * @param reason one word of the move ledger
   * @param gainSeconds predicted
   * @param until when it is given up unless the commit was asked for, boot-time milliseconds
   * @param pausedAtMillis epoch milliseconds of the safe point; 0 before
   */
  public record Move(
      int number,
      NodeName node,
      HostId target,
      String reason,
      double gainSeconds,
      long until,
      long pausedAtMillis) {
    Move answeredBy(HostId host, long newUntil) {
      return new Move(number, node, host, reason, gainSeconds, newUntil, pausedAtMillis);
    }

    Move pausedAt(long epochMillis, long newUntil) {
      return new Move(number, node, target, reason, gainSeconds, newUntil, epochMillis);
    }
  }
}
