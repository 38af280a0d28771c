package dev.mosey.sim.gossip;

import dev.mosey.policy.gossip.GossipFormulas;
import dev.mosey.policy.gossip.GossipPolicy;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Many nodes that do nothing but gossip, by the classes of the live node. Each takes its step at a
 * moment of its own within each step's time, as nodes that start at any moment do; a message
 * arrives at once, since the formulas count no latency.
 */
public final class GossipTrial {
  private static final long STEP_MILLIS = 1_000;

  private final int nodes;
  private final GossipPolicy policy;
  private final RandomGenerator random;
  private final List<NodeName> names = new ArrayList<>();
  private final List<List<NodeName>> others = new ArrayList<>();
  private final List<LoadTable> tables = new ArrayList<>();
  private final long[] phases;
  private final int[] order;
  private final NodeName[] last;
  private long step;

  /**
   * Ages in steps.
   *
   * @param average of everything that a node knows, its own report counting as 0 steps old
   * @param maximal the oldest that a node knows, averaged over the nodes
   */
  public record Ages(double average, double maximal) {}

  /**
   * One line of the table.
   *
   * @param nodes N
   * @param window W
   * @param measured in virtual time
   * @param promised by the formulas
   * @param steps over which it was measured
   */
  public record Line(int nodes, int window, Ages measured, Ages promised, int steps) {
    /** How far the measured average is off, as a part of the promised one. */
    public double averageOff() {
      return measured.average() / promised.average() - 1;
    }

    /** How far the measured maximum is off the formula as published, as a part of that. */
    public double maximalOffPublished() {
      return measured.maximal() / GossipFormulas.maximalAgePublished(window, nodes) - 1;
    }

    /** How far the measured maximum is off, as a part of the promised one. */
    public double maximalOff() {
      return measured.maximal() / promised.maximal() - 1;
    }
  }

  private GossipTrial(int nodes, int window, long seed) {
    this.nodes = nodes;
    this.policy = new GossipPolicy(1, window, window);
    this.random = new SplittableRandom(seed);
    this.phases = new long[nodes];
    this.order = new int[nodes];
    this.last = new NodeName[nodes];
    List<long[]> byPhase = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      names.add(NodeName.of("n" + i));
      tables.add(new LoadTable(nodes, 0));
      byPhase.add(new long[] {random.nextLong(STEP_MILLIS), i});
    }
    byPhase.sort((a, b) -> Long.compare(a[0], b[0]));
    for (int i = 0; i < nodes; i++) {
      order[i] = (int) byPhase.get(i)[1];
      phases[i] = byPhase.get(i)[0];
      List<NodeName> rest = new ArrayList<>(names);
      rest.remove(i);
      others.add(rest);
    }
  }

  /**
   * Runs until the ages are steady, then measures.
   *
   * @param nodes N, 2 or more
   * @param window W, 1 or more
   * @param steps how many are measured, 1 or more; 1.5 times the promised maximal age comes before
   *     them, and 20 steps
   */
  public static Line measure(int nodes, int window, int steps, long seed) {
    Ages promised =
        new Ages(
            GossipFormulas.averageAge(window, nodes), GossipFormulas.maximalAge(window, nodes));
    GossipTrial trial = new GossipTrial(nodes, window, seed);
    trial.run(20 + (int) Math.ceil(1.5 * promised.maximal()));
    double average = 0;
    double maximal = 0;
    for (int i = 0; i < steps; i++) {
      trial.run(1);
      Ages now = trial.ages();
      average += now.average();
      maximal += now.maximal();
    }
    return new Line(nodes, window, new Ages(average / steps, maximal / steps), promised, steps);
  }

  private void run(int steps) {
    for (int i = 0; i < steps; i++) {
      for (int turn = 0; turn < nodes; turn++) {
        tell(order[turn], step * STEP_MILLIS + phases[turn]);
      }
      step++;
    }
  }

  private void tell(int node, long now) {
    LoadTable table = tables.get(node);
    NodeName self = names.get(node);
    table.merge(report(self), now);
    NodeName target = policy.next(last[node], others.get(node), List.of(), random);
    last[node] = target;
    LoadTable there = tables.get(Integer.parseInt(target.value().substring(1)));
    for (LoadReport report : policy.window(table, self, nodes, now)) {
      if (!report.host().node().equals(target)) {
        there.merge(report, now);
      }
    }
  }

  private LoadReport report(NodeName self) {
    return new LoadReport(
        new HostId(self, 1),
        step + 1,
        0,
        0,
        1,
        1,
        1,
        0,
        Resources.NONE,
        0,
        0,
        0,
        0,
        0,
        "open",
        0,
        0,
        0,
        null,
        0);
  }

  private Ages ages() {
    long now = step * STEP_MILLIS;
    double average = 0;
    double maximal = 0;
    for (int node = 0; node < nodes; node++) {
      LoadTable table = tables.get(node);
      double own = table.get(names.get(node), now).ageMillis();
      average += (table.averageAgeMillis(now) * table.size() - own) / nodes;
      maximal += table.maximalAgeMillis(now);
    }
    return new Ages(average / nodes / STEP_MILLIS, maximal / nodes / STEP_MILLIS);
  }
}
