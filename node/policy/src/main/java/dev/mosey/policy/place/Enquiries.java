package dev.mosey.policy.place;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Market;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.PlacingOrder;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Whom a home asks how they are now, before it places. What gossip tells of a thousand nodes is
 * seconds old; who of the likeliest few has room now, one round trip tells. (The power of a few
 * choices over one: Mitzenmacher 2001; here the few are not drawn evenly but by what is known.)
 */
public final class Enquiries {
  private Enquiries() {}

  /**
   * The hosts to ask; none when what is known will do.
   *
   * @param policy by whose order and price the home places
   * @param home where the queue is; it knows about itself
   * @param states the hosts that may take the process by what is known of them
   * @param invited whether an invitation of that host stands
   * @param tasks how many are to be placed, at least 1
   * @param most how many to ask at most; 0 = nobody
   */
  public static List<NodeName> whom(
      BalancePolicy policy,
      NodeName home,
      Collection<NodeState> states,
      Predicate<NodeName> invited,
      Resources request,
      int tasks,
      int most,
      RandomGenerator random) {
    List<NodeState> fitting = states.stream().filter(state -> state.fits(request)).toList();
    if (most == 0
        || policy.placing() != PlacingOrder.PRICE
        || tasks == 1 && nobodyIsBetter(policy, home, fitting, invited, request)) {
      return List.of();
    }
    boolean choice = fitting.size() > 1;
    List<NodeName> order = Ranking.of(policy, home, fitting, request, 0, random);
    return order.subList(0, Math.min(most, order.size())).stream()
        .filter(name -> !name.equals(home))
        .filter(name -> !invited.test(name) || choice && old(fitting, name))
        .toList();
  }

  private static boolean old(List<NodeState> states, NodeName name) {
    return states.stream()
        .anyMatch(state -> state.name().equals(name) && state.ageMillis() > Ranking.FRESH_MILLIS);
  }

  /** Whether no other could be better than the home, even if nothing ran there. */
  private static boolean nobodyIsBetter(
      BalancePolicy policy,
      NodeName home,
      List<NodeState> states,
      Predicate<NodeName> invited,
      Resources request) {
    Market market = Market.of(states);
    double own = Double.POSITIVE_INFINITY;
    double others = Double.POSITIVE_INFINITY;
    for (NodeState state : states) {
      if (state.name().equals(home)) {
        own = invited.test(home) ? policy.price(state, request, market) : own;
      } else {
        others = Math.min(others, policy.price(state.withLoad(0), request, market));
      }
    }
    return own <= Ranking.NEARLY * others;
  }
}
