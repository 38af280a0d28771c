package dev.mosey.policy.balance;

import static dev.mosey.policy.balance.Samples.memory;
import static dev.mosey.policy.balance.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class OpportunityCostPolicyTest {
  private static final OpportunityCostPolicy POLICY = new OpportunityCostPolicy(Tunes.DEFAULTS);
  private static final Market THREE = new Market(3);
  private static final Resources GIB = Resources.of(Map.of(Resources.MEMORY_MB, 1_024.0));

  private static double price(NodeState node, Resources request) {
    return POLICY.price(node, request, THREE);
  }

  @Test
  void idleCoresAreAllAlikeAndAQueueIsDearer() {
    double idle = price(node("alpha", 0, 1, 4, 0), Resources.NONE);
    assertThat(price(node("beta", 0.5, 1, 4, 0), Resources.NONE)).isEqualTo(idle);
    assertThat(price(node("beta", 1, 1, 4, 0), Resources.NONE)).isGreaterThan(idle);
  }

  @Test
  void aFasterNodeIsCheaper() {
    assertThat(price(node("alpha", 0, 2, 1, 0), Resources.NONE))
        .isLessThan(price(node("beta", 0, 1, 4, 0), Resources.NONE));
  }

  @Test
  void whoeverWouldFillTheMemoryPaysMoreThanForAQueue() {
    NodeState full = memory(node("alpha", 0, 1, 4, 0), 500);
    NodeState busy = memory(node("beta", 1, 1, 4, 0), 8_000);
    assertThat(price(full, GIB)).isGreaterThan(price(busy, GIB));
    assertThat(price(full, Resources.NONE)).isLessThan(price(busy, Resources.NONE));
  }

  @Test
  void memoryIsDearerAmongMoreNodes() {
    NodeState full = memory(node("alpha", 0, 1, 4, 0), 500);
    assertThat(POLICY.price(full, GIB, new Market(100)))
        .isGreaterThan(POLICY.price(full, GIB, THREE));
  }

  @Test
  void pricesAreFiniteWhateverIsReported() {
    NodeState absurd = memory(node("alpha", 1e9, 1e-9, 1, 0), -1_000_000_000_000L);
    assertThat(price(absurd, GIB)).isFinite();
    assertThat(POLICY.price(absurd, GIB, new Market(1_000_000))).isFinite();
  }

  private static Situation random(RandomGenerator random, double caution) {
    List<NodeState> peers = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      NodeState peer =
          node(
              "peer" + i,
              6 * random.nextDouble(),
              0.5 + 2 * random.nextDouble(),
              1 + random.nextInt(8),
              random.nextInt(8_000));
      peers.add(memory(peer, random.nextInt(16_000)));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(10); i++) {
      candidates.add(Samples.process(i + 1, random.nextInt(60)));
    }
    NodeState self = node("alpha", 8 * random.nextDouble(), 1, 1 + random.nextInt(4), 0);
    return new Situation(
        self, peers, candidates, MoveCosts.of(Tunes.DEFAULTS, Map.of()), 8, false, caution);
  }

  /** The differential, the margin and its caution hold for the first move of each round. */
  @Property(tries = 2_000)
  void neverMovesForAGainUnderTheThreshold(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double caution = 1 + random.nextInt(4);
    Situation situation = random(random, caution);
    List<Departure> departures = POLICY.decide(situation, random).departures();
    double margin = Tunes.DEFAULTS.number(Tune.COST_MARGIN) * caution;
    for (Departure departure : departures) {
      assertThat(departure.gainSeconds()).isGreaterThanOrEqualTo(margin * departure.costSeconds());
    }
    if (!departures.isEmpty()) {
      Departure first = departures.getFirst();
      NodeState target =
          situation.peers().stream()
              .filter(peer -> peer.name().equals(first.target()))
              .findFirst()
              .orElseThrow();
      double after = target.loadAfter(first.request());
      double differential = Tunes.DEFAULTS.number(Tune.DIFFERENTIAL) * target.unit();
      assertThat(situation.self().load() - after).isGreaterThanOrEqualTo(differential - 1e-6);
      assertThat(Loads.slowness(after, target.speed()))
          .isLessThan(Loads.slowness(situation.self().load(), situation.self().speed()));
    }
  }

  /** The cost of all falls with each move, so nothing can go in circles. */
  @Property(tries = 2_000)
  void noMoveIsUndoneByTheSameRule(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Situation situation = random(random, 1);
    for (Departure departure :
        POLICY.decide(situation, random).departures().stream().limit(1).toList()) {
      NodeState target =
          situation.peers().stream()
              .filter(peer -> peer.name().equals(departure.target()))
              .findFirst()
              .orElseThrow();
      Situation back =
          new Situation(
              target.withArrival(Resources.NONE),
              List.of(situation.self().withDeparture(Resources.NONE)),
              List.of(Samples.process(1, 100_000)),
              situation.costs(),
              8,
              false);
      assertThat(POLICY.decide(back, random).departures()).as("back from %s", departure).isEmpty();
    }
  }

  @Test
  void cautionKeepsWhatWouldOtherwiseGoAndSaysSo() {
    NodeState self = node("alpha", 4, 1, 1, 0);
    List<NodeState> peers = List.of(node("beta", 0, 1, 1, 0));
    List<Candidate> candidates = List.of(Samples.process(1, 6));
    MoveCosts costs = MoveCosts.of(Tunes.DEFAULTS, Map.of());
    Situation trusting = new Situation(self, peers, candidates, costs, 8, false);
    assertThat(POLICY.decide(trusting, new SplittableRandom(1)).departures()).hasSize(1);
    Situation wary = new Situation(self, peers, candidates, costs, 8, false, 16);
    Decision decision = POLICY.decide(wary, new SplittableRandom(1));
    assertThat(decision.departures()).isEmpty();
    assertThat(decision.stays().values())
        .extracting(Decision.Stay::reason)
        .containsExactly(StayReason.CAUTIOUS);
  }
}
