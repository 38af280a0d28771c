package dev.mosey.node.home;

import dev.mosey.protocol.id.NodeName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What waits for the next write. Bounded: of what repeats itself (reports, ticks, memberships) only
 * the newest is kept, and of what users ask only so many.
 */
final class Pending {
  /** What is kept once only. */
  sealed interface Slot {
    /** The report of a host. */
    record OfHost(NodeName node) implements Slot {}

    /** The lapse of time. */
    record Time() implements Slot {}
  }

  private final int max;
  private final Map<Slot, BatchItem> newest = new LinkedHashMap<>();
  private final Deque<BatchItem> queue = new ArrayDeque<>();

  Pending(int max) {
    this.max = max;
  }

  /** Replaces what was there in this slot. */
  void put(Slot slot, BatchItem item) {
    newest.put(slot, item);
  }

  /** Adds at the end; false when there are too many already. */
  boolean offer(BatchItem item) {
    return queue.size() < max && queue.offer(item);
  }

  /** Adds at the end, whatever the bound: what the node itself asks for is bounded elsewhere. */
  void add(BatchItem item) {
    queue.add(item);
  }

  /** Puts what was taken before everything else, in its order. */
  void putBack(List<BatchItem> items) {
    for (BatchItem item : items.reversed()) {
      queue.addFirst(item);
    }
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return newest.isEmpty() && queue.isEmpty();
  }

  /** How many wait in the queue. */
  int size() {
    return queue.size();
  }

  /**
   * Takes what is to go into the next record: first what frees hosts and places, then what users
   * ask, at most {@code count} of each.
   */
  List<BatchItem> take(int count) {
    List<BatchItem> taken = new ArrayList<>();
    var oldest = newest.values().iterator();
    while (oldest.hasNext() && taken.size() < count) {
      taken.add(oldest.next());
      oldest.remove();
    }
    for (int i = 0; i < count && !queue.isEmpty(); i++) {
      taken.add(queue.poll());
    }
    return taken;
  }

  /** Takes the first of all; nothing when there is none. */
  List<BatchItem> takeOne() {
    return queue.isEmpty() ? take(1) : List.of(queue.poll());
  }
}
