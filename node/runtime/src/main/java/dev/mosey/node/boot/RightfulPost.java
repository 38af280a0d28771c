package dev.mosey.node.boot;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.store.BooksStore;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.WireMessage;

/**
 * The post of a home: its orders, and with them its leases, leave only while it has the right to
 * its books. A lease counts from the sending of the report that it answers, so none that leaves in
 * time is granted after the right has lapsed. What is held back is asked for again with the next
 * report.
 */
record RightfulPost(Post office, BooksStore books) implements Post {
  @Override
  public HostId self() {
    return office.self();
  }

  @Override
  public void send(NodeName to, WireMessage message) {
    if (message instanceof Orders && !books.holdsRight()) {
      return;
    }
    office.send(to, message);
  }
}
