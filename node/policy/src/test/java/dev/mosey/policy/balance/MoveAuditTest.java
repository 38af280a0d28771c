package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MoveAuditTest {
  private static MoveAudit after(MoveAudit audit, int moves, double predicted, double realised) {
    MoveAudit now = audit;
    for (int i = 0; i < moves; i++) {
      now = now.judged(predicted, realised, 1_000);
    }
    return now;
  }

  @Test
  void trustsUntilMovesHaveFailedToPayOftenEnough() {
    assertThat(after(MoveAudit.TRUSTING, 7, 10, -5).caution()).isEqualTo(1);
    assertThat(after(MoveAudit.TRUSTING, 8, 10, -5).caution()).isEqualTo(2);
  }

  @Test
  void growsMoreCautiousWhileMovesDoNotPayUpToABound() {
    assertThat(after(MoveAudit.TRUSTING, 16, 10, 1).caution()).isEqualTo(4);
    assertThat(after(MoveAudit.TRUSTING, 1_000, 10, 1).caution()).isEqualTo(MoveAudit.CAUTION_MOST);
  }

  @Test
  void movesThatPayKeepAndRestoreTrust() {
    MoveAudit wary = after(MoveAudit.TRUSTING, 16, 10, -5);
    assertThat(after(wary, 200, 10, 9).caution()).isEqualTo(1);
    assertThat(after(MoveAudit.TRUSTING, 200, 10, 9).caution()).isEqualTo(1);
  }

  @Test
  void timeWithoutMovesRestoresTrustStepByStep() {
    MoveAudit wary = after(MoveAudit.TRUSTING, 16, 10, -5);
    assertThat(wary.at(60_999)).isEqualTo(wary);
    assertThat(wary.at(61_000).caution()).isEqualTo(2);
    assertThat(wary.at(61_000).at(121_000).caution()).isEqualTo(1);
  }

  @Test
  void saysWhatItDoesAndWhy() {
    assertThat(MoveAudit.TRUSTING.sentence()).isEqualTo("no move has been judged yet");
    assertThat(after(MoveAudit.TRUSTING, 3, 10, 8).sentence())
        .isEqualTo("moves pay: 8.0 s gained of 10.0 s predicted");
    assertThat(after(MoveAudit.TRUSTING, 8, 10, -5).sentence())
        .contains("-5.0 s gained of 10.0 s predicted", "2 times as much");
  }
}
