package dev.mosey.policy.balance;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.protocol.id.ProcessId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends processes to the best other nodes whatever the loads, the gain, locks and residency: for
 * drain, expel, and moves by hand to the best node.
 */
public final class Evacuation {
  private Evacuation() {}

  /**
   * Where each would go, one after the other, each counted at its target for the next.
   *
   * @param policy whose price decides
   * @param peers open or not; with what is on its way there
   * @param reportAgeMaxMillis older reports are not trusted
   * @param reason word of the move ledger
   */
  public static Decision plan(
      BalancePolicy policy,
      List<NodeState> peers,
      List<Candidate> candidates,
      MoveCosts costs,
      long reportAgeMaxMillis,
      String reason) {
    List<NodeState> targets =
        new ArrayList<>(
            peers.stream()
                .filter(peer -> peer.open() && peer.ageMillis() <= reportAgeMaxMillis)
                .toList());
    Market market = Market.of(peers);
    List<Departure> departures = new ArrayList<>();
    Map<ProcessId, Stay> stays = new HashMap<>();
    // The largest first: they have the fewest places.
    List<Candidate> ordered =
        candidates.stream()
            .sorted(
                Comparator.<Candidate>comparingDouble(c -> -c.request().memoryMb())
                    .thenComparing(c -> -c.request().cores())
                    .thenComparing(Candidate::id))
            .toList();
    for (Candidate candidate : ordered) {
      StayReason stay = mustStay(candidate, targets);
      NodeState target = stay == null ? best(policy, market, targets, candidate) : null;
      if (target == null) {
        stays.put(candidate.id(), Stay.because(stay == null ? StayReason.NO_ROOM : stay));
        continue;
      }
      departures.add(
          new Departure(
              candidate.id(),
              target.name(),
              candidate.request(),
              reason,
              0,
              costs.seconds(candidate, target.name()),
              Map.of(
                  "load_there", target.load(),
                  "load_there_after", target.loadAfter(candidate.request()),
                  "age_there_seconds", target.ageMillis() / 1_000.0)));
      targets.set(targets.indexOf(target), target.withArrival(candidate.request()));
    }
    return new Decision(departures, stays);
  }

  private static StayReason mustStay(Candidate candidate, List<NodeState> targets) {
    if (!candidate.move().moves()) {
      return StayReason.CANNOT_MOVE;
    }
    if (!candidate.settled()) {
      return StayReason.NOT_SETTLED;
    }
    return targets.isEmpty() ? StayReason.NO_FRESH_PEER : null;
  }

  private static NodeState best(
      BalancePolicy policy, Market market, List<NodeState> targets, Candidate candidate) {
    return targets.stream()
        .filter(t -> candidate.allows(t.name()) && t.fits(candidate.request()))
        .min(
            Comparator.<NodeState>comparingDouble(t -> policy.price(t, candidate.request(), market))
                .thenComparingDouble(t -> t.loadAfter(candidate.request()))
                .thenComparing(NodeState::name))
        .orElse(null);
  }
}
