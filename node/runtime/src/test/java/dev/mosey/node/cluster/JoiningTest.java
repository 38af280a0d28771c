package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Joining.Heard;
import dev.mosey.node.cluster.Joining.Standing;
import dev.mosey.node.cluster.Joining.Step;
import dev.mosey.protocol.id.NodeName;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JoiningTest {
  private static final NodeName ALPHA = NodeName.of("alpha");
  private static final NodeName BETA = NodeName.of("beta");
  private static final NodeName GAMMA = NodeName.of("gamma");
  private static final Heard SUPPORTS = new Heard(false, true, true);
  private static final Heard HESITATES = new Heard(false, false, true);
  private static final Heard INSIDE = new Heard(true, false, true);

  @Test
  void theFirstNodeWithoutSeedsFounds() {
    assertThat(Joining.decide(new Standing(BETA, Set.of(), 0, false, true), Map.of()))
        .isEqualTo(new Step.Found());
  }

  @Test
  void aFirstStartWithSeedsWaitsForAClusterHoweverManyHaveNone() {
    Standing beta = new Standing(BETA, Set.of(), 1, false, true);
    assertThat(Joining.decide(beta, Map.of())).isEqualTo(new Step.Wait());
    assertThat(Joining.decide(beta, Map.of(GAMMA, SUPPORTS))).isEqualTo(new Step.Wait());
    assertThat(Joining.decide(beta, Map.of(ALPHA, INSIDE))).isEqualTo(new Step.Join(ALPHA));
  }

  @Test
  void ofNodesGivenTheSameSeedsTheLowestFounds() {
    Standing alpha = new Standing(ALPHA, Set.of(), 2, true, true);
    assertThat(Joining.decide(alpha, Map.of())).isEqualTo(new Step.Wait());
    assertThat(Joining.decide(alpha, Map.of(BETA, SUPPORTS))).isEqualTo(new Step.Found());
    assertThat(Joining.decide(alpha, Map.of(BETA, new Heard(false, true, false))))
        .isEqualTo(new Step.Wait());
    Standing beta = new Standing(BETA, Set.of(), 2, true, true);
    assertThat(Joining.decide(beta, Map.of(ALPHA, SUPPORTS, GAMMA, SUPPORTS)))
        .isEqualTo(new Step.Wait());
  }

  @Test
  void afterARestartAMajorityOfTheRememberedIsNeeded() {
    Standing beta = new Standing(BETA, Set.of(ALPHA, GAMMA), 0, false, true);
    assertThat(Joining.decide(beta, Map.of())).isEqualTo(new Step.Wait());
    assertThat(Joining.decide(beta, Map.of(GAMMA, SUPPORTS))).isEqualTo(new Step.Found());
    assertThat(Joining.decide(beta, Map.of(GAMMA, HESITATES))).isEqualTo(new Step.Wait());
    assertThat(Joining.decide(beta, Map.of(NodeName.of("delta"), SUPPORTS)))
        .isEqualTo(new Step.Wait());
  }

  @Test
  void onlyTheLowestOfThoseThatAnswerFounds() {
    Standing beta = new Standing(BETA, Set.of(ALPHA, GAMMA), 0, false, true);
    assertThat(Joining.decide(beta, Map.of(ALPHA, SUPPORTS, GAMMA, SUPPORTS)))
        .isEqualTo(new Step.Wait());
  }

  @Test
  void whoIsBoundToAnotherDoesNotFound() {
    Standing beta = new Standing(BETA, Set.of(ALPHA, GAMMA), 0, false, false);
    assertThat(Joining.decide(beta, Map.of(GAMMA, SUPPORTS))).isEqualTo(new Step.Wait());
  }

  @Test
  void aClusterThatIsThereIsJoinedWhateverElseIsTrue() {
    Standing alpha = new Standing(ALPHA, Set.of(BETA, GAMMA), 0, false, true);
    assertThat(Joining.decide(alpha, Map.of(BETA, SUPPORTS, GAMMA, INSIDE)))
        .isEqualTo(new Step.Join(GAMMA));
  }

  @Test
  void twoWhoNeedTheSameSupporterDoNotBothGetIt() {
    Support gamma = new Support(1_000);
    assertThat(gamma.give(GAMMA, Set.of(BETA), 0)).isEqualTo(BETA);
    assertThat(gamma.give(GAMMA, Set.of(ALPHA, BETA), 500)).isNull();
    assertThat(gamma.free(999)).isFalse();
    assertThat(gamma.give(GAMMA, Set.of(ALPHA, BETA), 1_000)).isEqualTo(ALPHA);
    assertThat(gamma.give(GAMMA, Set.of(ALPHA, BETA), 1_900)).isEqualTo(ALPHA);
    assertThat(gamma.give(GAMMA, Set.of(BETA), 2_800)).isNull();
  }

  @Test
  void supportForOneselfBindsNobody() {
    Support beta = new Support(1_000);
    assertThat(beta.give(BETA, Set.of(GAMMA), 0)).isEqualTo(BETA);
    assertThat(beta.give(BETA, Set.of(ALPHA, GAMMA), 1)).isEqualTo(ALPHA);
  }
}
