package dev.mosey.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Candidate;
import dev.mosey.policy.balance.Decision;
import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.Market;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.Situation;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every promise is kept by every policy, and each is noticed when it is broken on purpose. */
class InvariantsTest {
  static List<String> workloads() {
    return Workloads.NAMES;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("workloads")
  void holdAfterEveryEventUnderEveryPolicy(String workload) {
    for (String policy : Simulation.POLICIES) {
      Scenario scenario = Workloads.of(workload, 10, 120, 7);
      Outcome outcome = Simulation.run(scenario, policy, Map.of(), 7).outcome();
      assertThat(outcome.tasks()).isEqualTo(120);
      double fastest = scenario.machines().stream().mapToDouble(MachineSpec::speed).max().orElse(1);
      assertThat(outcome.medianSlowdown()).isGreaterThanOrEqualTo(1 / fastest - 1e-3);
      Outcome again =
          Simulation.run(Workloads.of(workload, 10, 120, 7), policy, Map.of(), 7).outcome();
      assertThat(again).as("one seed, one history").isEqualTo(outcome);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "TWO_PLACES, but should not",
    "LOST, are in moves",
    "SAME_INCARNATION, began incarnation"
  })
  void noticeABrokenModel(Fault fault, String message) {
    assertThatThrownBy(() -> run(new Restless(peer -> true, 5_000), fault))
        .isInstanceOf(Violation.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"young, within its residency", "stale, too old"})
  void noticeABrokenPolicy(String breach, String message) {
    BalancePolicy broken =
        breach.equals("young")
            ? new Restless(peer -> true, 0)
            : new Restless(peer -> peer.ageMillis() > 5_000, 5_000);
    assertThatThrownBy(() -> run(broken, Fault.NONE))
        .isInstanceOf(Violation.class)
        .hasMessageContaining(message);
  }

  private static void run(BalancePolicy policy, Fault fault) {
    Scenario scenario = Workloads.of("failing", 16, 300, 3);
    LiveDriver driver = Simulation.live(scenario, policy, Tunes.DEFAULTS, 3);
    Simulation.run(scenario, "restless", driver, 3, fault, 1);
  }

  /** Moves whatever has been there for a while to any node that it may choose, for no reason. */
  private record Restless(Predicate<NodeState> chooses, long residentMillis)
      implements BalancePolicy {
    @Override
    public double price(NodeState node, Resources request, Market market) {
      return 1;
    }

    @Override
    public Decision decide(Situation situation, RandomGenerator random) {
      List<NodeState> peers = situation.peers().stream().filter(chooses).toList();
      List<Departure> departures = new ArrayList<>();
      for (Candidate one : situation.candidates()) {
        if (!peers.isEmpty() && one.residentMillis() >= residentMillis) {
          NodeState target = peers.get(random.nextInt(peers.size()));
          departures.add(
              new Departure(one.id(), target.name(), one.request(), "whim", 1, 1, Map.of()));
        }
      }
      return new Decision(departures, Map.of());
    }
  }
}
