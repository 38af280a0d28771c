package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.PostgresServer;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestJobs;
import dev.mosey.node.testcluster.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A home in a database whose machine is lost: a survivor takes it over, and gives it back. */
@ExtendWith(ClusterLogs.class)
final class TakeoverIT {
  private static final int COUNT = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern DEPUTY =
      Pattern.compile("event=takeover home=alpha deputy_pid=(\\d+)");

  private static PostgresServer server;
  private static TestCluster cluster;
  private static Diary diary;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start();
    cluster =
        TestCluster.of("alpha", "beta", "gamma")
            .slots(6)
            .set("cluster.stable-after", "3s")
            .set("store.kind", "postgresql")
            .set("store.postgresql.url", server.url())
            .set("store.postgresql.right", "3s")
            .set("store.postgresql.takeover-after", "2s")
            .start();
    diary = new Diary(cluster);
    cluster.awaitUp(3);
    cluster.node("beta").jobs().tune("policy", "static");
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      for (String node : List.of("beta", "gamma")) {
        deputyOf(cluster.node(node)).destroyForcibly();
      }
      cluster.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static Deputy deputyOf(TestNode node) {
    Matcher started = DEPUTY.matcher(node.written());
    Deputy deputy = new Deputy(-1);
    while (started.find()) {
      deputy = new Deputy(Long.parseLong(started.group(1)));
    }
    return deputy;
  }

  private record Deputy(long pid) {
    void destroyForcibly() {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    boolean isAlive() {
      return ProcessHandle.of(pid).isPresent();
    }
  }

  /** Frozen is harder than dead: it wakes, and believes that the books are its own. */
  @Test
  void aSurvivorGoesOnWithTheJobsOfAFrozenHomeAndGivesThemBack() {
    TestNode alpha = cluster.node("alpha");
    TestNode beta = cluster.node("beta");
    String away =
        alpha.jobs().submit(diary.counting(COUNT, 0.5).move("never").not("alpha").lease(90));
    String here = alpha.jobs().submit(diary.counting(30, 0.5).move("restart").on("alpha").lease(4));
    String anywhere =
        alpha.jobs().submit(diary.counting(20, 0.5).move("restart").times(12).lease(4));
    alpha.jobs().awaitRunning(away);
    alpha.jobs().awaitRunning(here);
    alpha.jobs().awaitRunning(anywhere, 12);
    assertThat(alpha.jobs().hosts(anywhere, 12).values()).contains("alpha");

    alpha.sigstop();
    TestNode taker = awaitTaker();
    beta.awaitMembers(Set.of("alpha", "beta", "gamma"));

    TestJobs jobs = beta.jobs();
    assertThat(jobs.awaitEnd(anywhere).path("state").asText()).isEqualTo("done");
    assertThat(jobs.awaitEnd(away).path("state").asText()).isEqualTo("done");
    assertThat(jobs.show(away).path("incarnation").asInt()).isEqualTo(1);
    assertThat(jobs.output(away)).isEqualTo(Diary.numbers(COUNT));
    assertThat(jobs.show(here).path("state").asText()).isEqualTo("waiting");

    alpha.sigcont();
    assertThat(alpha.awaitExit()).isEqualTo(1);
    assertThat(alpha.written()).contains("the books of alpha have been opened elsewhere");
    alpha.start().awaitUp();
    Deputy deputy = deputyOf(taker);
    Await.until(PATIENCE, "the deputy ends", () -> !deputy.isAlive(), taker::tail);
    assertThat(alpha.jobs().show(away).path("state").asText()).isEqualTo("done");
    assertThat(alpha.jobs().awaitEnd(here).path("state").asText()).isEqualTo("done");
    assertThat(diary.twice()).isEmpty();
  }

  private static TestNode awaitTaker() {
    List<TestNode> survivors = List.of(cluster.node("beta"), cluster.node("gamma"));
    Await.until(
        PATIENCE,
        "somebody takes over",
        () -> survivors.stream().anyMatch(node -> deputyOf(node).pid() > 0),
        () -> survivors.getFirst().tail());
    return survivors.stream().filter(node -> deputyOf(node).pid() > 0).findFirst().orElseThrow();
  }
}
