package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.ALPHA;
import static dev.mosey.policy.place.PlaceSamples.BETA;
import static dev.mosey.policy.place.PlaceSamples.GAMMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.OpportunityCostPolicy;
import dev.mosey.policy.balance.PlacingOrder;
import dev.mosey.policy.balance.StaticPolicy;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EnquiriesTest {
  private static final BalancePolicy POLICY = new OpportunityCostPolicy(Tunes.DEFAULTS);
  private static final Set<NodeName> ALL = Set.of(ALPHA, BETA, GAMMA);

  /** Eight slots, two cores. */
  private static NodeState node(NodeName name, double speed, int running, long ageMillis) {
    return new NodeState(
        new HostId(name, 1),
        running / 2.0 / speed,
        speed,
        2,
        8,
        running,
        Resources.of(100, 100_000),
        16_000,
        12_000,
        true,
        ageMillis,
        60_000,
        0);
  }

  private static List<NodeName> whom(
      BalancePolicy policy, Set<NodeName> invited, int tasks, int most, NodeState... states) {
    return Enquiries.whom(
        policy,
        ALPHA,
        List.of(states),
        invited::contains,
        Resources.NONE,
        tasks,
        most,
        new SplittableRandom(1));
  }

  @Test
  void aFasterNodeOfWhichOldNewsAreKnownIsAsked() {
    assertThat(whom(POLICY, ALL, 1, 8, node(ALPHA, 1, 0, 0), node(BETA, 2, 1, 3_000)))
        .containsExactly(BETA);
    assertThat(whom(POLICY, ALL, 1, 8, node(ALPHA, 1, 0, 0), node(BETA, 2, 1, 300)))
        .as("fresh news will do")
        .isEmpty();
  }

  @Test
  void nobodyIsAskedWhoCouldNotBeBetterThanTheHome() {
    assertThat(whom(POLICY, ALL, 1, 8, node(ALPHA, 1, 1, 0), node(BETA, 1, 0, 3_000))).isEmpty();
    assertThat(whom(POLICY, ALL, 1, 8, node(ALPHA, 1, 2, 0), node(BETA, 1, 0, 3_000)))
        .as("the home's cores are taken")
        .containsExactly(BETA);
    assertThat(whom(POLICY, ALL, 5, 8, node(ALPHA, 1, 1, 0), node(BETA, 1, 0, 3_000)))
        .as("the home can't take five")
        .containsExactly(BETA);
  }

  @Test
  void whoHasNotInvitedIsAskedHoweverFreshTheNews() {
    assertThat(whom(POLICY, Set.of(), 1, 8, node(BETA, 1, 0, 100))).containsExactly(BETA);
    assertThat(whom(POLICY, ALL, 1, 8, node(BETA, 1, 0, 9_000))).as("there is no choice").isEmpty();
  }

  @Test
  void whoPlacesWithoutLooksAsksNobody() {
    BalancePolicy blind = new StaticPolicy(PlacingOrder.CHANCE);
    assertThat(whom(blind, Set.of(), 1, 8, node(BETA, 2, 1, 3_000))).isEmpty();
    assertThat(whom(POLICY, Set.of(), 1, 0, node(BETA, 2, 1, 3_000))).isEmpty();
  }

  @Property(tries = 200)
  void neverTheHomeNeverWhoIsFullNeverTooMany(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 8) Integer> running,
      @ForAll @LongRange(max = 5_000) long ageMillis,
      @ForAll @IntRange(max = 10) int most) {
    NodeState[] states = new NodeState[running.size()];
    for (int i = 0; i < states.length; i++) {
      NodeName name = i == 0 ? ALPHA : NodeName.of("n" + i);
      states[i] = node(name, 1 + i % 3, running.get(i), ageMillis);
    }
    List<NodeName> whom = whom(POLICY, Set.of(), 1, most, states);
    assertThat(whom).hasSizeLessThanOrEqualTo(most).doesNotHaveDuplicates().doesNotContain(ALPHA);
    for (int i = 1; i < states.length; i++) {
      if (running.get(i) == 8) {
        assertThat(whom).doesNotContain(states[i].name());
      }
    }
  }
}
