package dev.mosey.node.schedule;

import dev.mosey.node.load.LoadSnapshot;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.Underway;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The cluster as the scheduler sees it: members, loads, and what is under way. */
final class Picture {
  private static final int UNDERWAY_MAX = 20_000;

  /** By then gossip has brought something newer, or the host is silent. */
  private static final long HEARD_MILLIS = 10_000;

  private final NodeName self;
  private final Underway<Object> underway;
  private Set<NodeName> members = Set.of();
  private Set<NodeName> unreachable = Set.of();
  private LoadSnapshot loads;
  private final Map<NodeName, Heard> heard = new HashMap<>();

  /** What a host has said when it was asked. */
  private record Heard(LoadReport report, long atMillis) {
    LoadReport at(long nowMillis) {
      return report.aged(Math.max(0, nowMillis - atMillis));
    }

    boolean newerThan(LoadReport other) {
      long here = report.host().session();
      long there = other.host().session();
      return here > there || here == there && report.seq() >= other.seq();
    }
  }

  Picture(NodeName self, ScheduleSettings settings) {
    this.self = self;
    this.underway =
        new Underway<>(
            settings.visibleAfter().toMillis(), settings.movePatience().toMillis(), UNDERWAY_MAX);
  }

  void members(Set<NodeName> all, Set<NodeName> silent) {
    members = Set.copyOf(all);
    unreachable = Set.copyOf(silent);
  }

  void loads(LoadSnapshot newest) {
    loads = newest;
  }

  /** A host has answered how it is now. */
  void heard(LoadReport report, long nowMillis) {
    heard.values().removeIf(old -> nowMillis - old.atMillis() > HEARD_MILLIS);
    heard.put(report.host().node(), new Heard(report, nowMillis));
  }

  /** This node's own report, or null before there is one. */
  LoadReport own(long nowMillis) {
    return loads == null ? null : loads.own().aged(Math.max(0, nowMillis - loads.atMillis()));
  }

  boolean known() {
    return loads != null;
  }

  Underway<Object> underway() {
    return underway;
  }

  /** Whether it is this node, or another member that answers. */
  boolean answers(NodeName name) {
    return name.equals(self) || members.contains(name) && !unreachable.contains(name);
  }

  /** Every member that runs guests or may do so for all that is known, this node among them. */
  Set<NodeName> hosts() {
    Set<NodeName> hosts = new TreeSet<>(members);
    hosts.add(self);
    if (loads != null) {
      if (loads.own().slots() == 0) {
        hosts.remove(self);
      }
      for (LoadSnapshot.Known known : loads.others()) {
        if (known.report().slots() == 0) {
          hosts.remove(known.report().host().node());
        }
      }
    }
    return hosts;
  }

  /** Reports of the other members that answer. */
  List<LoadReport> others() {
    List<LoadReport> others = new ArrayList<>();
    if (loads != null) {
      for (LoadSnapshot.Known known : loads.others()) {
        if (answers(known.report().host().node())) {
          others.add(known.report());
        }
      }
    }
    return others;
  }

  /** Every node as others see it, this one first: for placing. */
  Map<NodeName, NodeState> exported(long nowMillis) {
    return states(loads == null ? null : loads.own(), nowMillis);
  }

  /** Every node, this one first and with the load it uses about itself: for sending away. */
  Map<NodeName, NodeState> believed(long nowMillis) {
    return states(loads == null ? null : loads.belief(), nowMillis);
  }

  private Map<NodeName, NodeState> states(LoadReport own, long nowMillis) {
    if (own == null) {
      return Map.of();
    }
    long since = Math.max(0, nowMillis - loads.atMillis());
    List<LoadReport> reports = new ArrayList<>();
    List<Long> known = new ArrayList<>();
    reports.add(own.aged(since));
    known.add(Long.MAX_VALUE / 2);
    for (LoadSnapshot.Known other : loads.others()) {
      if (answers(other.report().host().node())) {
        Heard said = heard.get(other.report().host().node());
        boolean newer = said != null && said.newerThan(other.report());
        reports.add(newer ? said.at(nowMillis) : other.report().aged(since));
        known.add(other.forMillis() + since);
      }
    }
    Map<NodeName, NodeState> states = new LinkedHashMap<>();
    NodeState.comparable(reports, known).forEach(state -> states.put(state.name(), state));
    Map<NodeName, NodeState> with = underway.over(states, nowMillis);
    states.replaceAll((name, state) -> with.get(name));
    return states;
  }
}
