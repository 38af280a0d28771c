package dev.mosey.sim.cluster;

import dev.mosey.policy.balance.MoveAudit;
import dev.mosey.policy.balance.Underway;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.TwoLoads;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** What one node knows and remembers: the state of its load monitor and of its scheduler. */
final class Brain {
  /** As {@code visible-after} of the live node. */
  private static final long VISIBLE_MILLIS = 1_500;

  /** As {@code move-patience} of the live node. */
  private static final long LAPSE_MILLIS = 600_000;

  private static final int UNDERWAY_MAX = 20_000;

  final NodeName name;
  final Machine machine;
  final Underway<Integer> underway = new Underway<>(VISIBLE_MILLIS, LAPSE_MILLIS, UNDERWAY_MAX);
  final Deque<Integer> waiting = new ArrayDeque<>();
  final Map<Integer, Long> restUntil = new HashMap<>();
  final Map<NodeName, Double> measured = new HashMap<>();
  LoadTable table;
  MoveAudit audit = MoveAudit.TRUSTING;
  NodeName told;
  int leaving;
  private final int tableCapacity;
  private TwoLoads loads = TwoLoads.NONE;
  private HostId host;
  private long seq;

  Brain(NodeName name, Machine machine, int tableCapacity) {
    this.name = name;
    this.machine = machine;
    this.tableCapacity = tableCapacity;
    this.host = new HostId(name, 1);
    this.table = new LoadTable(tableCapacity, 8);
  }

  /** After its machine came back: it knows nothing. */
  void forget() {
    table = new LoadTable(tableCapacity, 8);
    loads = TwoLoads.NONE;
    told = null;
    host = new HostId(name, host.session() + 1);
    restUntil.clear();
  }

  /** A second has passed. */
  void sample(double load) {
    loads = loads.next(load);
  }

  /** Own processes count at once where they may. */
  private void refresh(double load) {
    loads = new TwoLoads(Math.min(loads.own(), load), Math.max(loads.exported(), load));
  }

  double own(double load) {
    refresh(load);
    return loads.own();
  }

  LoadReport report(double load, long arrivingMb) {
    refresh(load);
    MachineSpec spec = machine.spec;
    return new LoadReport(
        host,
        ++seq,
        0,
        loads.exported(),
        spec.speed(),
        spec.cores(),
        spec.slots(),
        machine.running() + machine.arriving + leaving,
        LiveDriver.PLENTY,
        spec.memoryMb(),
        spec.memoryMb() - machine.memoryMb - arrivingMb,
        -1,
        -1,
        -1,
        "open",
        waiting.size(),
        0,
        0,
        null,
        0);
  }

  static Resources request(int memoryMb, boolean told) {
    return told && memoryMb > 0
        ? Resources.of(Map.of(Resources.MEMORY_MB, (double) memoryMb))
        : Resources.NONE;
  }
}
