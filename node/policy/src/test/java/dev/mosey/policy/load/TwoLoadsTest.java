package dev.mosey.policy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TwoLoadsTest {
  @Test
  void risesSlowlyForItselfAndAtOnceForOthers() {
    TwoLoads loads = TwoLoads.NONE.next(8);
    assertThat(loads).isEqualTo(new TwoLoads(3.0, 8.0));
    assertThat(loads.next(8)).isEqualTo(new TwoLoads((5 * 3.0 + 3 * 8) / 8, 8.0));
  }

  @Test
  void fallsAtOnceForItselfAndSlowlyForOthers() {
    assertThat(new TwoLoads(8, 8).next(0)).isEqualTo(new TwoLoads(0, 7));
    assertThat(new TwoLoads(8, 8).next(0).next(0)).isEqualTo(new TwoLoads(0, 7 * 7 / 8.0));
  }

  @Test
  void bothReachASteadySample() {
    TwoLoads loads = new TwoLoads(0, 20);
    for (int second = 0; second < 60; second++) {
      loads = loads.next(5);
    }
    assertThat(loads.own()).isCloseTo(5, within(0.01));
    assertThat(loads.exported()).isCloseTo(5, within(0.01));
  }

  /** The hysteresis itself: nobody is ever told less than the node believes of itself. */
  @Property
  void neverExportsLessThanItBelievesOfItself(
      @ForAll @Size(max = 50) java.util.List<@DoubleRange(min = 0, max = 100) Double> samples) {
    TwoLoads loads = TwoLoads.NONE;
    for (double sample : samples) {
      loads = loads.next(sample);
      assertThat(loads.own()).isLessThanOrEqualTo(sample + 1e-9);
      assertThat(loads.exported()).isGreaterThanOrEqualTo(sample - 1e-9);
    }
  }
}
