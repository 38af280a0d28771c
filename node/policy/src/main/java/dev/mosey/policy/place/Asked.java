package dev.mosey.policy.place;

import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tasks whose placing the home has been asked for and may not have written yet: they still show in
 * the heads of the queue and must not be matched again. A task that vanishes from the heads has
 * been dealt with, and when it comes back it may be matched at once. Not for several threads.
 */
public final class Asked {
  private final long lapseMillis;
  private final Map<Long, Pending> pending = new HashMap<>();

  private static final class Pending {
    final BitSet positions = new BitSet();
    long atMillis;
  }

  /**
   * Nothing asked.
   *
   * @param lapseMillis after this a task that still waits is matched again
   */
  public Asked(long lapseMillis) {
    this.lapseMillis = lapseMillis;
  }

  /** The home has been asked to place these. */
  public void add(List<Assignment> assignments, long nowMillis) {
    for (Assignment assignment : assignments) {
      Pending asked = pending.computeIfAbsent(assignment.job(), job -> new Pending());
      asked.atMillis = nowMillis;
      assignment.tasks().forEach(run -> asked.positions.set(run.from(), run.to() + 1));
    }
  }

  /** What waits has changed: tasks that are no longer among the heads have been dealt with. */
  public void seen(List<QueueHead> heads) {
    // A job may have several heads.
    Map<Long, BitSet> waiting = new HashMap<>();
    for (QueueHead head : heads) {
      long job = head.id().number();
      if (pending.containsKey(job)) {
        waiting.computeIfAbsent(job, j -> new BitSet()).or(waiting(head));
      }
    }
    pending
        .entrySet()
        .removeIf(
            asked -> {
              BitSet positions = asked.getValue().positions;
              positions.and(waiting.getOrDefault(asked.getKey(), new BitSet()));
              return positions.isEmpty();
            });
  }

  /** The heads without what has been asked for already. */
  public List<QueueHead> without(List<QueueHead> heads, long nowMillis) {
    pending.values().removeIf(asked -> nowMillis - asked.atMillis > lapseMillis);
    List<QueueHead> rest = new ArrayList<>(heads.size());
    for (QueueHead head : heads) {
      Pending asked = pending.get(head.id().number());
      if (asked == null) {
        rest.add(head);
        continue;
      }
      BitSet waiting = waiting(head);
      BitSet again = (BitSet) waiting.clone();
      again.and(asked.positions);
      waiting.andNot(again);
      int left = Math.min(waiting.cardinality(), head.count() - again.cardinality());
      if (left > 0) {
        rest.add(head(head, runs(waiting), left));
      }
    }
    return rest;
  }

  private static BitSet waiting(QueueHead head) {
    BitSet waiting = new BitSet();
    head.tasks().forEach(run -> waiting.set(run.from(), run.to() + 1));
    return waiting;
  }

  private static List<Run> runs(BitSet positions) {
    List<Run> runs = new ArrayList<>();
    int from = positions.nextSetBit(0);
    while (from >= 0) {
      int after = positions.nextClearBit(from);
      runs.add(new Run(from, after - 1));
      from = positions.nextSetBit(after);
    }
    return runs;
  }

  private static QueueHead head(QueueHead head, List<Run> tasks, int count) {
    return new QueueHead(
        head.id(),
        head.spec(),
        tasks,
        count,
        head.priority(),
        head.rank(),
        head.sinceMillis(),
        head.avoid(),
        head.shun());
  }
}
