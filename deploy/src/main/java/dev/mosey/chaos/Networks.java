package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network of its own for each node, all on one bridge on which this machine has an address as
 * well. Needs root and {@code ip}. A way is cut by a wrong address of the next machine on the link:
 * what is sent vanishes, and nobody is told.
 */
final class Networks implements AutoCloseable {
  private static final String NOBODY = "02:00:00:00:00:ff";

  private final String tag = Long.toString(ProcessHandle.current().pid(), 36);
  private final String bridge = "mcb" + tag;

  /** A part of 198.18.0.0/15, which is kept for tests of networks (RFC 2544). */
  private final String prefix =
      "198.%d.%d."
          .formatted(
              ThreadLocalRandom.current().nextInt(18, 20),
              ThreadLocalRandom.current().nextInt(256));

  private final List<String> nodes;
  private final Thread hook = new Thread(this::remove);

  /** One for each of these nodes. */
  Networks(List<String> nodes) {
    this.nodes = List.copyOf(nodes);
    Runtime.getRuntime().addShutdownHook(hook);
    ip("link add " + bridge + " type bridge");
    ip("addr add " + prefix + "1/24 dev " + bridge);
    ip("link set " + bridge + " up");
    for (String node : nodes) {
      String space = space(node);
      ip("netns add " + space);
      ip("link add %s type veth peer name eth0 netns %s".formatted(link(node), space));
      ip("link set %s master %s up".formatted(link(node), bridge));
      ip("-n %s addr add %s/24 dev eth0".formatted(space, address(node)));
      ip("-n %s link set eth0 up".formatted(space));
      ip("-n %s link set lo up".formatted(space));
    }
  }

  /** Whether this machine lets us have them. */
  static boolean arePossible() {
    return Shell.isRoot() && Shell.has("ip", "-V");
  }

  /** Where nodes reach this machine. */
  String own() {
    return prefix + 1;
  }

  /** Where a node is reached. */
  String address(String node) {
    return prefix + (nodes.indexOf(node) + 2);
  }

  /** What a command begins with that runs in the node's network. */
  List<String> within(String node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  /** What these send to the others does not arrive any more; nor do answers, unless one way. */
  void cut(Set<String> from, boolean oneWay) {
    ways(from, oneWay, "neigh replace %s lladdr " + NOBODY + " dev eth0 nud permanent");
  }

  /** It does again. */
  void mend(Set<String> from, boolean oneWay) {
    ways(from, oneWay, "neigh del %s dev eth0");
  }

  private void ways(Set<String> from, boolean oneWay, String command) {
    for (String sender : from) {
      for (String other : nodes) {
        if (!from.contains(other)) {
          ip("-n " + space(sender) + " " + command.formatted(address(other)));
          if (!oneWay) {
            ip("-n " + space(other) + " " + command.formatted(address(sender)));
          }
        }
      }
    }
  }

  private String space(String node) {
    return "mosey-chaos-" + tag + "-" + node;
  }

  private String link(String node) {
    return "mc" + nodes.indexOf(node) + tag;
  }

  private void remove() {
    for (String node : nodes) {
      Shell.run("ip", "link", "del", link(node));
      Shell.run("ip", "netns", "del", space(node));
    }
    Shell.run("ip", "link", "del", bridge);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    remove();
  }

  private static void ip(String words) {
    Shell.Said said = Shell.run(("ip " + words).split(" "));
    if (said.status() != 0) {
      throw new DemoFailure("ip " + words + ": " + said.text());
    }
  }
}
