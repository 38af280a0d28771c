package dev.mosey.policy.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GossipFormulasTest {
  /** The published table: N, W, average and maximal age in steps, rounded as printed there. */
  @ParameterizedTest(name = "N={0} W={1}")
  @CsvSource({
    "32, 8, 5.6, 15.4",
    "32, 16, 4.5, 7.7",
    "64, 8, 9.6, 37",
    "64, 16, 6.4, 18.5",
    "64, 32, 5.2, 9.3",
    "256, 8, 33.5, 195",
    "256, 16, 18.3, 97",
    "256, 32, 11.0, 49",
    "256, 64, 7.8, 24",
    "1024, 8, 130, 960",
    "1024, 16, 66, 480",
    "1024, 32, 35, 240",
    "1024, 64, 19.7, 120",
    "2048, 8, 258, 2098",
    "2048, 16, 130, 1049",
    "2048, 32, 67, 525",
    "2048, 64, 36, 262"
  })
  void followTheTable(int nodes, int window, double average, double maximal) {
    assertThat(GossipFormulas.averageAge(window, nodes))
        .isCloseTo(average, within(0.015 * average + 0.05));
    assertThat(GossipFormulas.maximalAgePublished(window, nodes))
        .isCloseTo(maximal, within(0.015 * maximal + 0.05));
  }

  @ParameterizedTest(name = "N={0} W={1}")
  @CsvSource({"3, 1", "32, 8", "256, 64", "2048, 2047"})
  void theAgeBoundOfAWindowIsTheInverseOfItsSize(int nodes, int window) {
    double bound = GossipFormulas.ageBound(window, nodes);
    assertThat(GossipFormulas.entriesUpTo(bound, nodes)).isCloseTo(window, within(1e-6));
  }

  @Test
  void countsEntriesInsideAndOutsideTheWindowWithoutAStepBetween() {
    double bound = GossipFormulas.ageBound(32, 256);
    assertThat(GossipFormulas.entriesUpTo(0, 32, 256)).isCloseTo(1, within(1e-9));
    assertThat(GossipFormulas.entriesUpTo(bound, 32, 256)).isCloseTo(32, within(1e-6));
    double outside = GossipFormulas.entriesUpTo(bound + 3, 32, 256);
    assertThat(outside).isBetween(32.0, 256.0);
    assertThat(GossipFormulas.entriesUpTo(1_000, 32, 256)).isCloseTo(256, within(0.01));
  }

  /** The maximum of N - 1 independent ages with the published distribution, integrated. */
  @ParameterizedTest(name = "N={0} W={1}")
  @CsvSource({"32, 8", "32, 16", "64, 32", "256, 64", "1024, 8", "1024, 64"})
  void theMaximalAgeIsTheExpectedMaximumOfThePublishedDistribution(int nodes, int window) {
    double step = 0.01;
    double sum = 0;
    double more = 1;
    for (double age = 0; more > 1e-7; age += step) {
      double others = GossipFormulas.entriesUpTo(age, window, nodes) - 1;
      more = 1 - Math.pow(Math.max(0, others) / (nodes - 1), nodes - 1);
      sum += more * step;
    }
    assertThat(GossipFormulas.maximalAge(window, nodes)).isCloseTo(sum, within(0.01 * sum));
  }

  @Test
  void findsTheSmallestWindowForAWantedAge() {
    int window = GossipFormulas.windowFor(11.1, 256);
    assertThat(GossipFormulas.averageAge(window, 256)).isLessThanOrEqualTo(11.1);
    assertThat(GossipFormulas.averageAge(window - 1, 256)).isGreaterThan(11.1);
    assertThat(GossipFormulas.windowFor(0.1, 256)).as("out of reach").isEqualTo(255);
    assertThat(GossipFormulas.windowFor(5, 1)).isEqualTo(1);
    assertThat(GossipFormulas.windowFor(5, 2)).isEqualTo(2);
  }
}
