package dev.mosey.policy.books;

import dev.mosey.protocol.id.NodeName;
import java.util.ArrayList;
import java.util.List;

/**
 * When nodes were lost, and what of this home ran there: it tells a process that kills nodes from
 * one that was there when a whole rack lost its power. Derived from the journal alone.
 */
final class LostNodes {
  /** So many losses are remembered, the newest. Part of the format, so no configuration. */
  private static final int KEPT = 200;

  /** Notes about one loss may be so far apart: they are computed from two clocks. */
  private static final long SAME_MILLIS = 1_000;

  private final List<BooksSnapshot.LostPart> newest = new ArrayList<>();

  LostNodes() {}

  LostNodes(List<BooksSnapshot.LostPart> parts) {
    newest.addAll(parts);
  }

  List<BooksSnapshot.LostPart> snapshot() {
    return List.copyOf(newest);
  }

  /** The node was lost, whatever ran there. */
  void note(NodeName node, long atMillis) {
    if (find(node, atMillis) < 0) {
      newest.add(new BooksSnapshot.LostPart(node, atMillis, List.of()));
      if (newest.size() > KEPT) {
        newest.removeFirst();
      }
    }
  }

  /** The node was lost, and a task of this job ran there. */
  void note(NodeName node, long atMillis, long job) {
    note(node, atMillis);
    int at = find(node, atMillis);
    BooksSnapshot.LostPart part = newest.get(at);
    if (!part.jobs().contains(job)) {
      List<Long> jobs = new ArrayList<>(part.jobs());
      jobs.add(job);
      newest.set(at, new BooksSnapshot.LostPart(node, part.atMillis(), jobs));
    }
  }

  private int find(NodeName node, long atMillis) {
    for (int i = newest.size() - 1; i >= 0; i--) {
      BooksSnapshot.LostPart part = newest.get(i);
      if (part.node().equals(node) && Math.abs(part.atMillis() - atMillis) <= SAME_MILLIS) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Whether another node on which nothing of the job ran was lost at about the same time: then
   * something else than the job took both.
   *
   * @param withinMillis how far apart "the same time" may be
   */
  boolean hasOtherCause(long job, Element.Loss loss, long withinMillis) {
    return newest.stream()
        .anyMatch(
            other ->
                !other.node().equals(loss.node())
                    && Math.abs(other.atMillis() - loss.atMillis()) <= withinMillis
                    && !other.jobs().contains(job));
  }
}
