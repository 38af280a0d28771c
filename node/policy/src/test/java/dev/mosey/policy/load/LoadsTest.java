package dev.mosey.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.job.Resources;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadsTest {
  @Test
  void isRunnableWorkOverCoresTimesSpeed() {
    assertThat(Loads.load(12, 4, 1.5)).isEqualTo(2.0);
    assertThat(Loads.afterArrival(2.0, 3, 4, 1.5)).isEqualTo(2.5);
  }

  @Test
  void aProcessThatDoesNotSayNeedsOneCore() {
    assertThat(Loads.demand(Resources.NONE)).isEqualTo(1);
    assertThat(Loads.demand(Resources.of(Map.of("cores", 0.25)))).isEqualTo(0.25);
  }

  @Test
  void aFreeFastCoreIsAsFastAsItIsAndNoFaster() {
    assertThat(Loads.slowness(0.1, 2.0)).isEqualTo(0.5);
    assertThat(Loads.slowness(3.0, 2.0)).isEqualTo(3.0);
  }

  @Test
  void nodesOfOneMachineSplitItsCores() {
    assertThat(MachineShare.cores(8, 0, 1)).isEqualTo(8);
    assertThat(MachineShare.cores(8, 0, 3)).isEqualTo(3);
    assertThat(MachineShare.cores(2, 0, 3)).isEqualTo(1);
    assertThat(MachineShare.cores(64, 1.5, 3)).as("its own limit is no share").isEqualTo(2);
    assertThat(MachineShare.cores(4, 9, 1)).as("a limit above the machine is none").isEqualTo(4);
  }

  @Test
  void bodiesOfSiblingsAreNotForeign() {
    assertThat(MachineShare.foreign(24, 8, 16)).isZero();
    assertThat(MachineShare.foreign(26, 8, 16)).isEqualTo(2);
    assertThat(MachineShare.foreign(3, 8, 0)).as("bodies that sleep").isZero();
    assertThat(MachineShare.foreignLoad(2, 4, 0.5)).isEqualTo(1.0);
  }
}
