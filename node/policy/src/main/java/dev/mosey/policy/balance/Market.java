package dev.mosey.policy.balance;

import java.util.Collection;

/**
 * What a price is relative to: all nodes that compete for the work, as far as they are known.
 *
 * @param nodes how many, 1 or more
 * @param loadScale the load that counts as full: the highest known one, rounded up to a power of
 *     two, 1 or more. It is not known beforehand how high loads will get; doubling the guess keeps
 *     the promise of the method (Amir, Awerbuch, Barak, Borgstrom, Keren, 2000).
 */
public record Market(int nodes, double loadScale) {
  /** Checks the ranges. */
  public Market {
    if (nodes < 1 || !(loadScale >= 1)) {
      throw new IllegalArgumentException(
          "a market needs nodes >= 1 and a scale >= 1, was " + nodes + ", " + loadScale);
    }
  }

  /** Of these nodes. */
  public static Market of(Collection<NodeState> states) {
    double highest = 1;
    for (NodeState state : states) {
      highest = Math.max(highest, state.load());
    }
    double scale = 1;
    while (scale < highest) {
      scale *= 2;
    }
    return new Market(Math.max(1, states.size()), scale);
  }
}
