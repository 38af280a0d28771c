package dev.mosey.policy.place;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Market;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Answers where new processes would go, and why. */
public final class BestNodes {
  private BestNodes() {}

  /**
   * One choice.
   *
   * @param node where
   * @param loadAfter its load with the process
   * @param why one line
   */
  public record Choice(NodeName node, double loadAfter, String why) {}

  /**
   * Where so many processes with this request would go, one after the other, each counted for the
   * next; shorter when no node has room. Of equal nodes the first in the list is taken.
   */
  public static List<Choice> choose(
      BalancePolicy policy, List<NodeState> nodes, Resources request, int count) {
    List<NodeState> states = new ArrayList<>(nodes);
    Market market = Market.of(nodes);
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NodeState best =
          states.stream()
              .filter(node -> node.open() && node.fits(request))
              .min(
                  Comparator.<NodeState>comparingDouble(node -> policy.price(node, request, market))
                      .thenComparingDouble(node -> node.loadAfter(request)))
              .orElse(null);
      if (best == null) {
        return choices;
      }
      choices.add(
          new Choice(
              best.name(),
              best.loadAfter(request),
              String.format(
                  Locale.ROOT,
                  "load %.2f, %.2f after it; speed %.2f; %d of %d slots free; %d MiB free;"
                      + " known %.1f s ago",
                  best.load(),
                  best.loadAfter(request),
                  best.speed(),
                  best.freeSlots(),
                  best.slots(),
                  best.memoryFreeMb(),
                  best.ageMillis() / 1_000.0)));
      states.set(states.indexOf(best), best.withArrival(request));
    }
    return choices;
  }
}
