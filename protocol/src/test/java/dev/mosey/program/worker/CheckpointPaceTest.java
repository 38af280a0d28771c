package dev.mosey.program.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckpointPaceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

  private static CheckpointPace pace(long costNanos) {
    CheckpointPace pace = new CheckpointPace(10_000, DAY_MILLIS);
    pace.took(costNanos);
    return pace;
  }

  /**
   * Work that is lost or spent per time, by the exact model of exponential losses (Daly, eq. 13).
   */
  private static double waste(double work, double cost, double loss) {
    return loss * Math.expm1((work + cost) / loss) / work;
  }

  @Test
  void beginsWithTheShortestInterval() {
    assertThat(new CheckpointPace(10_000, DAY_MILLIS).intervalNanos()).isEqualTo(10 * SECOND);
  }

  @Test
  void whatCostsLittleIsKeptAtTheShortestInterval() {
    assertThat(pace(SECOND / 10_000).intervalNanos()).isEqualTo(10 * SECOND);
  }

  @Test
  void whatCostsMoreIsKeptLessOftenByTheRootOfTheCost() {
    double one = pace(SECOND).intervalNanos();
    assertThat(one / SECOND).isCloseTo(415.7, within(1.0));
    assertThat(pace(4 * SECOND).intervalNanos() / one).isCloseTo(2, within(0.02));
  }

  @Test
  void noOtherIntervalWastesLess() {
    for (double cost : new double[] {0.001, 0.01, 0.1, 0.3}) {
      double best = CheckpointPace.optimum(cost, 1);
      double least = waste(best, cost, 1);
      for (double other = 0.5; other < 2; other += 0.05) {
        assertThat(waste(other * best, cost, 1))
            .as("%s times the interval at a cost of %s", other, cost)
            .isGreaterThanOrEqualTo(least * 0.999);
      }
    }
  }

  @Test
  void neverWorksLongerThanAMachineLivesWhereCheckpointsCostMost() {
    assertThat(CheckpointPace.optimum(2, 1)).isEqualTo(1);
    assertThat(CheckpointPace.optimum(100, 1)).isEqualTo(1);
  }

  @Test
  void followsTheCostAsItChanges() {
    CheckpointPace pace = pace(SECOND);
    long before = pace.intervalNanos();
    for (int i = 0; i < 20; i++) {
      pace.took(9 * SECOND);
    }
    assertThat((double) pace.intervalNanos() / before).isCloseTo(3, within(0.05));
  }

  @Test
  void keepsAFixedIntervalWhereOneIsAsked() {
    CheckpointPace pace = new CheckpointPace(60_000, 0);
    pace.took(30 * SECOND);
    assertThat(pace.intervalNanos()).isEqualTo(60 * SECOND);
    assertThat(new CheckpointPace(0, DAY_MILLIS).isOn()).isFalse();
  }
}
