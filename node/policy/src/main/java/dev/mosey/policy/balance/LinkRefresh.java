package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Which link is to be measured next: the one whose figures are oldest, if they are old enough. One
 * at a time, and spread over the period, so that the cost is the same at all times. Pure.
 */
public final class LinkRefresh {
  private LinkRefresh() {}

  /**
   * The node to which the link is due.
   *
   * @param measuredMillis when the link to each node was measured last; absent = never
   * @param others the members that answer, this one left out
   * @param everyMillis how old figures may get; 0 = they are never measured again
   */
  public static Optional<NodeName> due(
      Map<NodeName, Long> measuredMillis,
      Collection<NodeName> others,
      long nowMillis,
      long everyMillis) {
    if (everyMillis <= 0) {
      return Optional.empty();
    }
    return others.stream()
        .filter(
            node -> {
              Long measured = measuredMillis.get(node);
              return measured == null || nowMillis - measured >= everyMillis;
            })
        .min(
            Comparator.<NodeName>comparingLong(
                    node -> measuredMillis.getOrDefault(node, Long.MIN_VALUE))
                .thenComparing(Comparator.naturalOrder()));
  }

  /**
   * How long to wait before one is looked for again: so that all are measured within the period.
   *
   * @param others how many there are
   * @param leastMillis shortest wait
   */
  public static long pauseMillis(int others, long everyMillis, long leastMillis) {
    return Math.max(leastMillis, everyMillis / (2L * Math.max(1, others)));
  }
}
