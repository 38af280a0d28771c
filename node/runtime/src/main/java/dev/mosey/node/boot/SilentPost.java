package dev.mosey.node.boot;

import dev.mosey.node.cluster.Post;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.WireMessage;

/** The post of a host that must not be heard: not even its own home gets a report from it. */
record SilentPost(Post office) implements Post {
  @Override
  public HostId self() {
    return office.self();
  }

  @Override
  public void send(NodeName to, WireMessage message) {
    // Whoever waits for it takes it for a host that is away.
  }
}
