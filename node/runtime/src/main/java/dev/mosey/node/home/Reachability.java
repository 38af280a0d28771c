package dev.mosey.node.home;

import dev.mosey.protocol.id.NodeName;
import java.util.Set;

/**
 * Who belongs to the cluster, as this node sees it. For what users read; nothing is decided by it.
 *
 * @param members all of them
 * @param unreachable those of them that do not answer
 */
record Reachability(Set<NodeName> members, Set<NodeName> unreachable) {
  static final Reachability NOBODY = new Reachability(Set.of(), Set.of());

  /** Copies the sets. */
  Reachability {
    members = Set.copyOf(members);
    unreachable = Set.copyOf(unreachable);
  }
}
