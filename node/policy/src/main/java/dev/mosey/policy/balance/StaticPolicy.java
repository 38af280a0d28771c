package dev.mosey.policy.balance;

import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Places and moves nothing: the baselines that moving must beat. By price it is {@code static}, by
 * chance {@code random}, by turn {@code round-robin}.
 *
 * @param placing how it places
 */
public record StaticPolicy(PlacingOrder placing) implements BalancePolicy {
  @Override
  public double price(NodeState node, Resources request, Market market) {
    return Loads.slowness(node.loadAfter(request), node.speed());
  }

  @Override
  public boolean quiet(NodeState self, LoadTable known, double demand) {
    return true;
  }

  @Override
  public Decision decide(Situation situation, RandomGenerator random) {
    Map<ProcessId, Stay> stays =
        situation.candidates().stream()
            .map(Candidate::id)
            .collect(
                Collectors.toMap(
                    Function.identity(), id -> Stay.because(StayReason.POLICY_STATIC)));
    return new Decision(List.of(), stays);
  }
}
