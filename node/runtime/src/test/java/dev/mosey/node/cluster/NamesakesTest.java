package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Namesakes.Verdict;
import dev.mosey.protocol.id.NodeName;
import org.junit.jupiter.api.Test;

class NamesakesTest {
  private static final NodeName GAMMA = NodeName.of("gamma");
  private static final long PATIENCE = 2_000;

  private final Namesakes namesakes = new Namesakes(PATIENCE);

  private Verdict comes(long millis) {
    return namesakes.judge(GAMMA, "b:1", millis);
  }

  @Test
  void whoComesWhileTheMemberAnswersIsAnother() {
    assertThat(comes(0)).isEqualTo(Verdict.ASK);
    namesakes.answered(GAMMA, 0);
    assertThat(comes(100)).isEqualTo(Verdict.RIVAL);
  }

  @Test
  void whoComesWhenTheMemberIsSilentIsTheMemberItself() {
    assertThat(comes(0)).isEqualTo(Verdict.ASK);
    assertThat(comes(PATIENCE)).isEqualTo(Verdict.ASK);
    assertThat(comes(PATIENCE + 1)).isEqualTo(Verdict.SUCCESSOR);
  }

  @Test
  void whatTheMemberSaidBeforeTheOtherCameProvesNothing() {
    namesakes.answered(GAMMA, 0);
    assertThat(comes(10)).isEqualTo(Verdict.ASK);
    namesakes.answered(GAMMA, 9);
    assertThat(comes(20)).isEqualTo(Verdict.ASK);
    assertThat(comes(10 + PATIENCE + 1)).isEqualTo(Verdict.SUCCESSOR);
  }

  @Test
  void itsWordHoldsForAWhileOnly() {
    comes(0);
    namesakes.answered(GAMMA, 0);
    assertThat(comes(PATIENCE)).isEqualTo(Verdict.RIVAL);
    assertThat(comes(PATIENCE + 1)).as("it may have died since").isEqualTo(Verdict.ASK);
    assertThat(comes(2 * PATIENCE + 2)).isEqualTo(Verdict.SUCCESSOR);
  }

  @Test
  void eachThatComesIsJudgedAnew() {
    comes(0);
    assertThat(namesakes.judge(GAMMA, "c:1", PATIENCE + 1)).isEqualTo(Verdict.ASK);
  }
}
