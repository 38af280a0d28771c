package dev.mosey.policy.balance;

import dev.mosey.policy.gossip.GossipPolicy;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.load.TwoLoads;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Virtual nodes that run the classes of the live ones under a virtual clock: sample and decide each
 * second, gossip each half second, moves take a while and reserve room at the target at once.
 */
final class BalanceWorld {
  static final NodeName HOME = NodeName.of("alpha");

  final Map<NodeName, Node> nodes = new TreeMap<>();
  final List<Move> moves = new ArrayList<>();
  final RandomGenerator random;
  Tunes tunes = Tunes.DEFAULTS;
  long moveMillis = 800;
  double noise;
  long now = 1_000_000;
  private int born;

  BalanceWorld(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** One move that was begun. */
  record Move(ProcessId id, NodeName from, NodeName to, long at, long residentMillis) {}

  /** One process. */
  static final class Proc {
    final ProcessId id;
    long arrivedAt;
    NodeName movingTo;
    long movedAt;

    Proc(ProcessId id, long arrivedAt) {
      this.id = id;
      this.arrivedAt = arrivedAt;
    }
  }

  /** One node. */
  static final class Node {
    final NodeName name;
    final int cores;
    final double speed;
    final int slots;
    final List<Proc> procs = new ArrayList<>();
    final LoadTable table = new LoadTable(1_024, 3);
    final Underway<ProcessId> underway = new Underway<>(500, 10_000, 1_000);
    TwoLoads loads = TwoLoads.NONE;
    int arriving;
    NodeName last;
    long seq;

    Node(NodeName name, int cores, double speed, int slots) {
      this.name = name;
      this.cores = cores;
      this.speed = speed;
      this.slots = slots;
    }

    int staying() {
      return (int) procs.stream().filter(p -> p.movingTo == null).count();
    }

    double trueLoad() {
      return Loads.load(staying() + arriving, cores, speed);
    }
  }

  Node add(String name, int cores, double speed, int slots) {
    Node node = new Node(NodeName.of(name), cores, speed, slots);
    nodes.put(node.name, node);
    return node;
  }

  void start(Node node, int count) {
    for (int i = 0; i < count; i++) {
      node.procs.add(new Proc(new ProcessId(HOME, ++born, ProcessId.SINGLE), now));
    }
  }

  void run(int seconds) {
    for (int half = 0; half < 2 * seconds; half++) {
      nodes.values().forEach(this::finishMoves);
      if (half % 2 == 0) {
        nodes.values().forEach(this::sample);
      }
      gossip();
      if (half % 2 == 1) {
        nodes.values().forEach(this::decide);
      }
      now += 500;
    }
  }

  private void finishMoves(Node node) {
    for (Proc proc : List.copyOf(node.procs)) {
      if (proc.movingTo != null && now - proc.movedAt >= moveMillis) {
        Node target = nodes.get(proc.movingTo);
        node.procs.remove(proc);
        proc.movingTo = null;
        proc.arrivedAt = now;
        target.arriving--;
        target.procs.add(proc);
      }
    }
  }

  private void sample(Node node) {
    double foreign = noise == 0 ? 0 : Math.max(0, noise * random.nextGaussian());
    node.loads = node.loads.next(node.trueLoad() + Loads.load(foreign, node.cores, node.speed));
    int running = node.procs.size() + node.arriving;
    node.table.merge(
        new LoadReport(
            new HostId(node.name, 1),
            ++node.seq,
            0,
            node.loads.exported(),
            node.speed,
            node.cores,
            node.slots,
            running,
            Resources.of(1_000, 1_000),
            16_000,
            8_000,
            0,
            0,
            0,
            "open",
            0,
            0,
            0,
            null,
            0),
        now);
  }

  private void gossip() {
    GossipPolicy policy = new GossipPolicy(6, 4, 64);
    List<NodeName> all = List.copyOf(nodes.keySet());
    for (Node node : nodes.values()) {
      List<NodeName> others = all.stream().filter(name -> !name.equals(node.name)).toList();
      NodeName target = policy.next(node.last, others, List.of(), random);
      node.last = target;
      if (target != null) {
        for (LoadReport report : policy.window(node.table, node.name, all.size(), now)) {
          nodes.get(target).table.merge(report.aged(5), now);
        }
      }
    }
  }

  private void decide(Node node) {
    Map<NodeName, NodeState> states =
        node.table.all(now).stream()
            .map(report -> NodeState.of(report, node.table.knownMillis(report.host().node(), now)))
            .collect(Collectors.toMap(NodeState::name, Function.identity()));
    NodeState own = states.remove(node.name);
    if (own == null) {
      return;
    }
    int leaving = node.procs.size() - node.staying();
    Situation situation =
        new Situation(
            own.withLoad(node.loads.own()),
            List.copyOf(node.underway.over(states, now).values()),
            node.procs.stream().map(this::candidate).toList(),
            MoveCosts.of(tunes, Map.of()),
            24 - leaving,
            false);
    Decision decision = BalancePolicy.of(tunes).decide(situation, random);
    Map<ProcessId, Proc> byId = new HashMap<>();
    node.procs.forEach(proc -> byId.put(proc.id, proc));
    for (Decision.Departure departure : decision.departures()) {
      Proc proc = byId.get(departure.id());
      moves.add(new Move(proc.id, node.name, departure.target(), now, now - proc.arrivedAt));
      proc.movingTo = departure.target();
      proc.movedAt = now;
      nodes.get(departure.target()).arriving++;
      node.underway.add(proc.id, departure.target(), departure.request(), now);
    }
  }

  private Candidate candidate(Proc proc) {
    return new Candidate(
        proc.id,
        Resources.NONE,
        now - proc.arrivedAt,
        1 << 20,
        1 << 16,
        MoveMode.CHECKPOINT,
        false,
        proc.movingTo == null,
        false,
        List.of(),
        List.of());
  }

  /** Whether some process should still move somewhere by the rule in force. */
  boolean uneven() {
    double differential = tunes.number(Tune.DIFFERENTIAL);
    for (Node from : nodes.values()) {
      for (Node to : nodes.values()) {
        double unit = Loads.load(1, to.cores, to.speed);
        double here = from.trueLoad();
        double there = to.trueLoad() + unit;
        boolean pays = Loads.slowness(there, to.speed) < 0.9 * Loads.slowness(here, from.speed);
        if (from != to
            && from.staying() > 0
            && to.procs.size() + to.arriving < to.slots
            && here - there >= differential * unit + 1e-9
            && pays
            && (tunes.text(Tune.POLICY).equals("threshold") || lowersSum(from, to))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether all slownesses together would become less, as the opportunity cost wants. */
  private static boolean lowersSum(Node from, Node to) {
    double less = sum(from, from.staying()) - sum(from, from.staying() - 1);
    double more = sum(to, to.staying() + 1) - sum(to, to.staying());
    return more < 0.95 * less;
  }

  private static double sum(Node node, int procs) {
    return procs * Loads.slowness(Loads.load(procs, node.cores, node.speed), node.speed);
  }

  void policy(boolean threshold) {
    tunes = tunes.with(Map.of("policy", threshold ? "threshold" : ""), HOME);
  }

  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    nodes.values().forEach(node -> counts.put(node.name.value(), (long) node.procs.size()));
    return counts;
  }

  Map<ProcessId, Long> movesByProcess() {
    return moves.stream().collect(Collectors.groupingBy(Move::id, Collectors.counting()));
  }
}
