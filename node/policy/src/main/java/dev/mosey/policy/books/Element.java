package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.FrozenBy;
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
 * @param losses nodes that were lost while it ran there, the oldest first, at most {@link
 *     #LOSSES_KEPT}; forgotten when it is released
 * @param held why it alone of its job waits until released, or null
 * @param earlier the one kept at home before {@code checkpoint}, for when that can't be read; or
 *     null
 * @param earlierOf incarnation that packed {@code earlier}; 0 when there is none
 * @param failedOn nodes on which it failed by itself, the newest last, at most {@link
 *     #FAILED_ON_KEPT}
 * @param notBeforeMillis when it may start again, epoch milliseconds; 0 = at once
 * @param frozen by whom it was frozen, or is to be ({@code HAND}, while it is placed); else null
 * @param freezes how often its hosts have frozen it
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
    String why,
    List<Loss> losses,
    String held,
    Image earlier,
    int earlierOf,
    List<NodeName> failedOn,
    long notBeforeMillis,
    FrozenBy frozen,
    int freezes) {
  /** So many moves of each task are kept in memory; the rest is in the ledger. */
  public static final int MOVES_KEPT = 32;

  /** So many losses of nodes under a task are remembered, the newest. */
  public static final int LOSSES_KEPT = 16;

  /** So many nodes on which a task failed are remembered. */
  public static final int FAILED_ON_KEPT = 16;

  /**
   * A node was lost while the task ran there.
   *
   * @param node which
   * @param incarnation that ran there
   * @param atMillis when the node was heard last, or that it had been restarted; epoch milliseconds
   */
  public record Loss(NodeName node, int incarnation, long atMillis) {}

  /** What holds for a task. */
  public enum Phase {
    /** In the queue. */
    WAITING,
    /** Given to a host. */
    PLACED,
    /** Over. */
    ENDED
  }

  /** Copies the lists; absent ones become empty. */
  public Element {
    moves = moves == null ? List.of() : List.copyOf(moves);
    losses = losses == null ? List.of() : List.copyOf(losses);
    failedOn = failedOn == null ? List.of() : List.copyOf(failedOn);
  }

  /** A task that waits and was given out {@code incarnation} times. */
  static Element waiting(int position, int incarnation, long at) {
    Draft draft = new Draft(position);
    draft.phase = Phase.WAITING;
    draft.incarnation = incarnation;
    draft.sinceMillis = at;
    return draft.done();
  }

  /** Whether it waits for its time, after it has failed. */
  boolean rests() {
    return phase == Phase.WAITING && notBeforeMillis > 0;
  }

  /** Whether it waits to be tried again, after it has failed by itself. */
  boolean isTriedAgain() {
    return phase == Phase.WAITING && !failedOn.isEmpty();
  }

  /** Whether the task is with a host. */
  public boolean isPlaced() {
    return phase == Phase.PLACED;
  }

  Element placed(HostId to, int newIncarnation, long at) {
    Draft draft = new Draft(this);
    draft.phase = Phase.PLACED;
    draft.incarnation = newIncarnation;
    draft.host = to;
    draft.lapsed = false;
    draft.notBeforeMillis = 0;
    draft.frozen = null;
    draft.sinceMillis = at;
    return draft.done();
  }

  Element moved(MoveLine line, int newIncarnation, int attempt, Image from) {
    Draft draft = new Draft(this);
    draft.phase = Phase.PLACED;
    draft.incarnation = newIncarnation;
    draft.host = line.to();
    draft.image = from;
    draft.move = attempt;
    draft.movesCount++;
    draft.moves = newest(moves, line, MOVES_KEPT);
    draft.lapsed = false;
    return draft.done();
  }

  private static <T> List<T> newest(List<T> old, T one, int most) {
    List<T> result = new ArrayList<>(old);
    result.add(one);
    return result.subList(Math.max(0, result.size() - most), result.size());
  }

  /** When it was given to its present host, epoch milliseconds. */
  long hostSinceMillis() {
    return moves.isEmpty() ? sinceMillis : Math.max(sinceMillis, moves.getLast().atMillis());
  }

  Element moveAborted(int attempt, String reason) {
    Draft draft = new Draft(this);
    draft.move = Math.max(move, attempt);
    draft.why = reason;
    return draft.done();
  }

  Element requeued(BooksEvent.Requeued e) {
    Draft draft = new Draft(this);
    boolean ran = phase == Phase.PLACED && e.proof() != Proof.REFUSED;
    draft.phase = Phase.WAITING;
    draft.image = e.image();
    if (e.image() == null) {
      draft.forgetCheckpoints();
    } else if (e.image().equals(earlier) && !e.image().equals(checkpoint)) {
      draft.fallBack();
    }
    draft.failures += e.countsAsFailure() ? 1 : 0;
    draft.restarts += ran && e.frozen() == null ? 1 : 0;
    draft.frozen = Freezing.isWished(this) ? frozen : e.frozen();
    draft.freezes += draft.frozen == null || Freezing.isWished(this) ? 0 : 1;
    draft.lapsed = e.proof() == Proof.LEASE_LAPSED || e.proof() == Proof.FORGOTTEN;
    draft.sinceMillis = e.at();
    draft.why = e.why();
    draft.notBeforeMillis = e.notBefore();
    if (e.countsAsFailure() && host != null) {
      List<NodeName> others = failedOn.stream().filter(n -> !n.equals(host.node())).toList();
      draft.failedOn = newest(others, host.node(), FAILED_ON_KEPT);
    }
    if (e.hostLostAt() > 0 && host != null) {
      Loss loss = new Loss(host.node(), incarnation, e.hostLostAt());
      draft.losses = newest(losses, loss, LOSSES_KEPT);
    }
    return draft.done();
  }

  Element checkpointed(Image kept, int of) {
    boolean newer =
        checkpoint == null
            || of > checkpointOf
            || of == checkpointOf && kept.takenAtMillis() >= checkpoint.takenAtMillis();
    if (!newer) {
      return this;
    }
    Draft draft = new Draft(this);
    // The same bytes at home are worth more than at a host that may go away.
    draft.image = image != null && image.blob().equals(kept.blob()) ? kept : image;
    if (checkpoint != null && !checkpoint.blob().equals(kept.blob())) {
      draft.earlier = checkpoint;
      draft.earlierOf = checkpointOf;
    }
    draft.checkpoint = kept;
    draft.checkpointOf = of;
    return draft.done();
  }

  /** These bytes can't be read at home any more: what was to go on from them goes further back. */
  Element imageLost(Blob blob, String reason) {
    Draft draft = new Draft(this);
    if (earlier != null && earlier.blob().equals(blob)) {
      draft.earlier = null;
      draft.earlierOf = 0;
    }
    if (checkpoint != null && checkpoint.blob().equals(blob)) {
      draft.fallBack();
    }
    if (phase == Phase.WAITING && image != null && image.blob().equals(blob)) {
      draft.image = draft.checkpoint;
    }
    draft.why = reason;
    return draft.done();
  }

  Element cancelAsked() {
    Draft draft = new Draft(this);
    draft.cancelled = true;
    return draft.done();
  }

  Element ended(Ending how, HostId by, long at) {
    Draft draft = new Draft(this);
    draft.phase = Phase.ENDED;
    draft.incarnation = how.incarnation();
    draft.host = by;
    draft.image = null;
    draft.forgetCheckpoints();
    draft.lapsed = false;
    draft.sinceMillis = at;
    draft.ending = how;
    draft.losses = List.of();
    draft.held = null;
    draft.failedOn = List.of();
    draft.notBeforeMillis = 0;
    draft.frozen = null;
    return draft.done();
  }

  Element held(String reason, FrozenBy by) {
    Draft draft = new Draft(this);
    draft.held = reason;
    draft.frozen = by == null ? frozen : by;
    return draft.done();
  }

  /** Nothing is held against it any more, and it need not rest. */
  Element released() {
    Draft draft = new Draft(this);
    draft.losses = List.of();
    draft.held = null;
    draft.notBeforeMillis = 0;
    draft.frozen = null;
    return draft.done();
  }

  /** The host of this incarnation was not lost: it was cut off, and has said so. */
  Element cleared(int of) {
    Draft draft = new Draft(this);
    draft.losses = losses.stream().filter(loss -> loss.incarnation() != of).toList();
    draft.held = Freezing.isWished(this) ? Freezing.BY_HAND : null;
    return draft.done();
  }

  /** From where a next incarnation goes on: the newest that is known; null = the beginning. */
  public Image resumeFrom() {
    if (checkpoint != null && (checkpointOf == incarnation || image == null)) {
      return checkpoint;
    }
    return image;
  }

  /** A task while it is being changed. */
  private static final class Draft {
    private final int position;
    private Phase phase;
    private int incarnation;
    private HostId host;
    private Image image;
    private Image checkpoint;
    private int checkpointOf;
    private int move;
    private int movesCount;
    private List<MoveLine> moves = List.of();
    private int failures;
    private int restarts;
    private boolean cancelled;
    private boolean lapsed;
    private long sinceMillis;
    private Ending ending;
    private String why;
    private List<Loss> losses = List.of();
    private String held;
    private Image earlier;
    private int earlierOf;
    private List<NodeName> failedOn = List.of();
    private long notBeforeMillis;
    private FrozenBy frozen;
    private int freezes;

    Draft(int position) {
      this.position = position;
    }

    Draft(Element of) {
      this(of.position);
      phase = of.phase;
      incarnation = of.incarnation;
      host = of.host;
      image = of.image;
      checkpoint = of.checkpoint;
      checkpointOf = of.checkpointOf;
      move = of.move;
      movesCount = of.movesCount;
      moves = of.moves;
      failures = of.failures;
      restarts = of.restarts;
      cancelled = of.cancelled;
      lapsed = of.lapsed;
      sinceMillis = of.sinceMillis;
      ending = of.ending;
      why = of.why;
      losses = of.losses;
      held = of.held;
      earlier = of.earlier;
      earlierOf = of.earlierOf;
      failedOn = of.failedOn;
      notBeforeMillis = of.notBeforeMillis;
      frozen = of.frozen;
      freezes = of.freezes;
    }

    void forgetCheckpoints() {
      checkpoint = null;
      checkpointOf = 0;
      earlier = null;
      earlierOf = 0;
    }

    void fallBack() {
      checkpoint = earlier;
      checkpointOf = earlierOf;
      earlier = null;
      earlierOf = 0;
    }

    Element done() {
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
          cancelled,
          lapsed,
          sinceMillis,
          ending,
          why,
          losses,
          held,
          earlier,
          earlierOf,
          failedOn,
          notBeforeMillis,
          frozen,
          freezes);
    }
  }
}
