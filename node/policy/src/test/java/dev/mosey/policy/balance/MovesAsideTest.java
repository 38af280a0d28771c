package dev.mosey.policy.balance;

import static dev.mosey.policy.balance.Samples.BETA;
import static dev.mosey.policy.balance.Samples.GAMMA;
import static dev.mosey.policy.balance.Samples.closed;
import static dev.mosey.policy.balance.Samples.flags;
import static dev.mosey.policy.balance.Samples.id;
import static dev.mosey.policy.balance.Samples.node;
import static dev.mosey.policy.balance.Samples.process;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What surrounds the decision: costs, what is under way, evacuation, comparable nodes. */
class MovesAsideTest {
  private static final MoveCosts COSTS = MoveCosts.of(Tunes.DEFAULTS, Map.of());

  @Test
  void aMoveCostsSetUpAndTravelUntilItIsMeasured() {
    Candidate candidate = process(1, 60, MoveMode.LIVE, 100 << 20, 0);
    assertThat(COSTS.seconds(candidate, BETA)).isCloseTo(0.5 + 2, within(1e-9));
    MoveCosts measured = COSTS.measuredTo(BETA, 50 << 20, 1.2);
    assertThat(measured.seconds(candidate, BETA)).isCloseTo(0.2 + 2, within(1e-9));
    assertThat(measured.seconds(candidate, GAMMA)).isCloseTo(0.5 + 2, within(1e-9));
    assertThat(measured.measuredTo(BETA, 0, 0.6).measured().get(BETA))
        .isCloseTo(0.2 + (0.6 - 0.2) / 4, within(1e-9));
    Candidate restart = process(1, 60, MoveMode.RESTART, 0, 0);
    assertThat(COSTS.seconds(restart, BETA)).as("all is done again").isEqualTo(60.5);
  }

  @Test
  void whatIsOnItsWayCountsUntilTheTargetHasReportedIt() {
    Underway<ProcessId> underway = new Underway<>(500, 10_000, 2);
    underway.add(id(1), BETA, Resources.of(2, 100), 1_000);
    Map<NodeName, NodeState> seen = underway.over(Map.of(BETA, node("beta", 1, 1, 4, 300)), 1_200);
    assertThat(seen.get(BETA).load()).isEqualTo(1.5);
    assertThat(seen.get(BETA).running()).isEqualTo(5);
    assertThat(seen.get(BETA).free()).isEqualTo(Resources.of(98, 99_900));
    NodeState reported = node("beta", 1.5, 1, 4, 0);
    assertThat(underway.over(Map.of(BETA, reported), 1_600).get(BETA)).isEqualTo(reported);
    underway.remove(id(1));
    assertThat(underway.over(seen, 1_200)).isEqualTo(seen);
  }

  @Test
  void whatIsUnderWayLapsesAndIsBounded() {
    Underway<ProcessId> underway = new Underway<>(500, 10_000, 2);
    for (int i = 1; i <= 3; i++) {
      underway.add(id(i), BETA, Resources.NONE, 1_000);
    }
    assertThat(underway.size()).isEqualTo(2);
    underway.over(Map.of(), 11_001);
    assertThat(underway.size()).isZero();
  }

  @Test
  void evacuatesToTheBestAndNamesWhatIsLeft() {
    Decision plan =
        Evacuation.plan(
            BalancePolicy.of(Tunes.DEFAULTS),
            List.of(node("beta", 0.5), node("gamma", 0), closed(node("delta", 0))),
            List.of(
                process(1, 0, MoveMode.RESTART, 0, 0),
                flags(process(2, 0), true, true, true),
                process(3, 0, MoveMode.NEVER, 0, 0),
                flags(process(4, 0), false, false, false),
                Samples.only(process(5, 0), List.of(Samples.ALPHA), List.of())),
            COSTS,
            5_000,
            "drain");
    assertThat(plan.departures()).extracting(Departure::id).containsExactly(id(1), id(2));
    assertThat(plan.departures()).extracting(Departure::target).containsExactly(GAMMA, BETA);
    assertThat(plan.stays().get(id(3)).reason()).isEqualTo(StayReason.CANNOT_MOVE);
    assertThat(plan.stays().get(id(4)).reason()).isEqualTo(StayReason.NOT_SETTLED);
    assertThat(plan.stays().get(id(5)).reason()).isEqualTo(StayReason.NO_ROOM);
  }

  @Test
  void nodesOfOneMachineGetOneFigureForForeignWork() {
    List<NodeState> states =
        NodeState.comparable(
            List.of(
                report("alpha", 3, 1, "m"), report("beta", 6, 4, "m"), report("gamma", 6, 4, "x")),
            List.of(0L, 0L, 0L));
    assertThat(states).extracting(NodeState::load).containsExactly(3.0, 3.0, 6.0);
    assertThat(states).extracting(NodeState::presentLoad).containsExactly(2.0, 2.0, 5.0);
  }

  @Test
  void senselessReportsAreHarmless() {
    NodeState state =
        NodeState.of(
            new LoadReport(
                new HostId(BETA, 1),
                1,
                0,
                Double.NaN,
                0,
                0,
                1,
                0,
                Resources.NONE,
                0,
                0,
                0,
                0,
                0,
                "open",
                0,
                0,
                0,
                null,
                0),
            0);
    assertThat(state.loadAfter(Resources.NONE)).isEqualTo(1);
  }

  private static LoadReport report(String name, double load, double foreign, String machine) {
    return new LoadReport(
        new HostId(NodeName.of(name), 1),
        1,
        0,
        load,
        1,
        1,
        8,
        0,
        Resources.NONE,
        0,
        0,
        0,
        0,
        0,
        "open",
        0,
        0,
        0,
        machine,
        foreign);
  }
}
