package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestJobs;
import dev.mosey.node.testcluster.TestNode;
import dev.mosey.node.testcluster.Work;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hosts that are killed, frozen, or lose their keeper: their work runs again, never twice. */
@ExtendWith(ClusterLogs.class)
final class HostLostIT {
  private static final int LEASE_SECONDS = 4;
  private static final long BOUND_MILLIS = (LEASE_SECONDS + 3) * 1000L;
  private static final Set<String> ALL = Set.of("alpha", "beta", "gamma");
  private static TestCluster cluster;
  private static Diary diary;
  private static TestJobs alpha;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.of("alpha", "beta", "gamma")
            .slots(6)
            .set("cluster.stable-after", "3s")
            // The nodes that one test loses are no excuse in another.
            .set("books.poison-together", "0s")
            .start();
    diary = new Diary(cluster);
    alpha = cluster.node("alpha").jobs();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void awaitUp() {
    cluster.awaitUp(3);
    // What moves, moves for the test's reasons only.
    alpha.tune("policy", "static");
  }

  @Test
  void theWorkOfAKilledHostRunsAgainWithinTheLeaseAndThreeSeconds() {
    String fresh = submit(diary.counting(60, 0.1).move("restart"));
    String saved = submit(diary.committing(60, 0.2, 5));
    TestNode host = cluster.node(alpha.awaitRunning(fresh));
    bring(saved, host.name());
    int incarnation = alpha.show(saved).path("incarnation").asInt();
    diary.await(saved, "committed", diary.of(saved, "committed").size() + 3);

    long killed = System.currentTimeMillis();
    host.kill9();

    Diary.Line again = diary.awaitAfter(fresh, 1);
    Diary.Line onward = diary.awaitAfter(saved, incarnation);
    for (Diary.Line line : List.of(again, onward)) {
      assertThat(line.millis() - killed).isBetween(0L, BOUND_MILLIS);
      assertThat(line.host()).isIn("beta", "gamma").isNotEqualTo(host.name());
    }
    assertThat(again.count()).isZero();
    List<Diary.Line> commits = diary.of(saved, "committed");
    assertThat(commits.stream().map(Diary.Line::count)).contains(onward.count());
    endsWell(fresh, 60);
    endsWell(saved, 60);
    host.start();
  }

  @Test
  void aFrozenHostsBodiesAreDeadBeforeTheyRunElsewhereAndItCommitsNothingOld() {
    String id = submit(diary.counting(160, 0.1).move("restart"));
    TestNode host = cluster.node(alpha.awaitRunning(id));
    Diary.Line first = diary.await(id, "started", 1);
    long frozen = System.currentTimeMillis();
    host.sigstop();
    Diary.Line second = diary.awaitAfter(id, 1);
    assertThat(first.isAlive()).isFalse();
    assertThat(second.millis() - frozen).isBetween(0L, BOUND_MILLIS);
    assertThat(second.host()).isNotEqualTo(host.name());
    Await.until(
        Duration.ofSeconds(60),
        "four leases pass",
        () -> System.currentTimeMillis() - frozen >= 4 * LEASE_SECONDS * 1000L);
    host.sigcont();
    cluster.each(node -> node.awaitMembers(ALL));
    JsonNode ended = endsWell(id, 160);
    assertThat(ended.path("incarnation").asInt()).isEqualTo(2);
    assertThat(diary.of(id, "started")).hasSize(2);
  }

  @Test
  void whatAKilledKeeperRanGoesOnFromItsCheckpoint() {
    String id = submit(diary.committing(60, 0.1, 5));
    TestNode host = cluster.node(alpha.awaitRunning(id));
    Diary.Line first = diary.await(id, "committed", 3);
    host.killKeeper9();
    Diary.Line second = diary.awaitAfter(id, first.incarnation());
    assertThat(first.isAlive()).isFalse();
    assertThat(second.count()).isPositive();
    endsWell(id, 60);
  }

  @Test
  void whatTwoNodesDiedOfIsHeldUntilReleased() {
    String id = submit(diary.counting(600, 0.1).move("restart"));
    TestNode first = cluster.node(alpha.awaitRunning(id));
    diary.await(id, "started", 1);
    first.kill9();
    Diary.Line second = diary.awaitAfter(id, 1);
    cluster.node(second.host()).kill9();
    Await.until(
        Duration.ofSeconds(LEASE_SECONDS + 10),
        "it is held",
        () -> alpha.show(id).path("state").asText().equals("held"));
    String died = "two nodes died while it ran: " + first.name() + ", " + second.host();
    assertThat(alpha.show(id).path("reason").asText()).isEqualTo(died);
    first.start();
    first.awaitMembers(Set.of("alpha", first.name()));
    assertThat(alpha.list("/jobs/" + id + "/why").path("summary").asText())
        .contains(died, "mosq release");
    assertThat(alpha.show(id).path("state").asText()).isEqualTo("held");
    alpha.release(id);
    assertThat(alpha.awaitRunning(id)).isEqualTo(first.name());
    alpha.cancel(id);
    cluster.node(second.host()).start();
  }

  private static String submit(Work work) {
    return alpha.submit(work.not("alpha").lease(LEASE_SECONDS));
  }

  /** Sees to it that it runs there. */
  private static void bring(String id, String host) {
    if (!alpha.awaitRunning(id).equals(host)) {
      assertThat(alpha.migrate(id, host).status()).isEqualTo(200);
      alpha.awaitRunning(id);
    }
  }

  private static JsonNode endsWell(String id, int count) {
    JsonNode ended = alpha.awaitEnd(id);
    assertThat(ended.path("state").asText()).isEqualTo("done");
    assertThat(alpha.output(id)).isEqualTo(Diary.numbers(count));
    assertThat(diary.of(id, "ended")).hasSize(1);
    assertThat(diary.twice()).isEmpty();
    return ended;
  }
}
