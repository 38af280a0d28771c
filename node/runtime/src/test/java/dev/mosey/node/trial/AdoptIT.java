package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestHttp;
import dev.mosey.node.testcluster.TestNode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The disk of a lost node in another machine. */
@ExtendWith(ClusterLogs.class)
final class AdoptIT {
  private static TestCluster cluster;
  private static Diary diary;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.of("alpha", "beta", "gamma").slots(2).set("cluster.stable-after", "3s").start();
    diary = new Diary(cluster);
    cluster.awaitUp(3);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void whatWaitedAndRanAtALostNodeGoesOnWhereItsDiskIs() {
    TestNode alpha = cluster.node("alpha");
    TestNode beta = cluster.node("beta");
    String guest =
        alpha.jobs().submit(diary.counting(100, 0.2).move("never").on("gamma").lease(90));
    String own = alpha.jobs().submit(diary.counting(200, 0.2).move("restart").lease(90));
    alpha.jobs().awaitRunning(guest);
    alpha.jobs().awaitRunning(own);
    String disk = alpha.directory().resolve("data").toString();
    assertThat(adopt(beta, disk).text()).contains("alpha is a member of the cluster");

    alpha.kill9();
    Await.until(
        Duration.ofSeconds(40),
        "beta has removed alpha",
        () -> beta.members().equals(Set.of("beta", "gamma")),
        beta::tail);
    assertThat(adopt(beta, "/nowhere").text()).contains("/nowhere is no data directory of a node");
    TestHttp.Answer adopted = adopt(beta, disk);
    assertThat(adopted.status()).as(adopted.text()).isEqualTo(200);
    assertThat(adopted.text()).contains("beta has opened the books of alpha");
    beta.awaitMembers(Set.of("alpha", "beta", "gamma"));

    assertThat(beta.jobs().awaitEnd(guest).path("state").asText()).isEqualTo("done");
    assertThat(beta.jobs().show(guest).path("incarnation").asInt()).isEqualTo(1);
    assertThat(beta.jobs().output(guest)).isEqualTo(Diary.numbers(100));
    assertThat(diary.await(own, "started", 1)).isNotNull();
    beta.jobs().cancel(own);
    beta.jobs().awaitEnd(own);
    assertThat(diary.twice()).isEmpty();

    // The daemon of the lost name ends with the one that has started it.
    beta.terminate();
    beta.awaitExit();
    cluster.node("gamma").awaitMembers(Set.of("gamma"));
  }

  private static TestHttp.Answer adopt(TestNode node, String directory) {
    return node.http()
        .post("/nodes/" + node.name() + "/adopt", "{\"directory\": \"" + directory + "\"}");
  }
}
