package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Image;
import java.util.ArrayList;
import java.util.List;

/**
 * A task that deviates from its job: it is placed, or was before. Immutable.
 *
 * @param position in the job
 * @param phase what holds now
 * @param incarnation the last one given out
 * @param host who has it ({@code PLACED}), or had it last
 * @param image from where the present incarnation goes on, or the next one; null = the beginning
 * @param checkpoint the newest kept at home, or null
 * @param checkpointOf incarnation that packed {@code checkpoint}; 0 when there is none
 * @param move the last attempt to move that was decided, either way
 * @param movesCount how often it moved
 * @param moves the newest moves, at most {@link #MOVES_KEPT}
 * @param failures how often it failed by itself and was run again
 * @param restarts how often it went back to the queue after a host had taken it
 * @param cancelled whether its end is asked for
 * @param lapsed whether it waits because its lease lapsed or its node was forgotten: its last host
 *     may still say how it ended
 * @param sinceMillis when it came into this phase, epoch milliseconds
 * @param ending how it ended, when {@code ENDED}
 * @param why why it went back to the queue, or its last move was aborted, or null
 */
public record Element(
    int position,
    Phase phase,
    int incarnation,
    HostId host,
    Image image,
    Image checkpoint,
    int checkpointOf,
    int move,
    int movesCount,
    List<MoveLine> moves,
    int failures,
    int restarts,
    boolean cancelled,
    boolean lapsed,
    long sinceMillis,
    Ending ending,
    String why) {
  /** So many moves of each task are kept in memory; the rest is in the ledger. */
  public static final int MOVES_KEPT = 32;

  /** What holds for a task. */
  public enum Phase {
    /** In the queue. */
    WAITING,
    /** Given to a host. */
    PLACED,
    /** Over. */
    ENDED
  }

  /** Copies the list. */
  public Element {
    moves = moves == null ? List.of() : List.copyOf(moves);
  }

  /** A task that waits and was given out {@code incarnation} times. */
  static Element waiting(int position, int incarnation, long at) {
    return new Element(
        position,
        Phase.WAITING,
        incarnation,
        null,
        null,
        null,
        0,
        0,
        0,
        List.of(),
        0,
        0,
        false,
        false,
        at,
        null,
        null);
  }

  /** Whether the task is with a host. */
  public boolean isPlaced() {
    return phase == Phase.PLACED;
  }

  Element placed(HostId to, int newIncarnation, long at) {
    return new Element(
        position,
        Phase.PLACED,
        newIncarnation,
        to,
        image,
        checkpoint,
        checkpointOf,
        move,
        movesCount,
        moves,
        failures,
        restarts,
        cancelled,
        false,
        at,
        null,
        why);
  }

  Element moved(MoveLine line, int newIncarnation, int attempt, Image from) {
    List<MoveLine> lines = new ArrayList<>(moves);
    lines.add(line);
    if (lines.size() > MOVES_KEPT) {
      lines.remove(0);
    }
    return new Element(
        position,
        Phase.PLACED,
        newIncarnation,
        line.to(),
        from,
        checkpoint,
        checkpointOf,
        attempt,
        movesCount + 1,
        lines,
        failures,
        restarts,
        cancelled,
        false,
        sinceMillis,
        null,
        why);
  }

  /** When it was given to its present host, epoch milliseconds. */
  long hostSinceMillis() {
    return moves.isEmpty() ? sinceMillis : Math.max(sinceMillis, moves.getLast().atMillis());
  }

  Element moveAborted(int attempt, String reason) {
    return new Element(
        position,
        phase,
        incarnation,
        host,
        image,
        checkpoint,
        checkpointOf,
        Math.max(move, attempt),
        movesCount,
        moves,
        failures,
        restarts,
        cancelled,
        lapsed,
        sinceMillis,
        ending,
        reason);
  }

  Element requeued(Image from, boolean failed, Proof proof, String reason, long at) {
    boolean ran = phase == Phase.PLACED && proof != Proof.REFUSED;
    boolean presumed = proof == Proof.LEASE_LAPSED || proof == Proof.FORGOTTEN;
    Image kept = from == null ? null : checkpoint;
    return new Element(
        position,
        Phase.WAITING,
        incarnation,
        host,
        from,
        kept,
        kept == null ? 0 : checkpointOf,
        move,
        movesCount,
        moves,
        failures + (failed ? 1 : 0),
        restarts + (ran ? 1 : 0),
        cancelled,
        presumed,
        at,
        null,
        reason);
  }

  Element checkpointed(Image kept, int of) {
    boolean newer =
        checkpoint == null
            || of > checkpointOf
            || of == checkpointOf && kept.takenAtMillis() >= checkpoint.takenAtMillis();
    if (!newer) {
      return this;
    }
    // The same bytes at home are worth more than at a host that may go away.
    Image from = image != null && image.blob().equals(kept.blob()) ? kept : image;
    return new Element(
        position,
        phase,
        incarnation,
        host,
        from,
        kept,
        of,
        move,
        movesCount,
        moves,
        failures,
        restarts,
        cancelled,
        lapsed,
        sinceMillis,
        ending,
        why);
  }

  Element cancelAsked() {
    return new Element(
        position,
        phase,
        incarnation,
        host,
        image,
        checkpoint,
        checkpointOf,
        move,
        movesCount,
        moves,
        failures,
        restarts,
        true,
        lapsed,
        sinceMillis,
        ending,
        why);
  }

  Element ended(Ending how, HostId by, long at) {
    return new Element(
        position,
        Phase.ENDED,
        how.incarnation(),
        by,
        null,
        null,
        0,
        move,
        movesCount,
        moves,
        failures,
        restarts,
        cancelled,
        false,
        at,
        how,
        why);
  }

  /** From where a next incarnation goes on: the newest that is known; null = the beginning. */
  public Image resumeFrom() {
    if (checkpoint != null && (checkpointOf == incarnation || image == null)) {
      return checkpoint;
    }
    return image;
  }
}
