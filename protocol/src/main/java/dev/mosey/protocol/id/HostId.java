package dev.mosey.protocol.id;

/**
 * A host in one life of its daemon. What was placed on an earlier session of the same node runs
 * there no longer: a daemon takes up a new session only after everything of the session before has
 * been ended.
 *
 * @param node the host's name
 * @param session durably counted by the node, growing with every start of its daemon; from 1
 */
public record HostId(NodeName node, long session) implements Comparable<HostId> {
  @Override
  public int compareTo(HostId other) {
    int byName = node.compareTo(other.node);
    return byName != 0 ? byName : Long.compare(session, other.session);
  }

  @Override
  public String toString() {
    return node + "#" + session;
  }
}
