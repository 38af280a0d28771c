package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestJobs;
import dev.mosey.node.testcluster.TestNode;
import dev.mosey.node.testcluster.Work;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A home that is killed while its processes run elsewhere: shorter than their lease, or longer. */
@ExtendWith(ClusterLogs.class)
final class HomeAwayIT {
  private static final int COUNT = 80;
  private static TestCluster cluster;
  private static Diary diary;
  private static TestNode home;
  private static TestJobs jobs;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.of("alpha", "beta", "gamma").slots(6).set("cluster.stable-after", "3s").start();
    diary = new Diary(cluster);
    home = cluster.node("alpha");
    jobs = home.jobs();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void awaitUp() {
    cluster.awaitUp(3);
    // What moves, moves for the test's reasons only.
    jobs.tune("policy", "static");
  }

  @Test
  void guestsOfAHomeThatComesBackInTimeRunOnAndTheirOutputArrivesWhole() {
    List<String> ids =
        List.of(
            submit(diary.counting(COUNT, 0.1).move("never").lease(60)),
            submit(diary.counting(COUNT, 0.1).move("restart").lease(60)),
            submit(diary.counting(COUNT, 0.1).move("checkpoint").lease(60)));
    Map<String, Diary.Line> first = awaitStarted(ids);

    home.kill9();
    home.start().awaitUp();

    for (String id : ids) {
      endsWell(id);
      assertThat(jobs.show(id).path("incarnation").asInt()).isEqualTo(1);
      assertThat(diary.of(id, "started")).containsExactly(first.get(id));
    }
  }

  @Test
  void guestsOfAHomeThatIsAwayLongerThanTheirLeaseStopAndGoOnWhenItIsBack() {
    String saves = submit(diary.counting(COUNT, 0.1).move("checkpoint").lease(4));
    String restarts = submit(diary.counting(COUNT, 0.1).move("restart").lease(4));
    Map<String, Diary.Line> first = awaitStarted(List.of(saves, restarts));

    long killed = System.currentTimeMillis();
    home.kill9();
    Diary.Line saved = diary.awaitSaved(saves, killed);
    diary.awaitGone(saved);
    diary.awaitGone(first.get(restarts));
    assertThat(saved.count()).isPositive();
    home.start().awaitUp();

    assertThat(diary.awaitAfter(saves, 1).count()).isEqualTo(saved.count());
    assertThat(diary.awaitAfter(restarts, 1).count()).isZero();
    endsWell(saves);
    endsWell(restarts);
  }

  private static String submit(Work work) {
    return jobs.submit(work.not("alpha"));
  }

  private static Map<String, Diary.Line> awaitStarted(List<String> ids) {
    Map<String, Diary.Line> first = new TreeMap<>();
    for (String id : ids) {
      jobs.awaitRunning(id);
      first.put(id, diary.await(id, "started", 1));
    }
    return first;
  }

  private static void endsWell(String id) {
    assertThat(jobs.awaitEnd(id).path("state").asText()).isEqualTo("done");
    assertThat(jobs.output(id)).isEqualTo(Diary.numbers(COUNT));
    assertThat(diary.of(id, "ended")).hasSize(1);
    assertThat(diary.twice()).isEmpty();
  }
}
