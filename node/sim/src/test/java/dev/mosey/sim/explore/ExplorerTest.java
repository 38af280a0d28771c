package dev.mosey.sim.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.lease.Rules;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * "At most one incarnation runs; nothing acknowledged is lost; exactly one side owns; incarnations
 * only grow; cancel wins; every move ends", over every interleaving within the profiles' bounds.
 */
class ExplorerTest {
  private static Explorer.Result holds(Profile profile) {
    long begin = System.nanoTime();
    Explorer.Result result = Explorer.explore(profile);
    print(profile.name(), result, begin);
    assertThat(result.fault()).isNull();
    return result;
  }

  private static void print(String name, Explorer.Result result, long begin) {
    long millis = (System.nanoTime() - begin) / 1_000_000;
    System.out.println(result.describe(name) + ", %.1f s".formatted(millis / 1000.0));
  }

  @Test
  void holdsWhileTwoProcessesMoveTwice() {
    assertThat(holds(Profiles.MOVES).complete()).isTrue();
  }

  @Test
  void holdsWhileLeasesLapse() {
    assertThat(holds(Profiles.LAPSE).complete()).isTrue();
  }

  @Test
  void holdsWhileTheHomeIsRestarted() {
    holds(Profiles.HOME_RESTART);
  }

  @Test
  void holdsWhileTheHomeIsRestartedAndGivesOutAgain() {
    assertThat(holds(Profiles.HOME_RESTART_AGAIN).complete()).isTrue();
  }

  @Test
  void holdsWhileAHostIsRestarted() {
    holds(Profiles.HOST_RESTART);
  }

  @Test
  void holdsWhileADaemonHandsItsBodiesToTheNext() {
    holds(Profiles.HAND_OVER);
    holds(Profiles.HAND_OVER_AT_HOME);
  }

  @Test
  void holdsWhileCheckpointsAreDamagedAtHome() {
    long begin = System.nanoTime();
    Explorer.Result result = Explorer.walk(Profiles.ROT, 1, 1_000, 120);
    print("rot", result, begin);
    assertThat(result.fault()).isNull();
  }

  @Test
  void holdsForGuestsOfTheHomesOwnNode() {
    assertThat(holds(Profiles.ONE_NODE).complete()).isTrue();
  }

  @Test
  void holdsWhileUsersCancelAndBodiesEnd() {
    holds(Profiles.USERS);
  }

  @Test
  void holdsWhileProcessesAreFrozenAndLetGoOn() {
    holds(Profiles.FREEZE);
    holds(Profiles.FREEZE_CRASH);
    holds(Profiles.FREEZE_IN_PLACE);
  }

  @Test
  void holdsWhileGuestsWaitForTheSlotOfAnother() {
    holds(Profiles.AHEAD);
  }

  @Test
  void holdsInLongHistoriesOfEverything() {
    for (Profile profile :
        new Profile[] {Profiles.ALL, Profiles.ALL_ONE_NODE, Profiles.ALL_AHEAD}) {
      long begin = System.nanoTime();
      Explorer.Result result = Explorer.walk(profile, 1, 1_000, 150);
      print(profile.name(), result, begin);
      assertThat(result.fault()).isNull();
    }
  }

  private static void isFoundWithout(Rules rules, String what) {
    Explorer.Result result = Explorer.explore(Profiles.BREAKABLE.under(rules));
    System.out.println(result.describe("without"));
    assertThat(result.fault()).contains(what);
    assertThat(result.trace()).isNotEmpty();
  }

  @Test
  void findsTheFaultWhenTheLeaseIsSwitchedOff() {
    isFoundWithout(new Rules(false, true, true), "h.1/1 runs at a#1, but the books say WAITING");
  }

  @Test
  void findsTheFaultWhenTheSourceResumesByTimeOut() {
    isFoundWithout(new Rules(true, false, true), "h.1/1 runs at a#1, but the books say PLACED b#1");
  }

  @Test
  void findsTheFaultWhenARestartedHomeDoesNotWait() {
    isFoundWithout(new Rules(true, true, false), "h.1/1 runs at a#1, but the books say WAITING");
  }

  @Test
  @Tag("soak")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void holdsInTheLargeProfiles() {
    Profiles.LARGE.forEach(ExplorerTest::holds);
  }
}
