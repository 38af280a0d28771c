package dev.mosey.policy.balance;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.random.RandomGenerator;

/**
 * Decides about places and moves with one idea of cost. Pure: the same arguments and the same state
 * of the generator give the same decision. Another policy implements this interface, is named in
 * the range of the tune {@code policy}, and made in {@link #of}.
 */
public interface BalancePolicy {
  /**
   * What it costs to have one more process with this request on that node; only the order and the
   * ratio count, lower is better. Placement, evacuation and {@code bestnode} use it too.
   *
   * @param market all nodes that compete for the request
   */
  double price(NodeState node, Resources request, Market market);

  /** How a new process is placed; evacuation goes by the price under every policy. */
  default PlacingOrder placing() {
    return PlacingOrder.PRICE;
  }

  /** One round: what leaves, and why the rest stays; every candidate is in exactly one of both. */
  Decision decide(Situation situation, RandomGenerator random);

  /**
   * Whether a round would surely move nothing, told by next to nothing: a simulator of 10,000 nodes
   * spares itself most rounds by it. The live node decides always, since users want to know why
   * what stays does.
   *
   * @param self this node with the load it uses about itself
   * @param known what it knows of the others, what is on its way there not counted
   * @param demand the least that one of its processes takes away with it, in cores
   */
  default boolean quiet(NodeState self, LoadTable known, double demand) {
    return false;
  }

  /** The policy that the tunes name, with these tunes. */
  static BalancePolicy of(Tunes tunes) {
    return switch (tunes.text(Tune.POLICY)) {
      case "threshold" -> new ThresholdPolicy(tunes);
      case "static" -> new StaticPolicy(PlacingOrder.PRICE);
      case "random" -> new StaticPolicy(PlacingOrder.CHANCE);
      case "round-robin" -> new StaticPolicy(PlacingOrder.TURN);
      default -> new OpportunityCostPolicy(tunes);
    };
  }
}
