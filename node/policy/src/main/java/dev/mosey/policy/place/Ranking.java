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
  /** Up to so many times the best is as good as the best: nobody knows that exactly. */
  static final double NEARLY = 1.05;

  /** A report older than this is not taken at its word. */
  static final long FRESH_MILLIS = 500;

  /**
   * How fast what is free on a node of one core is taken by somebody else; on larger ones slower,
   * by the root of their cores. Found with {@code mosim}, for 16 nodes as for 1,000: what is asked
   * before it is taken at its word may be hoped for.
   */
  private static final double TAKEN_PER_SECOND = 2;

  /** Of what has no free core any more hardly any is drawn. */
  private static final double FREE_LEAST = 1e-3;

  private Ranking() {}

  /**
   * A host with what decides.
   *
   * @param away 0 = it is the home
   * @param draw by chance, the more cores are free the smaller
   */
  private record Rated(NodeName name, double price, double load, int away, double draw) {}

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
          rated.add(new Rated(state.name(), 0, 0, 0, random.nextDouble()));
        }
        rated.sort(Comparator.comparingDouble(Rated::draw));
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
      NodeState now = state.withLoad(presumed(state));
      double price = policy.price(now, request, market);
      cheapest = Math.min(cheapest, price);
      rated.add(
          new Rated(
              state.name(),
              price,
              now.loadAfter(request),
              state.name().equals(home) ? 0 : 1,
              draw(now, random)));
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
            .thenComparingInt(one -> one.load() <= load ? one.away() : 1)
            .thenComparingDouble(Rated::draw));
    return names(rated);
  }

  /**
   * The load that a node has by now: what was free when it reported is taken by others meanwhile.
   * Without it, and without chance among what costs the same, every home that has the same old
   * report sends to the same node.
   */
  private static double presumed(NodeState state) {
    double load = state.presentLoad();
    double old = Math.max(0, state.ageMillis() - FRESH_MILLIS) / 1_000.0;
    double rate = TAKEN_PER_SECOND / Math.sqrt(state.cores());
    double taken = free(load, state.speed()) * (1 - Math.exp(-rate * old));
    return load + taken / state.speed();
  }

  /** The part of its cores that is free. */
  private static double free(double load, double speed) {
    return Math.max(0, 1 - load * speed);
  }

  /**
   * The smallest of such numbers is each node's in proportion to the square of its free cores:
   * twice the room, four times the chance.
   */
  private static double draw(NodeState state, RandomGenerator random) {
    double cores = Math.max(FREE_LEAST, state.cores() * free(state.load(), state.speed()));
    return -Math.log(1 - random.nextDouble()) / (cores * cores);
  }

  private static List<NodeName> names(List<Rated> rated) {
    return rated.stream().map(Rated::name).collect(Collectors.toCollection(ArrayList::new));
  }
}
