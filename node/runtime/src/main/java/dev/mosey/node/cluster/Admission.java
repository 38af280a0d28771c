package dev.mosey.node.cluster;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.Hello;
import java.util.Map;
import java.util.Objects;

/** Whether a node that presents itself may belong to the cluster. */
final class Admission {
  /** The version of the protocol that this node speaks. */
  static final int PROTOCOL = 1;

  /** The oldest version that it understands. */
  private static final int PROTOCOL_LEAST = 1;

  private Admission() {}

  /** Why a copy of a member is not let in. */
  static String copyOf(NodeName name, String address) {
    return "a node called " + name + " with the same books runs already, at " + address;
  }

  /**
   * Why the sender of a hello is not let in, in one line, or null when it is.
   *
   * @param self this node
   * @param own this node's own hello
   * @param stores identity of the books of every member, by name
   * @param from who presents itself
   * @param hello what it says
   */
  static String refusal(
      HostId self, Hello own, Map<NodeName, String> stores, HostId from, Hello hello) {
    if (hello.protocol() < PROTOCOL_LEAST) {
      return self.node()
          + " does not speak version "
          + hello.protocol()
          + " of the protocol any more; "
          + PROTOCOL_LEAST
          + " is the oldest";
    }
    String store = hello.books() == null ? null : hello.books().storeId();
    boolean likeMe = from.node().equals(self.node());
    String known = likeMe ? own.books().storeId() : stores.get(from.node());
    if (known != null && !Objects.equals(known, store)) {
      return "another node called " + from.node() + ", with other books, belongs to the cluster";
    }
    if (likeMe) {
      return copyOf(from.node(), "this address");
    }
    if (!own.settings().equals(hello.settings())) {
      return "its settings under mosd.cluster differ from those of "
          + self.node()
          + ", and all members must agree in them";
    }
    return null;
  }
}
