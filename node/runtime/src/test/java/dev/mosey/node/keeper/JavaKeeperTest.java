package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The keeper for machines without a C compiler keeps the same contract. */
class JavaKeeperTest extends KeeperContract {
  @Override
  Keeper start(KeeperSettings settings) {
    return new JavaKeeper(settings, Keeping.newMark(), _ -> {});
  }

  @Test
  void saysThatItsSupervisionIsWeak() {
    assertThat(keeper.supervision()).isEqualTo(Keeper.Supervision.WEAK);
    assertThat(keeper.supervision().text()).isEqualTo("weak supervision");
  }
}
