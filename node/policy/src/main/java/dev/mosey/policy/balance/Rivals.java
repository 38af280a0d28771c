package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who else would fill the same room now. Every node decides by itself from nearly the same table;
 * without this, ten busy nodes would all send to the one that is free.
 *
 * @param count how many other nodes would send to the best target
 * @param part how many usual processes this node sends in this round: its part of the room that the
 *     targets have until they are as loaded as the average, by what each sender has above it
 * @param level the average load
 */
record Rivals(int count, double part, double level) {
  static final Rivals NONE = new Rivals(0, Double.MAX_VALUE, 0);

  /**
   * What a sender is believed to send that is under the average itself: little, but not nothing,
   * since those above it may be unable to send.
   */
  private static final double SURPLUS_MIN = 0.1;

  static Rivals of(
      NodeState self,
      List<NodeState> peers,
      List<NodeState> targets,
      double differential,
      long roundMillis) {
    if (targets.isEmpty()) {
      return NONE;
    }
    NodeState best = targets.getFirst();
    double wanted = best.load() + best.unit() * (1 + differential);
    List<NodeState> rivals =
        peers.stream()
            .filter(peer -> !peer.name().equals(best.name()) && peer.load() >= wanted)
            .toList();
    if (rivals.isEmpty()) {
      return NONE;
    }
    double work = self.load() / self.unit();
    double capacity = 1 / self.unit();
    for (NodeState peer : peers) {
      work += peer.load() / peer.unit();
      capacity += 1 / peer.unit();
    }
    double level = work / capacity;
    double room = 0;
    for (NodeState target : targets) {
      if (self.load() >= target.load() + target.unit() * (1 + differential)) {
        room += roomOf(target, level);
      }
    }
    double own = surplus(self, level);
    double all = own;
    for (NodeState rival : rivals) {
      all += surplus(rival, level);
    }
    // What the others sent since the best target reported is not seen yet: so many rounds share the
    // room.
    double rounds = 1 + best.ageMillis() / (double) roundMillis;
    return new Rivals(rivals.size(), Math.min(own, room * own / all) / rounds, level);
  }

  private static double surplus(NodeState node, double level) {
    return Math.max(SURPLUS_MIN, (node.load() - level) / node.unit());
  }

  private static double roomOf(NodeState target, double level) {
    return Math.max(1, Math.floor((level - target.load()) / target.unit() + 1e-9));
  }

  /** How many this node sends: its part of the room, rounded by chance so that the sum is right. */
  int share(RandomGenerator random) {
    if (count == 0) {
      return Integer.MAX_VALUE;
    }
    int whole = (int) Math.min(part, Integer.MAX_VALUE / 2.0);
    return whole + (random.nextDouble() < part - whole ? 1 : 0);
  }

  /**
   * One of the targets that are under this node's load; null without rivals. The less loaded of two
   * drawn by their room: chance keeps the rivals apart, the choice keeps the targets even.
   */
  NodeName draw(List<NodeState> targets, NodeState self, RandomGenerator random) {
    if (count == 0) {
      return null;
    }
    List<NodeState> under =
        targets.stream().filter(target -> target.load() + target.unit() <= self.load()).toList();
    NodeState one = drawOne(under, random);
    NodeState other = drawOne(under, random);
    if (one == null) {
      return null;
    }
    return one.load() + one.unit() <= other.load() + other.unit() ? one.name() : other.name();
  }

  private NodeState drawOne(List<NodeState> targets, RandomGenerator random) {
    double sum = 0;
    for (NodeState target : targets) {
      sum += roomOf(target, level);
    }
    double drawn = random.nextDouble() * sum;
    NodeState last = null;
    for (NodeState target : targets) {
      last = target;
      drawn -= roomOf(target, level);
      if (drawn <= 0) {
        break;
      }
    }
    return last;
  }
}
