package dev.mosey.node.cluster;

import dev.mosey.protocol.id.NodeName;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether a node joins, founds or goes on asking. It joins whoever is in a cluster. It founds one
 * only at its first start without seeds, or when a majority of the members that it remembers
 * answers that it has none, supports it, and its own name is the lowest of these; never because
 * nobody answered. At a first start with a list of seeds that has this node in it, as when all
 * nodes are given the same list, the list stands for the members remembered.
 *
 * <p>Support is what keeps two majorities, which share a node, from founding two clusters at once:
 * see {@link Support}.
 */
final class Joining {
  private Joining() {}

  /** What to do now. */
  sealed interface Step {
    /** Join the cluster of this node. */
    record Join(NodeName through) implements Step {}

    /** Begin a cluster. */
    record Found() implements Step {}

    /** Go on knocking. */
    record Wait() implements Step {}
  }

  /**
   * What is known of another node, no older than some knocks.
   *
   * @param inCluster whether it says that it is in a cluster
   * @param supportsMe whether it supports this node, by an answer to a knock that is young enough
   * @param seed whether it is at the address of a seed
   */
  record Heard(boolean inCluster, boolean supportsMe, boolean seed) {}

  /**
   * Where a node stands.
   *
   * @param self this node
   * @param remembered members met, without this node
   * @param otherSeeds how many seeds there are, without this node
   * @param amongSeeds whether this node is one of the seeds
   * @param supportsItself whether this node is free to support itself
   */
  record Standing(
      NodeName self,
      Set<NodeName> remembered,
      int otherSeeds,
      boolean amongSeeds,
      boolean supportsItself) {}

  /** Decides; {@code heard} has no hello of this node itself. */
  static Step decide(Standing standing, Map<NodeName, Heard> heard) {
    Map<NodeName, Heard> sorted = new TreeMap<>(heard);
    for (Map.Entry<NodeName, Heard> each : sorted.entrySet()) {
      if (each.getValue().inCluster()) {
        return new Step.Join(each.getKey());
      }
    }
    boolean first = standing.remembered().isEmpty();
    if (first && standing.otherSeeds() == 0) {
      return new Step.Found();
    }
    if (first && !standing.amongSeeds() || !standing.supportsItself()) {
      return new Step.Wait();
    }
    sorted
        .entrySet()
        .removeIf(
            each ->
                first ? !each.getValue().seed() : !standing.remembered().contains(each.getKey()));
    boolean lowest =
        sorted.keySet().stream().allMatch(other -> standing.self().compareTo(other) < 0);
    long supporters = 1 + sorted.values().stream().filter(Heard::supportsMe).count();
    int electors = 1 + (first ? standing.otherSeeds() : standing.remembered().size());
    return lowest && supporters * 2 > electors ? new Step.Found() : new Step.Wait();
  }
}
