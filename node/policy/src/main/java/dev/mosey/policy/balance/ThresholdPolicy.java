package dev.mosey.policy.balance;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.random.RandomGenerator;

/**
 * MOSIX's rule with a price on it. A process leaves when the target, after its arrival, would still
 * be less loaded than this node by the differential, counted in loads that one more process adds
 * there (MOSIX's stability factor of 130 % is a differential of 0.3); and when the time it would
 * gain exceeds what the move costs it by the margin. After such a move the way back is closed: the
 * target's load is under what this node's was, so the same rule refuses the reverse.
 *
 * <p>Predicted gain: remaining time (see {@link Candidate#remainingSeconds}) x (1 - slowness there
 * / slowness here), where slowness is the seconds needed for one second's work. So nothing moves
 * between two nodes with cores to spare and of one speed, however their loads differ.
 *
 * <p>Against herds: where several nodes see the same room, each sends on average its part of it, to
 * targets drawn by their room; where only this node sends, it fills the best target first.
 *
 * <p>Memory goes before load: with less than {@code memory-low} free, processes leave until {@code
 * memory-high} is reached, whatever the loads and the gain, for nodes that stay above {@code
 * memory-low} themselves.
 *
 * @param tunes thresholds in force
 */
public record ThresholdPolicy(Tunes tunes) implements BalancePolicy {
  @Override
  public double price(NodeState node, Resources request, Market market) {
    return Loads.slowness(node.loadAfter(request), node.speed());
  }

  @Override
  public boolean quiet(NodeState self, LoadTable known, double demand) {
    return BalanceRound.quiet(tunes, self, known, demand);
  }

  @Override
  public Decision decide(Situation situation, RandomGenerator random) {
    return new BalanceRound(tunes, ThresholdPolicy::gain, situation, random).decide();
  }

  /** The part of its remaining time that a process would save there. */
  static double gain(NodeState self, Candidate candidate, NodeState target, Market market) {
    double here = Loads.slowness(self.load(), self.speed());
    double there = Loads.slowness(target.loadAfter(candidate.request()), target.speed());
    return 1 - there / here;
  }
}
