package dev.mosey.node.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.load.LoadReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnLoadTest {
  private static final HostId SELF = new HostId(NodeName.of("alpha"), 3);

  private static Machine.Sample sample(int runnable, int cores) {
    return new Machine.Sample(runnable, cores, 0, 8_000, 4_000, 0, 0, 0, 0, 0, "m", List.of());
  }

  private final OwnLoad own = new OwnLoad(SELF, 0, 1, sample(0, 4));

  @Test
  void ownBodiesCountAtOnceForOthersAndSlowlyForItself() {
    own.guests(Guests.running(8, 2, 0));
    assertThat(own.report(0).load()).isEqualTo(2.0);
    assertThat(own.belief(0).load()).isZero();
    own.sampled(sample(8, 4));
    assertThat(own.belief(0).load()).isEqualTo(0.75);
    own.guests(Guests.running(1, 9, 0));
    assertThat(own.belief(0).load()).as("falls at once").isEqualTo(0.25);
    assertThat(own.report(0).load()).as("falls slowly").isEqualTo(2.0);
  }

  @Test
  void reservationsCountAndWhatLeavesDoesNot() {
    own.guests(
        Guests.of(
            List.of(
                Guests.guest(1, "running", MoveMode.NEVER, 0),
                Guests.guest(2, "arriving", MoveMode.NEVER, 0),
                Guests.guest(3, "preparing", MoveMode.NEVER, 0),
                Guests.guest(4, "moving", MoveMode.NEVER, 0),
                Guests.guest(5, "left", MoveMode.NEVER, 0)),
            4));
    LoadReport report = own.report(0);
    assertThat(report.load()).as("three of four cores").isEqualTo(0.75);
    assertThat(report.running()).as("a moving one still has its slot").isEqualTo(4);
    assertThat(report.slots()).isEqualTo(8);
  }

  @Test
  void otherPeoplesWorkCountsButNotThatOfNodesOnTheSameMachine() {
    own.guests(Guests.running(2, 2, 0));
    own.siblings(1, 4);
    for (int second = 0; second < 60; second++) {
      own.sampled(sample(6, 4));
    }
    assertThat(own.report(0).foreign()).isZero();
    for (int second = 0; second < 60; second++) {
      own.sampled(sample(10, 4));
    }
    assertThat(own.report(0).foreign()).as("4 more on 4 cores").isCloseTo(1, within(0.01));
    assertThat(own.report(0).cores()).as("half of the machine").isEqualTo(2);
    assertThat(own.report(0).load()).as("2 on 2 cores, and 1").isCloseTo(2, within(0.01));
  }

  @Test
  void aFixedNumberOfCoresAndTheSpeedAreUsed() {
    OwnLoad fixed = new OwnLoad(SELF, 8, 2, sample(0, 4));
    fixed.guests(Guests.running(8, 0, 0));
    assertThat(fixed.report(0).load()).isEqualTo(0.5);
    fixed.speed(1);
    fixed.guests(Guests.running(8, 0, 0));
    assertThat(fixed.report(0).load()).isEqualTo(1);
  }

  @Test
  void reportsAreNumberedAndSayWhatWaits() {
    own.queue(5, 10, 1_000);
    LoadReport first = own.report(4_000);
    assertThat(first.headAgeMillis()).isEqualTo(3_000);
    assertThat(first.waiting()).isEqualTo(5);
    assertThat(own.report(4_000).seq()).isEqualTo(first.seq() + 1);
    own.queue(0, 0, 0);
    assertThat(own.report(9_000).headAgeMillis()).isZero();
  }
}
