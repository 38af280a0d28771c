package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.policy.balance.MoveGain.Verdict;
import org.junit.jupiter.api.Test;

class MoveGainTest {
  /** 40 s would have remained, 30 of them to be gained: expected to run for 10 s there. */
  private static final MoveGain MADE = MoveGain.made(30, 40, 0.5, 1_000);

  @Test
  void gainsWhatWasPredictedWhenLoadsAreAsTheyWere() {
    MoveGain after = MADE.seen(4, 1, 6_000).seen(4, 1, 11_000);
    assertThat(after.due(11_000)).isTrue();
    Verdict verdict = after.judged();
    assertThat(verdict.predictedSeconds()).isEqualTo(30);
    assertThat(verdict.realisedSeconds()).isCloseTo(29.5, within(1e-9));
    assertThat(verdict.watchedSeconds()).isEqualTo(10);
  }

  @Test
  void isNotDueBeforeItsTime() {
    assertThat(MADE.due(10_999)).isFalse();
  }

  @Test
  void losesItsPauseAndMoreWhenTheTargetBecameSlower() {
    assertThat(MADE.seen(1, 2, 11_000).judged().realisedSeconds()).isEqualTo(-5.5);
  }

  @Test
  void countsOnlyUntilItsEndButWasToGainAll() {
    Verdict verdict = MADE.seen(4, 1, 6_000).ended(3_000);
    assertThat(verdict.predictedSeconds()).isEqualTo(30);
    assertThat(verdict.realisedSeconds()).isCloseTo(2 * 3 - 0.5, within(1e-9));
    assertThat(verdict.watchedSeconds()).isEqualTo(2);
  }

  @Test
  void whatEndsAtOnceHasGainedNothing() {
    assertThat(MADE.ended(1_000).realisedSeconds()).isEqualTo(-0.5);
    assertThat(MADE.ended(0).realisedSeconds()).isEqualTo(-0.5);
  }

  @Test
  void aLongMoveIsJudgedByTheTimeThatItWasWatched() {
    MoveGain hours = MoveGain.made(36_000, 72_000, 0, 0);
    assertThat(hours.due(MoveGain.WATCHED_MILLIS_MAX - 1)).isFalse();
    assertThat(hours.due(MoveGain.WATCHED_MILLIS_MAX)).isTrue();
    Verdict verdict = hours.seen(2, 1, MoveGain.WATCHED_MILLIS_MAX).judged();
    assertThat(verdict.predictedSeconds()).isEqualTo(600);
    assertThat(verdict.realisedSeconds()).isEqualTo(600);
  }
}
