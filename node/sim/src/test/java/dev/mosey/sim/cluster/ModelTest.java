package dev.mosey.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Small cases whose outcome can be told by hand. */
class ModelTest {
  private static final double EXACT = 1e-3;

  private static Outcome alone(MachineSpec machine, double thrashing, Tasks tasks) {
    Scenario scenario =
        new Scenario("small", List.of(machine), tasks, false, thrashing, Network.LOCAL, List.of());
    return Simulation.run(scenario, "oracle", Map.of(), 1).outcome();
  }

  @Test
  void processesShareTheCoresEvenlyAndNoneGetsMoreThanOne() {
    Tasks tasks = new Tasks();
    tasks.add(0, 10, 0, 0);
    tasks.add(0, 10, 0, 0);
    tasks.add(0, 30, 0, 0);
    Outcome outcome = alone(new MachineSpec(2, 1, 1_000, 10), 10, tasks);
    // 2/3 each until 15 s, when the third has had 10 of 30; then it has a core of its own.
    assertThat(outcome.makespanSeconds()).isCloseTo(35, within(EXACT));
    assertThat(outcome.medianSlowdown()).isCloseTo(1.5, within(EXACT));
  }

  @Test
  void aMachineOfDoubleSpeedNeedsHalfTheTime() {
    Tasks tasks = new Tasks();
    tasks.add(5, 10, 0, 0);
    Outcome outcome = alone(new MachineSpec(1, 2, 1_000, 10), 10, tasks);
    assertThat(outcome.makespanSeconds()).isCloseTo(10, within(EXACT));
    assertThat(outcome.meanSlowdown()).isCloseTo(0.5, within(EXACT));
  }

  @Test
  void memoryBeyondWhatThereIsMakesAllOfItSlow() {
    Tasks tasks = new Tasks();
    tasks.add(0, 10, 600, 0);
    tasks.add(10, 10, 600, 0);
    Outcome fits = alone(new MachineSpec(2, 1, 1_200, 10), 10, tasks);
    assertThat(fits.makespanSeconds()).isCloseTo(20, within(EXACT));
    Tasks together = new Tasks();
    together.add(0, 10, 601, 0);
    together.add(0, 10, 601, 0);
    Outcome thrashes = alone(new MachineSpec(2, 1, 1_200, 10), 10, together);
    assertThat(thrashes.makespanSeconds()).isCloseTo(100, within(EXACT));
  }

  /** One task of 20 s on the first of two machines, which is away from 5 s to 100 s. */
  private static Outcome interrupted(int home) {
    Tasks tasks = new Tasks();
    tasks.add(0, 20, 10, home);
    Scenario scenario =
        new Scenario(
            "small",
            List.of(new MachineSpec(1, 1, 1_000, 10), new MachineSpec(1, 1, 1_000, 10)),
            tasks,
            false,
            10,
            Network.LOCAL,
            List.of(new Outage(0, 5_000, 100_000)));
    return Simulation.run(scenario, "oracle", Map.of(), 1).outcome();
  }

  @Test
  void whatADeadMachineRanBeginsAgainWhenItsLeaseHasLapsed() {
    Outcome outcome = interrupted(1);
    assertThat(outcome.restarts()).isEqualTo(1);
    assertThat(outcome.makespanSeconds())
        .isCloseTo(5 + World.LEASE_MILLIS / 1_000.0 + 20, within(EXACT));
  }

  @Test
  void notEvenTheOracleStartsWhatAHomeThatIsAwayKeeps() {
    assertThat(interrupted(0).makespanSeconds()).isCloseTo(100 + 20, within(EXACT));
  }

  /** A start that a host has accepted must not keep its home from the slot beside it. */
  @Test
  void aSlotThatIsFreeAgainIsTakenAtOnceWhileWorkWaits() {
    Tasks tasks = new Tasks();
    for (int i = 0; i < 40; i++) {
      tasks.add(1, 5 + 0.3 * (i % 7), 10, 0);
    }
    List<MachineSpec> machines =
        List.of(new MachineSpec(1, 1, 1_000, 1), new MachineSpec(4, 1, 1_000, 4));
    Scenario scenario = new Scenario("small", machines, tasks, false, 10, Network.LOCAL, List.of());
    double best = Simulation.run(scenario, "oracle", Map.of(), 1).outcome().meanSlowdown();
    double here = Simulation.run(scenario, "static", Map.of(), 1).outcome().meanSlowdown();
    assertThat(here / best).isBetween(0.99, 1.02);
  }

  @Test
  void theOracleUsesFreeCoresElsewhereAtOnce() {
    Tasks tasks = new Tasks();
    for (int i = 0; i < 8; i++) {
      tasks.add(0, i < 4 ? 10 : 100, 10, 0);
    }
    List<MachineSpec> two =
        List.of(new MachineSpec(4, 1, 1_000, 10), new MachineSpec(2, 1, 1_000, 10));
    Scenario scenario = new Scenario("small", two, tasks, false, 10, Network.LOCAL, List.of());
    Outcome outcome = Simulation.run(scenario, "oracle", Map.of(), 1).outcome();
    // 440 s of work: all six cores are busy until four long ones are left, which have one each.
    assertThat(outcome.makespanSeconds()).isLessThan(106);
  }

  @Test
  void thePictureHasALineForEachNode() {
    String svg =
        Simulation.run(Workloads.of("poisson", 5, 50, 1), "threshold", Map.of(), 1).picture().svg();
    assertThat(svg).startsWith("<svg").endsWith("</svg>\n").contains(">node 4<", "poisson");
  }
}
