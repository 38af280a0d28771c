package dev.mosey.policy.place;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Market;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Puts hosts in the order in which a policy would use them for one more process. */
public final class Ranking {
  /** Up to so many times the best is as good as the best: reports are seconds old. */
  private static final double NEARLY = 1.05;

  /** A report older than this is not taken at its word. */
  private static final double FRESH_SECONDS = 1;

  /** How many processes may have come to a well-reported node in each second since. */
  private static final double UNSEEN_PER_SECOND = 2;

  private Ranking() {}

  private record Rated(NodeName name, double price, double load, int away, long chance) {}

  /**
   * The hosts, best first.
   *
   * @param policy whose order and price decide
   * @param home where the queue is: it needs neither lease nor transfer
   * @param states hosts that have room
   * @param turn number of the job, for those who go by turn
   * @param random for ties, and for those who go by chance
   */
  public static List<NodeName> of(
      BalancePolicy policy,
      NodeName home,
      List<NodeState> states,
      Resources request,
      long turn,
      RandomGenerator random) {
    return switch (policy.placing()) {
      case PRICE -> byPrice(policy, home, states, request, random);
      case CHANCE -> {
        List<Rated> rated = new ArrayList<>();
        for (NodeState state : states) {
          rated.add(new Rated(state.name(), 0, 0, 0, random.nextLong()));
        }
        rated.sort(Comparator.comparingLong(Rated::chance));
        yield names(rated);
      }
      case TURN -> {
        List<NodeName> names =
            states.stream().map(NodeState::name).sorted().collect(Collectors.toList());
        if (!names.isEmpty()) {
          Collections.rotate(names, -Math.floorMod(turn, names.size()));
        }
        yield names;
      }
    };
  }

  private static List<NodeName> byPrice(
      BalancePolicy policy,
      NodeName home,
      List<NodeState> states,
      Resources request,
      RandomGenerator random) {
    Market market = Market.of(states);
    List<Rated> rated = new ArrayList<>(states.size());
    double cheapest = Double.POSITIVE_INFINITY;
    for (NodeState state : states) {
      double price = policy.price(state.withLoad(state.load() + unseen(state)), request, market);
      cheapest = Math.min(cheapest, price);
      rated.add(
          new Rated(
              state.name(),
              price,
              state.loadAfter(request) + unseen(state),
              state.name().equals(home) ? 0 : 1,
              random.nextLong()));
    }
    double price = NEARLY * cheapest;
    double load =
        NEARLY
            * rated.stream()
                .filter(one -> one.price() <= price)
                .mapToDouble(Rated::load)
                .min()
                .orElse(0);
    rated.sort(
        Comparator.comparingDouble((Rated one) -> Math.max(price, one.price()))
            .thenComparingDouble(one -> Math.max(load, one.load()))
            .thenComparingInt(Rated::away)
            .thenComparingLong(Rated::chance));
    return names(rated);
  }

  /**
   * The load that others may have brought to a node since it reported. Without it every home that
   * has the same old report sends to the same node.
   */
  private static double unseen(NodeState state) {
    double old = state.ageMillis() / 1_000.0 - FRESH_SECONDS;
    return Math.max(0, old) * UNSEEN_PER_SECOND * state.unit();
  }

  private static List<NodeName> names(List<Rated> rated) {
    return rated.stream().map(Rated::name).collect(Collectors.toCollection(ArrayList::new));
  }
}
