package dev.mosey.node.cluster;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.WireMessage;

/**
 * Sends to other nodes by name. Never blocks, never throws for a node that is away: what can't be
 * delivered is lost, and repaired by the protocol's next exchange. Safe to use from every thread.
 */
public interface Post {
  /** This node in its present session. */
  HostId self();

  /** Sends at most once; to this node's own name it is delivered here. */
  void send(NodeName to, WireMessage message);
}
