package dev.mosey.node.cluster;

import dev.mosey.protocol.id.NodeName;
import java.util.Collection;

/**
 * Whom a node outside supports as founder of a cluster: the lowest name that it has heard of
 * lately, and nobody else for a while. A supporter is bound for longer, from its answer, than the
 * founder counts on it, from its question; so of two founders who need the same supporter only one
 * gets it in time. A plain object of one actor.
 */
final class Support {
  private final long boundMillis;
  private NodeName supported;
  private long boundUntilMillis;

  /**
   * Bound to nobody.
   *
   * @param boundMillis how long support binds
   */
  Support(long boundMillis) {
    this.boundMillis = boundMillis;
  }

  /**
   * Whom this node supports, from now on for the time that binds, itself excepted: its own founding
   * takes no time. Null when it is still bound to another one than the lowest candidate.
   *
   * @param self this node
   * @param others names heard of lately
   * @param nowMillis on a clock that only goes forward
   */
  NodeName give(NodeName self, Collection<NodeName> others, long nowMillis) {
    NodeName lowest =
        others.stream()
            .filter(other -> other.compareTo(self) < 0)
            .min(NodeName::compareTo)
            .orElse(self);
    if (!free(nowMillis) && !lowest.equals(supported)) {
      return null;
    }
    if (!lowest.equals(self)) {
      supported = lowest;
      boundUntilMillis = nowMillis + boundMillis;
    }
    return lowest;
  }

  /** Whether it is bound to nobody. */
  boolean free(long nowMillis) {
    return supported == null || nowMillis >= boundUntilMillis;
  }
}
