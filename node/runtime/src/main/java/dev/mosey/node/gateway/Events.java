package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What happens, for those who watch. Two bounded logs: {@code own} is what other nodes ask for, the
 * jobs of this home and the moves from this host; {@code all} is what clients of this node follow:
 * the same of every node, and who comes and goes as this node sees it. Safe to use from every
 * thread.
 */
public final class Events {
  private final NodeName self;
  private final InstantSource clock;
  private final EventLog own;
  private final EventLog all;
  private Set<NodeName> up = new TreeSet<>();

  /**
   * No events yet.
   *
   * @param self this node in its present session
   * @param kept most events that are kept, in each log
   * @param clock for what has no time of its own
   */
  public Events(HostId self, int kept, InstantSource clock) {
    this.self = self.node();
    this.clock = clock;
    this.own = new EventLog(self.node().value(), self.session(), kept);
    this.all = new EventLog(self.node().value(), self.session(), kept);
  }

  EventLog own() {
    return own;
  }

  EventLog all() {
    return all;
  }

  /** News of this node's home. */
  public void told(List<EventView> news) {
    for (EventView event : news) {
      own.add(event);
      all.add(event);
    }
  }

  /** A line of this node's move ledger. */
  public void moved(MoveView move) {
    Instant at = move.at() == null ? clock.instant() : move.at();
    told(
        List.of(
            MoveView.TUNED.equals(move.reason())
                ? EventView.tuned(at, self.value(), move.outcome())
                : EventView.move(at, self.value(), move)));
  }

  /** The membership, whenever it is another one. */
  public synchronized void membership(MembershipView view) {
    Set<NodeName> now = new TreeSet<>();
    for (MembershipView.Node node : view.nodes().values()) {
      if (node.member() && node.reachable()) {
        now.add(node.name());
      }
    }
    now.stream().filter(node -> !up.contains(node)).forEach(node -> node("node-up", node));
    up.stream().filter(node -> !now.contains(node)).forEach(node -> node("node-away", node));
    up = now;
  }

  private void node(String event, NodeName node) {
    all.add(EventView.node(event, clock.instant(), self.value(), node.value()));
  }

  /** News of another node. */
  void heard(List<EventView> news) {
    news.forEach(all::add);
  }

  /** Events of another node are lost. */
  void missed(NodeName node, String why) {
    all.add(EventView.reread(clock.instant(), node.value(), why));
  }
}
