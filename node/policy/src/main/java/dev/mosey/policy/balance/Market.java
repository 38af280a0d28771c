package dev.mosey.policy.balance;

import java.util.Collection;

/**
 * What a price is relative to: all nodes that compete for the work, as far as they are known.
 *
 * @param nodes how many, 1 or more
 * @param usualMemoryMb memory in use for each process, on average; 0 = not known
 */
public record Market(int nodes, double usualMemoryMb) {
  /** Checks the range. */
  public Market {
    if (nodes < 1) {
      throw new IllegalArgumentException("a market needs a node");
    }
  }

  /** Where nothing is known of memory. */
  public Market(int nodes) {
    this(nodes, 0);
  }

  /** Of these nodes. */
  public static Market of(Collection<NodeState> states) {
    double used = 0;
    long running = 0;
    for (NodeState state : states) {
      if (state.memoryTotalMb() > 0) {
        used += state.memoryTotalMb() - state.memoryFreeMb();
        running += state.running();
      }
    }
    return new Market(Math.max(1, states.size()), running > 0 ? Math.max(0, used) / running : 0);
  }
}
