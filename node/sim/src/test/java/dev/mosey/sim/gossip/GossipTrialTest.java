package dev.mosey.sim.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.sim.gossip.GossipTrial.Line;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GossipTrialTest {
  private static final double TOLERANCE = 0.15;

  /** The largest of them; 1,024 nodes with smaller windows: {@code mosim paper gossip}. */
  @ParameterizedTest(name = "N={0} W={1}")
  @CsvSource({
    "32, 8",
    "32, 16",
    "64, 8",
    "64, 16",
    "64, 32",
    "256, 8",
    "256, 16",
    "256, 32",
    "256, 64",
    "1024, 64"
  })
  void agesFollowTheFormulas(int nodes, int window) {
    Line line = GossipTrial.measure(nodes, window, 60, 1);
    assertThat(line.averageOff()).as("%s", line).isCloseTo(0, within(TOLERANCE));
    assertThat(line.maximalOff()).as("%s", line).isCloseTo(0, within(TOLERANCE));
    if (4 * window <= nodes) {
      assertThat(line.maximalOffPublished()).as("%s", line).isCloseTo(0, within(TOLERANCE));
    }
  }
}
