package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is measured on the way to a node, what it does to prices, and when it is measured again. */
class LinkTest {
  private static final NodeName BETA = NodeName.of("beta");
  private static final NodeName GAMMA = NodeName.of("gamma");
  private static final long MEGABYTE = 1_000_000;
  private static final long DAY = 86_400_000;

  /** 100 MB/s in all: 0.25 + 0.5 + 0.25 hundredths of a second for a megabyte. */
  private static final Link SLOW = new Link(0.1, 0.2, 400e6, 200e6, 400e6);

  private static Candidate candidate(long imageBytes) {
    return new Candidate(
        ProcessId.parse("alpha.1"),
        Resources.of(1, 0),
        60_000,
        0,
        imageBytes,
        MoveMode.LIVE,
        false,
        true,
        false,
        List.of(),
        List.of());
  }

  private static double price(MoveCosts costs, long imageBytes, NodeName target) {
    return costs.seconds(candidate(imageBytes), target);
  }

  @Test
  void anImageIsWrittenCarriedAndReadOneAfterTheOther() {
    assertThat(SLOW.travelSeconds(100 * MEGABYTE)).isCloseTo(1.0, within(1e-9));
    assertThat(SLOW.travelSeconds(-5)).isZero();
    assertThat(SLOW.setupSeconds()).isCloseTo(0.5, within(1e-9));
    assertThatThrownBy(() -> new Link(0.1, 0.1, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMeasuredLinkTakesThePlaceOfWhatWasAssumed() {
    MoveCosts costs = new MoveCosts(0.3, 50e6, Map.of(), Map.of(BETA, SLOW));
    assertThat(price(costs, 100 * MEGABYTE, BETA)).isCloseTo(0.5 + 1.0, within(1e-9));
    assertThat(price(costs, 100 * MEGABYTE, GAMMA)).isCloseTo(0.3 + 2.0, within(1e-9));
  }

  @Test
  void aLinkSaysNothingOfWhatAWorkerTakesSoThatSetUpIsNeverLessThanAssumed() {
    Link near = new Link(0.0001, 0.001, 400e6, 200e6, 400e6);
    MoveCosts costs = new MoveCosts(0.3, 50e6, Map.of(), Map.of(BETA, near));
    assertThat(price(costs, 0, BETA)).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void movesKnowTheSetUpBetterThanTheLink() {
    MoveCosts costs = new MoveCosts(0.3, 50e6, Map.of(), Map.of(BETA, SLOW));
    MoveCosts after = costs.measuredTo(BETA, 100 * MEGABYTE, 1.05);
    assertThat(after.measured().get(BETA)).isCloseTo(0.05, within(1e-9));
    assertThat(price(after, 100 * MEGABYTE, BETA)).isCloseTo(1.05, within(1e-9));
    assertThat(price(after, 200 * MEGABYTE, BETA)).isCloseTo(2.05, within(1e-9));
  }

  @Test
  void whatWasNeverMeasuredIsDueFirstThenTheOldest() {
    List<NodeName> others = List.of(GAMMA, BETA);
    assertThat(LinkRefresh.due(Map.of(BETA, 5L), others, 10, DAY)).contains(GAMMA);
    assertThat(LinkRefresh.due(Map.of(BETA, 5L), others, DAY + 5, DAY))
        .as("before one that is old")
        .contains(GAMMA);
    assertThat(LinkRefresh.due(Map.of(BETA, 5L, GAMMA, 4L), others, 10, DAY)).isEmpty();
    assertThat(LinkRefresh.due(Map.of(BETA, 5L, GAMMA, 4L), others, DAY + 5, DAY)).contains(GAMMA);
    assertThat(LinkRefresh.due(Map.of(BETA, 5L, GAMMA, 4L), List.of(BETA), DAY + 5, DAY))
        .as("who does not answer is not asked")
        .contains(BETA);
    assertThat(LinkRefresh.due(Map.of(), others, 10, 0)).as("switched off").isEmpty();
  }

  @Test
  void withinThePeriodThereIsTimeForAll() {
    long pause = LinkRefresh.pauseMillis(100, DAY, 60_000);
    assertThat(pause * 100).isLessThanOrEqualTo(DAY);
    assertThat(LinkRefresh.pauseMillis(2_000_000, DAY, 60_000)).isEqualTo(60_000);
    assertThat(LinkRefresh.pauseMillis(0, DAY, 60_000)).isPositive();
  }
}
