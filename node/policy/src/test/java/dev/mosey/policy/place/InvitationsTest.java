package dev.mosey.policy.place;

import static dev.mosey.policy.place.PlaceSamples.ALPHA;
import static dev.mosey.policy.place.PlaceSamples.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.place.Credits.Credit;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.wire.Invitation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Both sides of an invitation: credits at the home, the choice at the host, what was asked for. */
class InvitationsTest {
  private final Credits credits = new Credits(10_000, 2_000);

  private static Invitation invitation(long session, long seq, long placed, int slots) {
    return new Invitation(
        new HostId(BETA, session), seq, placed, Resources.of(slots, 100 * slots), slots, 0);
  }

  private static LoadReport report(String name, long waiting, int priority, long age) {
    return new LoadReport(
        new HostId(NodeName.of(name), 1),
        1,
        0,
        0,
        1,
        1,
        8,
        0,
        Resources.NONE,
        0,
        0,
        0,
        0,
        0,
        "open",
        waiting,
        priority,
        age,
        null,
        0);
  }

  @Test
  void startsUnderWayAreNeitherCountedTwiceNorForgotten() {
    credits.accept(invitation(1, 1, 40, 8), 0);
    credits.used(BETA, Resources.of(1, 100), 3, 0);
    assertThat(credits.now(0).get(BETA))
        .isEqualTo(new Credit(new HostId(BETA, 1), 5, Resources.of(5, 500), 0));
    // The host has accepted two of the three when it counts again: six are free.
    credits.accept(invitation(1, 2, 42, 6), 100);
    assertThat(credits.now(100).get(BETA).slots()).isEqualTo(5);
    credits.accept(invitation(1, 3, 43, 5), 200);
    assertThat(credits.now(200).get(BETA).slots()).isEqualTo(5);
  }

  @Test
  void whatTheHomeDeclinedToPlaceCountsNoMoreAfterAWhile() {
    credits.accept(invitation(1, 1, 0, 8), 0);
    credits.used(BETA, Resources.NONE, 3, 0);
    assertThat(credits.now(2_000).get(BETA).slots()).isEqualTo(5);
    assertThat(credits.now(2_001).get(BETA).slots()).isEqualTo(8);
  }

  @Test
  void anInvitationStandsUntilReplacedOrTooOld() {
    assertThat(credits.accept(invitation(1, 5, 0, 8), 0)).isTrue();
    assertThat(credits.accept(invitation(1, 4, 0, 1), 1)).as("overtaken").isFalse();
    assertThat(credits.now(10_000)).containsKey(BETA);
    assertThat(credits.now(10_001)).isEmpty();
  }

  @Test
  void aNewSessionOfTheHostBeginsAnew() {
    credits.accept(invitation(1, 900, 500, 8), 0);
    credits.used(BETA, Resources.NONE, 8, 0);
    assertThat(credits.accept(invitation(2, 1, 0, 8), 1)).isTrue();
    assertThat(credits.now(1).get(BETA).slots()).isEqualTo(8);
    assertThat(credits.accept(invitation(1, 901, 508, 0), 2)).as("from before").isFalse();
    credits.retain(name -> !name.equals(BETA));
    assertThat(credits.now(2)).isEmpty();
  }

  @Test
  void invitesItsOwnHomeAlwaysAndTwoOfTheFourWithTheBestHeads() {
    List<LoadReport> others = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      others.add(report("h" + i, 10, i < 3 ? 10 : 50, 1_000L * i));
    }
    Map<String, Integer> times = new HashMap<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 1_000; i++) {
      Map<NodeName, Integer> offers = Invitees.choose(ALPHA, 0, others, Set.of(), 8, 2, random);
      assertThat(offers).hasSize(3).containsEntry(ALPHA, 8);
      offers.forEach((name, slots) -> times.merge(name.value(), 1, Integer::sum));
      assertThat(offers.values().stream().mapToInt(Integer::intValue).sum())
          .as("shared by the two hungry ones, offered whole to the idle own home")
          .isEqualTo(16);
    }
    assertThat(times).containsOnlyKeys("alpha", "h0", "h1", "h2", "h5");
    assertThat(times.get("h5")).as("the oldest of priority 50").isBetween(400, 600);
  }

  @Test
  void keepsWhomItInvitedAndTakesBackFromTheOthers() {
    List<LoadReport> others =
        List.of(report("beta", 5, 50, 10), report("gamma", 5, 50, 20), report("delta", 5, 50, 30));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 50; i++) {
      Set<NodeName> before = Set.of(BETA, NodeName.of("gamma"), NodeName.of("gone"));
      Map<NodeName, Integer> offers = Invitees.choose(ALPHA, 0, others, before, 8, 2, random);
      assertThat(offers)
          .isEqualTo(Map.of(ALPHA, 8, BETA, 4, NodeName.of("gamma"), 4, NodeName.of("gone"), 0));
    }
  }

  @Test
  void invitesIdleHomesAsWellSoThatAStartNeedsNoRoundTrip() {
    List<LoadReport> others = List.of(report("beta", 0, 0, 0), report("gamma", 0, 0, 0));
    assertThat(Invitees.choose(ALPHA, 0, others, Set.of(), 8, 4, new SplittableRandom(1)))
        .isEqualTo(Map.of(ALPHA, 8, BETA, 8, NodeName.of("gamma"), 8));
  }

  @Test
  void theLastSlotGoesToOneOfTwoHungryHomes() {
    List<LoadReport> others = List.of(report("beta", 3, 50, 0));
    Set<NodeName> winners = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      Map<NodeName, Integer> offers =
          Invitees.choose(ALPHA, 3, others, Set.of(), 1, 4, new SplittableRandom(seed));
      assertThat(offers.values()).containsExactlyInAnyOrder(0, 1);
      offers.forEach((name, slots) -> winners.addAll(slots == 1 ? Set.of(name) : Set.of()));
    }
    assertThat(winners).containsExactlyInAnyOrder(ALPHA, BETA);
  }

  @Test
  void whatIsUnderWayUsesSlotsFirstAndThenWhatMayWait() {
    Invitation both = new Invitation(new HostId(BETA, 1), 1, 0, Resources.of(2, 1_000), 2, 3);
    credits.accept(both, 0);
    credits.used(BETA, Resources.NONE, 4, 0);
    Credit left = credits.now(0).get(BETA);
    assertThat(left.slots()).isZero();
    assertThat(left.ahead()).isEqualTo(1);
    credits.used(BETA, Resources.NONE, 4, 0);
    assertThat(credits.now(0).get(BETA).ahead()).isZero();
  }
}
