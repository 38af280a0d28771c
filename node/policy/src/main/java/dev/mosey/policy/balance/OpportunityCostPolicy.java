package dev.mosey.policy.balance;

import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.random.RandomGenerator;

/**
 * The opportunity cost of processor and memory together (Amir, Awerbuch, Barak, Borgstrom, Keren:
 * An opportunity cost approach for job assignment in a scalable computing cluster, 2000). A node
 * costs n^(processor used) + n^(memory used), n being the number of nodes and both in parts of what
 * there is; a process goes where it raises that sum least. So a resource that is nearly used up is
 * dear, whichever it is, and a machine with idle cores and no memory attracts nobody.
 *
 * <p>A running process moves when the sum over all nodes becomes less by it, when the differential
 * is crossed as in {@link ThresholdPolicy}, and when the time it would gain exceeds the measured
 * cost of the move by the margin: the authors' greedy rule with a price on each move.
 *
 * @param tunes thresholds in force
 */
public record OpportunityCostPolicy(Tunes tunes) implements BalancePolicy {
  /** Cost of one resource is bounded, so that sums stay finite: n^u of nobody is compared there. */
  private static final double USED_MOST = 32;

  @Override
  public double price(NodeState node, Resources request, Market market) {
    return marginal(node, Loads.demand(request), request.memoryMb(), market);
  }

  @Override
  public Decision decide(Situation situation, RandomGenerator random) {
    return new BalanceRound(tunes, OpportunityCostPolicy::gain, situation, random).decide();
  }

  /** What the node costs more with so much more work and memory. */
  private static double marginal(NodeState node, double demand, double memoryMb, Market market) {
    double base = Math.max(2, market.nodes());
    double after = node.load() + Loads.load(demand, node.cores(), node.speed());
    double processor =
        power(base, Loads.slowness(after, node.speed()) / market.loadScale())
            - power(base, node.load() / market.loadScale());
    double total = node.memoryTotalMb();
    if (total <= 0) {
      return processor;
    }
    double used = total - node.memoryFreeMb();
    return processor + power(base, (used + memoryMb) / total) - power(base, used / total);
  }

  private static double power(double base, double used) {
    return Math.pow(base, Math.clamp(used, 0, USED_MOST));
  }

  private static double gain(NodeState self, Candidate candidate, NodeState target, Market market) {
    double demand = Loads.demand(candidate.request());
    double memoryMb = Math.max(candidate.request().memoryMb(), candidate.rssMb());
    NodeState without =
        self.without(Loads.load(demand, self.cores(), self.speed()), Math.round(memoryMb));
    double here = marginal(without, demand, memoryMb, market);
    double there = marginal(target, demand, memoryMb, market);
    return there >= here ? 0 : ThresholdPolicy.gain(self, candidate, target, market);
  }
}
