package dev.mosey.node.cluster;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Hello;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a node joins, founds or goes on asking. It joins whoever is in a cluster. It founds one
 * only at its first start without seeds, or when a majority of the members that it remembers
 * answers that it has none and its own name is the lowest of these; never because nobody answered.
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
   * Decides.
   *
   * @param self this node
   * @param remembered members met, without this node
   * @param others how many addresses there are to ask
   * @param answers fresh hellos, by name
   */
  static Step decide(
      NodeName self, Set<NodeName> remembered, int others, Map<NodeName, Hello> answers) {
    for (Map.Entry<NodeName, Hello> answer : answers.entrySet()) {
      if (answer.getValue().inCluster()) {
        return new Step.Join(answer.getKey());
      }
    }
    if (remembered.isEmpty() && others == 0) {
      return new Step.Found();
    }
    Set<NodeName> needed = new TreeSet<>(remembered);
    needed.add(self);
    Set<NodeName> none = new TreeSet<>(answers.keySet());
    none.add(self);
    none.retainAll(needed);
    boolean majority = !remembered.isEmpty() && none.size() * 2 > needed.size();
    return majority && none.iterator().next().equals(self) ? new Step.Found() : new Step.Wait();
  }
}
