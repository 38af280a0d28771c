package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestJobs;
import dev.mosey.node.testcluster.TestNetwork;
import dev.mosey.node.testcluster.TestNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three nodes in three networks, one of which is cut off; TLS on everything between them. */
@ExtendWith(ClusterLogs.class)
final class CutNetworkIT {
  private static final int LEASE_SECONDS = 4;
  private static final int COUNT = 120;
  private static final Set<String> ALL = Set.of("alpha", "beta", "gamma");
  private static TestNetwork network;
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    assumeTrue(
        TestNetwork.isPossible() || System.getenv("MOSEY_NO_SKIP") != null,
        "networks of its own need root and the command ip");
    network = new TestNetwork();
    cluster =
        TestCluster.in(network, "alpha", "beta", "gamma")
            .slots(6)
            .set("cluster.stable-after", "3s")
            .start();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  @Test
  void whatRanOnTheSideThatIsCutOffStopsThereAndRunsAgainOnTheOther() {
    cluster.awaitUp(3);
    Diary diary = new Diary(cluster);
    TestJobs alpha = cluster.node("alpha").jobs();
    alpha.tune("policy", "static");
    String id =
        alpha.submit(diary.counting(COUNT, 0.1).move("restart").not("alpha").lease(LEASE_SECONDS));
    TestNode host = cluster.node(alpha.awaitRunning(id));
    String abroad =
        host.jobs()
            .submit(diary.counting(COUNT, 0.1).move("checkpoint").on("alpha").lease(LEASE_SECONDS));
    host.jobs().awaitRunning(abroad);
    Diary.Line first = diary.await(id, "started", 1);
    diary.await(abroad, "started", 1);

    long cut = System.currentTimeMillis();
    network.cut(host.name());
    Diary.Line second = diary.awaitAfter(id, 1);
    assertThat(first.isAlive()).isFalse();
    assertThat(second.host()).isNotEqualTo(host.name());
    assertThat(second.millis() - cut).isBetween(0L, (LEASE_SECONDS + 3) * 1000L);
    Diary.Line saved = diary.awaitSaved(abroad, cut);
    diary.awaitGone(saved);
    for (TestNode other : cluster.others(host.name())) {
      Await.until(
          Duration.ofSeconds(40),
          other.name() + " has removed " + host.name(),
          () -> other.members().size() == 2,
          other::tail);
    }

    network.mend(host.name());
    cluster.each(node -> node.awaitMembers(ALL));
    // From what was saved; or afresh, if its host offers room before it reports what it has.
    assertThat(diary.awaitAfter(abroad, 1).count()).isIn(0, saved.count());
    for (String each : new String[] {id, abroad}) {
      assertThat(alpha.awaitEnd(each).path("state").asText()).isEqualTo("done");
      assertThat(host.jobs().output(each)).isEqualTo(Diary.numbers(COUNT));
      assertThat(diary.of(each, "ended")).hasSize(1);
    }
    assertThat(diary.twice()).isEmpty();
  }
}
