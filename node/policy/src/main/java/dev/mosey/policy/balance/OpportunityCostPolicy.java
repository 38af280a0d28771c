package dev.mosey.policy.balance;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.random.RandomGenerator;

/**
 * The opportunity cost of processor and memory together, after Amir, Awerbuch, Barak, Borgstrom,
 * Keren: An opportunity cost approach for job assignment in a scalable computing cluster (2000). A
 * process goes where it raises the cost of all least; so a resource that is nearly used up is dear,
 * whichever it is, and a machine with idle cores and no memory attracts nobody.
 *
 * <p>Memory costs n^u as there, n being the number of nodes. For the processor the authors use
 * n^(load / L) too, L being the highest load, since they bound the worst load. What users feel is
 * the slowness of each process, and its sum over a node's processes is convex by itself: therefore
 * the processor costs that sum. The simulator has both; this one wins by far ({@code mosim paper
 * opportunity-cost}).
 *
 * <p>A running process moves when the sum over all nodes becomes less by it, when the differential
 * is crossed as in {@link ThresholdPolicy}, and when the time it would gain exceeds the measured
 * cost of the move by the margin: the authors' greedy rule with a price on each move.
 *
 * @param tunes thresholds in force
 */
public record OpportunityCostPolicy(Tunes tunes) implements BalancePolicy {
  /**
   * Memory costs nothing worth mentioning until its last eighth, 1 there, and n when it is full:
   * free memory gains nothing by staying free, but what does not fit slows everyone down at once.
   */
  private static final double STEEPNESS = 8;

  /** How many times slower a machine is taken to run whose memory does not suffice. */
  private static final double SLOW_WITHOUT_MEMORY = 10;

  /** Cost of one resource is bounded, so that sums stay finite: n^u of nobody is compared there. */
  private static final double USED_MOST = 32;

  @Override
  public double price(NodeState node, Resources request, Market market) {
    double memoryMb = request.memoryMb();
    return marginal(node, Loads.demand(request), memoryMb, market)
        + (memoryMb > 0 ? 0 : risk(node, market));
  }

  /**
   * What a process may do to a node that did not say how much memory it needs. By Markov's
   * inequality at most usual / free of all need more than is free, and then the node is slow. The
   * usual amount is what processes use on average, but no more than the share of one slot: what the
   * machine uses for itself is counted among it.
   */
  private static double risk(NodeState node, Market market) {
    if (node.memoryTotalMb() <= 0) {
      return 0;
    }
    double share = node.memoryTotalMb() / (double) Math.max(1, node.slots());
    double usual = Math.min(market.usualMemoryMb(), share);
    return SLOW_WITHOUT_MEMORY * Math.min(1, usual / Math.max(1, node.memoryFreeMb()));
  }

  @Override
  public boolean quiet(NodeState self, LoadTable known, double demand) {
    return BalanceRound.quiet(tunes, self, known, demand);
  }

  @Override
  public Decision decide(Situation situation, RandomGenerator random) {
    return new BalanceRound(tunes, OpportunityCostPolicy::gain, situation, random).decide();
  }

  /** What the node costs more with so much more work and memory. */
  private static double marginal(NodeState node, double demand, double memoryMb, Market market) {
    return processor(node, demand) + memory(node, memoryMb, market);
  }

  /** What one more process takes from all that compute there, itself included, in slownesses. */
  private static double processor(NodeState node, double demand) {
    double capacity = node.cores() * node.speed();
    double work = node.load() * capacity;
    double after = (work + demand) / capacity;
    return (work + demand) * Loads.slowness(after, node.speed())
        - work * Loads.slowness(node.load(), node.speed());
  }

  /** What it takes of the memory. */
  private static double memory(NodeState node, double memoryMb, Market market) {
    double total = node.memoryTotalMb();
    if (total <= 0) {
      return 0;
    }
    double base = Math.max(2, market.nodes());
    double used = total - node.memoryFreeMb();
    return power(base, 1 + STEEPNESS * ((used + memoryMb) / total - 1))
        - power(base, 1 + STEEPNESS * (used / total - 1));
  }

  private static double power(double base, double used) {
    return Math.pow(base, Math.min(used, USED_MOST));
  }

  private static double gain(NodeState self, Candidate candidate, NodeState target, Market market) {
    double demand = Loads.demand(candidate.request());
    double memoryMb = Math.max(candidate.request().memoryMb(), candidate.rssMb());
    NodeState without =
        self.without(Loads.load(demand, self.cores(), self.speed()), Math.round(memoryMb));
    double keptMemory = memory(without, memoryMb, market);
    double takenMemory = memory(target, memoryMb, market);
    double here = processor(without, demand) + keptMemory;
    double there = processor(target, demand) + takenMemory;
    if (there >= here) {
      return 0;
    }
    double slowHere = Loads.slowness(self.load(), self.speed()) + keptMemory;
    double slowThere =
        Loads.slowness(target.loadAfter(candidate.request()), target.speed()) + takenMemory;
    // Scarce memory counts as slowness: nobody can tell how slow a node without memory will be.
    return 1 - slowThere / slowHere;
  }
}
