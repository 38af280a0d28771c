package dev.mosey.policy.balance;

import static dev.mosey.policy.balance.Samples.node;
import static dev.mosey.policy.balance.Samples.situation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every decision, over random situations. */
class DecisionPropertyTest {
  private static final List<MoveMode> MODES = List.of(MoveMode.values());

  /** More than what a small image costs of a memory that is half empty. */
  private static final double MEMORY = 0.02;

  private static BalancePolicy policy(boolean threshold) {
    return threshold
        ? new ThresholdPolicy(Tunes.DEFAULTS)
        : new OpportunityCostPolicy(Tunes.DEFAULTS);
  }

  /** Of all that computes on a node: seconds there for each second of work, summed up. */
  private static double slownesses(NodeState node) {
    return node.load() * node.cores() * node.speed() * Loads.slowness(node.load(), node.speed());
  }

  private static Situation random(SplittableRandom random) {
    List<NodeState> peers = new ArrayList<>();
    for (int i = 0; i < random.nextInt(1, 20); i++) {
      int cores = random.nextInt(1, 9);
      peers.add(
          node(
              "n" + i,
              random.nextInt(0, 3 * cores) / (double) cores,
              random.nextInt(1, 5) / 2.0,
              cores,
              random.nextInt(0, 8_000)));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < random.nextInt(0, 30); i++) {
      candidates.add(
          Samples.process(
              i + 1,
              random.nextInt(0, 120),
              MODES.get(random.nextInt(4)),
              random.nextLong(0, 200L << 20),
              1 << 20));
    }
    int cores = random.nextInt(1, 9);
    NodeState self = node("self", candidates.size() / (double) cores, 1, cores, 0);
    return situation(self, peers, candidates.toArray(Candidate[]::new));
  }

  @Property(tries = 2_000)
  void everyMoveCrossesTheDifferentialPaysAndKeepsResidency(
      @ForAll long seed, @ForAll boolean threshold) {
    SplittableRandom random = new SplittableRandom(seed);
    Situation situation = random(random);
    Tunes tunes = Tunes.DEFAULTS;
    Decision decision = policy(threshold).decide(situation, random);
    Map<NodeName, NodeState> nodes = new HashMap<>();
    situation.peers().forEach(peer -> nodes.put(peer.name(), peer));
    NodeState self = situation.self();
    for (Departure departure : decision.departures()) {
      NodeState target = nodes.get(departure.target());
      Candidate candidate =
          situation.candidates().stream()
              .filter(c -> c.id().equals(departure.id()))
              .findFirst()
              .orElseThrow();
      double after = target.loadAfter(Resources.NONE);
      assertThat(self.load() - after)
          .as("differential: %s", departure)
          .isGreaterThanOrEqualTo(tunes.number(Tune.DIFFERENTIAL) * target.unit() - 1e-6);
      if (!threshold) {
        assertThat(slownesses(target.withArrival(Resources.NONE)) - slownesses(target))
            .as("all together gain: %s", departure)
            .isLessThan(slownesses(self) - slownesses(self.withDeparture(Resources.NONE)) + MEMORY);
      }
      double speedUp =
          1 - Loads.slowness(after, target.speed()) / Loads.slowness(self.load(), self.speed());
      double gain = candidate.remainingSeconds() * speedUp;
      double cost = situation.costs().seconds(candidate, departure.target());
      double least = tunes.number(Tune.COST_MARGIN) * cost - 1e-6;
      assertThat(gain + (threshold ? 0 : MEMORY * candidate.remainingSeconds()))
          .as("gain: %s", departure)
          .isGreaterThanOrEqualTo(least);
      assertThat(departure.gainSeconds()).as("as told: %s", departure).isGreaterThan(least);
      assertThat(candidate.residentMillis()).isGreaterThanOrEqualTo(5_000);
      assertThat(target.ageMillis()).isLessThanOrEqualTo(5_000);
      assertThat(candidate.move().moves()).isTrue();
      self = self.withDeparture(Resources.NONE);
      nodes.put(target.name(), target.withArrival(Resources.NONE));
    }
  }

  /** The way back is closed at once, whatever the speeds and cores. */
  @Property(tries = 2_000)
  void noMoveIsUndoneByTheSameRule(@ForAll long seed, @ForAll boolean threshold) {
    SplittableRandom random = new SplittableRandom(seed);
    Situation situation = random(random);
    Decision decision = policy(threshold).decide(situation, random);
    for (Departure departure : decision.departures().stream().limit(1).toList()) {
      NodeState target =
          situation.peers().stream()
              .filter(peer -> peer.name().equals(departure.target()))
              .findFirst()
              .orElseThrow();
      Situation back =
          situation(
              target.withArrival(Resources.NONE),
              List.of(situation.self().withDeparture(Resources.NONE)),
              Samples.process(1, 100_000));
      assertThat(policy(threshold).decide(back, random).departures())
          .as("back from %s", departure)
          .isEmpty();
    }
  }

  @Property(tries = 500)
  void everyProcessIsInExactlyOneOfBothLists(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Situation situation = random(random);
    Decision decision = new ThresholdPolicy(Tunes.DEFAULTS).decide(situation, random);
    Set<Object> all = new HashSet<>(decision.stays().keySet());
    decision.departures().forEach(d -> assertThat(all.add(d.id())).isTrue());
    assertThat(all).hasSameSizeAs(situation.candidates());
  }

  @Property(tries = 200)
  void theSameArgumentsGiveTheSameDecision(@ForAll long seed) {
    Situation situation = random(new SplittableRandom(seed));
    ThresholdPolicy policy = new ThresholdPolicy(Tunes.DEFAULTS);
    assertThat(policy.decide(situation, new SplittableRandom(seed)))
        .isEqualTo(policy.decide(situation, new SplittableRandom(seed)));
  }
}
