package dev.mosey.policy.balance;

import java.util.Collection;

/**
 * What a price is relative to: all nodes that compete for the work, as far as they are known.
 *
 * @param nodes how many, 1 or more
 */
public record Market(int nodes) {
  /** Checks the range. */
  public Market {
    if (nodes < 1) {
      throw new IllegalArgumentException("a market needs a node");
    }
  }

  /** Of these nodes. */
  public static Market of(Collection<NodeState> states) {
    return new Market(Math.max(1, states.size()));
  }
}
