package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.ALPHA;
import static dev.mosey.policy.place.PlaceSamples.BETA;
import static dev.mosey.policy.place.PlaceSamples.GAMMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.OpportunityCostPolicy;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RankingTest {
  private static final BalancePolicy POLICY = new OpportunityCostPolicy(Tunes.DEFAULTS);
  private static final int TIMES = 1_000;

  /** Eight slots, four cores of speed 1. */
  private static NodeState node(
      NodeName name, double load, int running, double foreign, long memoryFreeMb, long ageMillis) {
    return new NodeState(
        new HostId(name, 1),
        load,
        1,
        4,
        8,
        running,
        Resources.of(4 - running, 100_000),
        16_000,
        memoryFreeMb,
        true,
        ageMillis,
        60_000,
        foreign);
  }

  private static NodeState node(NodeName name, int running, long ageMillis) {
    return node(name, running / 4.0, running, 0, 12_000, ageMillis);
  }

  /** How often each is first. */
  private static Map<String, Integer> firsts(NodeState... nodes) {
    Map<String, Integer> firsts = new TreeMap<>();
    for (long seed = 0; seed < TIMES; seed++) {
      NodeName first =
          Ranking.of(
                  POLICY, ALPHA, List.of(nodes), Resources.NONE, seed, new SplittableRandom(seed))
              .getFirst();
      firsts.merge(first.value(), 1, Integer::sum);
    }
    return firsts;
  }

  @Test
  void whoHasTwiceTheRoomIsTakenFourTimesAsOftenAndNotAlways() {
    Map<String, Integer> firsts = firsts(node(BETA, 0, 100), node(GAMMA, 2, 100));
    assertThat(firsts.get("beta")).isBetween(TIMES * 3 / 4, TIMES * 17 / 20);
    assertThat(firsts).containsKey("gamma");
  }

  @Test
  void theHomeIsTakenWhenNobodyHasMoreRoom() {
    assertThat(firsts(node(ALPHA, 1, 0), node(BETA, 1, 0))).containsOnlyKeys("alpha");
    assertThat(firsts(node(ALPHA, 2, 0), node(BETA, 0, 0)).get("beta")).isGreaterThan(700);
  }

  @Test
  void anOldReportOfFreeCoresIsNotTakenAtItsWord() {
    assertThat(firsts(node(BETA, 3, 0), node(GAMMA, 0, 10_000))).containsOnlyKeys("beta");
  }

  @Test
  void aBusyNodeDoesNotBecomeBusierByTheAgeOfItsReport() {
    assertThat(firsts(node(BETA, 6, 0), node(GAMMA, 4, 10_000))).containsOnlyKeys("gamma");
  }

  @Test
  void whatHasEndedCountsAtOnceThoughTheExportedLoadFallsSlowly() {
    NodeState ended = node(BETA, 1.5, 0, 0, 12_000, 0);
    assertThat(firsts(ended, node(GAMMA, 4, 0))).containsOnlyKeys("beta");
    NodeState foreign = node(BETA, 1.5, 0, 1.5, 12_000, 0);
    assertThat(firsts(foreign, node(GAMMA, 4, 0))).containsOnlyKeys("gamma");
  }

  @Test
  void whatDidNotSayHowMuchMemoryItNeedsKeepsAwayFromWhereLittleIsLeft() {
    NodeState scarce = node(BETA, 0.25, 1, 0, 1_000, 0);
    NodeState queue = node(GAMMA, 1, 4, 0, 12_000, 0);
    assertThat(firsts(scarce, queue)).containsOnlyKeys("gamma");
    NodeState enough = node(BETA, 0.25, 1, 0, 11_000, 0);
    assertThat(firsts(enough, queue)).containsOnlyKeys("beta");
  }
}
