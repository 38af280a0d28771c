package dev.mosey.node.cluster;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Hello;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who belongs to the cluster, as this node sees it at one moment. It proves nothing about what runs
 * where: the lease does.
 *
 * @param self this node
 * @param member whether this node is a member itself
 * @param nodes every member, and every node that was one and is remembered, by name
 */
public record MembershipView(NodeName self, boolean member, Map<NodeName, Node> nodes) {
  /** Copies the map, sorted by name. */
  public MembershipView {
    nodes = java.util.Collections.unmodifiableMap(new TreeMap<>(nodes));
  }

  /**
   * A node that is known.
   *
   * @param name of it
   * @param address HOST:PORT between nodes, where it is or was last
   * @param member whether it is a member now
   * @param reachable whether it is a member and answers
   * @param awaySinceMillis epoch milliseconds since when it has not been reachable; 0 while it is
   * @param hello what it said of itself, or null when it has not yet
   */
  public record Node(
      NodeName name,
      String address,
      boolean member,
      boolean reachable,
      long awaySinceMillis,
      Hello hello) {}

  /** The members, by name. */
  public Set<NodeName> members() {
    return names(true);
  }

  /** The members that don't answer now. */
  public Set<NodeName> unreachable() {
    Set<NodeName> unreachable = members();
    unreachable.removeIf(name -> nodes.get(name).reachable());
    return unreachable;
  }

  /** Those that were members, may come back, and are not there now. */
  public Set<NodeName> away() {
    return names(false);
  }

  private Set<NodeName> names(boolean members) {
    Set<NodeName> names = new TreeSet<>();
    for (Node node : nodes.values()) {
      if (node.member() == members) {
        names.add(node.name());
      }
    }
    return names;
  }
}
