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
 * @param caution by how much more than usual a move must gain, 1 or more: {@link MoveAudit#caution}
 */
public record Situation(
    NodeState self,
    List<NodeState> peers,
    List<Candidate> candidates,
    MoveCosts costs,
    int movesFree,
    boolean stay,
    double caution) {
  /** Copies the lists. */
  public Situation {
    peers = List.copyOf(peers);
    candidates = List.copyOf(candidates);
    if (!(caution >= 1)) {
      throw new IllegalArgumentException("caution is 1 or more, was " + caution);
    }
  }

  /** Of a node whose moves have paid. */
  public Situation(
      NodeState self,
      List<NodeState> peers,
      List<Candidate> candidates,
      MoveCosts costs,
      int movesFree,
      boolean stay) {
    this(self, peers, candidates, costs, movesFree, stay, 1);
  }
}
