package dev.mosey.policy.balance;

import java.util.List;

/**
 * All that a round of balancing may look at.
 *
 * @param self this node with the load it uses about itself; what is leaving is no longer counted
 * @param peers the other nodes that are members and answer, with what is on its way there
 * @param candidates what runs here
 * @param costs what moves cost
 * @param movesFree how many moves more may be under way from here, 0 or more
 * @param stay whether this node was told to keep its processes
 */
public record Situation(
    NodeState self,
    List<NodeState> peers,
    List<Candidate> candidates,
    MoveCosts costs,
    int movesFree,
    boolean stay) {
  /** Copies the lists. */
  public Situation {
    peers = List.copyOf(peers);
    candidates = List.copyOf(candidates);
  }
}
