package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestHttp;
import dev.mosey.node.testcluster.TestJobs;
import dev.mosey.node.testcluster.TestNode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work that three nodes share: it spreads, moves, leaves, and is seen from everywhere. */
@ExtendWith(ClusterLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SharedWorkIT {
  private static final int PROCESSES = 24;
  private static final Duration SPREAD_WITHIN = Duration.ofSeconds(15);
  private static final Duration QUIET = Duration.ofSeconds(8);
  private static TestCluster cluster;
  private static Diary diary;
  private static TestJobs alpha;
  private static TestJobs beta;
  private static TestJobs gamma;

  @BeforeAll
  static void start() {
    cluster =
        TestCluster.of("alpha", "beta", "gamma")
            .slots(PROCESSES)
            .set("speed", "1")
            .set("cluster.stable-after", "3s");
    diary = new Diary(cluster);
    alpha = cluster.node("alpha").jobs();
    beta = cluster.node("beta").jobs();
    gamma = cluster.node("gamma").jobs();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void twentyFourProcessesOfOneNodeSpreadOverThreeAndNoneMovesTwice() {
    cluster.node("alpha").start().awaitUp();
    String id =
        alpha.submit(diary.counting(100_000, 0.5).move("checkpoint").times(PROCESSES).lease(30));
    alpha.awaitRunning(id, PROCESSES);
    assertThat(alpha.hosts(id, PROCESSES)).hasSize(PROCESSES).containsValue("alpha");
    cluster.node("beta").start();
    cluster.node("gamma").start();
    cluster.node("beta").awaitUp();
    cluster.node("gamma").awaitUp();

    AtomicReference<Map<Integer, String>> hosts = new AtomicReference<>();
    Await.until(
        SPREAD_WITHIN,
        "a third on each node, give or take one",
        () -> {
          hosts.set(alpha.hosts(id, PROCESSES));
          return cluster.nodes().stream()
              .mapToInt(node -> Collections.frequency(hosts.get().values(), node.name()))
              .allMatch(count -> Math.abs(count - PROCESSES / 3) <= 1);
        },
        () -> hosts.get().toString());
    pass(QUIET);
    List<Integer> moves = tasks(id).map(task -> alpha.show(task).path("moves").size()).toList();
    assertThat(moves).allMatch(count -> count <= 1);
    assertThat(moves.stream().mapToInt(count -> count).sum()).isBetween(14, 18);
    alpha.cancel(id);
    assertThat(diary.twice()).isEmpty();
  }

  @Test
  @Order(2)
  void whatIsSubmittedAnywhereIsReadEverywhere() {
    cluster.awaitUp(3);
    for (TestNode home : cluster.nodes()) {
      String id = home.jobs().submit(diary.counting(5, 0.05).times(3));
      assertThat(id).startsWith(home.name() + ".");
      for (TestNode reader : cluster.nodes()) {
        TestJobs jobs = reader.jobs();
        assertThat(jobs.awaitEnd(id).path("tasks").path("done").asInt()).isEqualTo(3);
        assertThat(jobs.output(id + ".2")).isEqualTo(Diary.numbers(5));
        JsonNode page = jobs.list("/history");
        assertThat(TestJobs.ids(page)).contains(id);
        assertThat(page.path("incomplete")).isEmpty();
      }
    }
    for (TestNode reader : cluster.nodes()) {
      Map<String, Long> listed = new TreeMap<>();
      for (JsonNode job : reader.jobs().list("/history").path("items")) {
        listed.merge(job.path("home").asText(), 1L, Long::sum);
      }
      Map<String, Long> summed = new TreeMap<>();
      for (JsonNode sum : reader.jobs().list("/history?sum=home").path("items")) {
        summed.put(sum.path("keys").path("home").asText(), sum.path("jobs").asLong());
      }
      assertThat(summed).hasSize(3).isEqualTo(listed);
    }
  }

  @Test
  @Order(3)
  void aProgramThatWasMovedThirtyTimesSaysWhatAnUnmovedOneDoes() {
    settle();
    String unmoved = gamma.submit(diary.counting(300, 0.02).move("checkpoint").lease(10));
    String id = beta.submit(diary.counting(300, 0.02, "moved").move("checkpoint").lease(10));
    String host = beta.awaitRunning(id);
    List<String> names = List.of("alpha", "beta", "gamma");
    for (int move = 1; move <= 30; move++) {
      String target = names.get((names.indexOf(host) + 1 + move % 2) % 3);
      TestHttp.Answer answer = gamma.migrate(id, target);
      assertThat(answer.status()).as("move %d: %s", move, answer.text()).isEqualTo(200);
      int moves = move;
      JsonNode now = alpha.await(id, "has moved", job -> job.path("moves").size() == moves);
      assertThat(now.path("host").asText()).isEqualTo(target);
      alpha.awaitRunning(id);
      host = target;
    }
    diary.release("moved");
    JsonNode ended = alpha.awaitEnd(id);
    assertThat(ended.path("state").asText()).isEqualTo("done");
    assertThat(ended.path("moves")).hasSize(30);
    assertThat(ended.path("incarnation").asInt()).isEqualTo(31);
    assertThat(gamma.awaitEnd(unmoved).path("state").asText()).isEqualTo("done");
    assertThat(beta.output(id)).isEqualTo(gamma.output(unmoved)).isEqualTo(Diary.numbers(300));
    assertThat(diary.of(id, "ended")).hasSize(1);
    assertThat(diary.twice()).isEmpty();
  }

  @Test
  @Order(4)
  void whatIsFrozenGoesOnFromWhereItWasOrStandsStillAndNothingOfItIsSaidTwice() {
    settle();
    String packs = beta.submit(diary.counting(200, 0.02, "frozen").move("checkpoint").lease(10));
    String stays = beta.submit(diary.counting(200, 0.02, "frozen").move("never").on("gamma"));
    String host = beta.awaitRunning(packs);
    beta.awaitRunning(stays);

    JsonNode saved = answered(gamma.migrate(packs, "checkpoint"));
    assertThat(saved.path("bytes").asLong()).isPositive();
    assertThat(alpha.awaitRunning(packs)).isEqualTo(host);
    assertThat(alpha.migrate(stays, "checkpoint").text()).contains("can't be checkpointed");

    JsonNode frozen = answered(gamma.migrate(packs, "freeze"));
    assertThat(frozen.path("message").asText()).contains("is frozen").contains("at its home");
    JsonNode seen = alpha.show(packs);
    assertThat(seen.path("state").asText()).isEqualTo("frozen");
    assertThat(seen.path("frozen").asText()).isEqualTo("hand");
    assertThat(seen.has("host")).isFalse();
    assertThat(alpha.migrate(packs, "alpha").text()).contains("is frozen, not running");
    assertThat(answered(alpha.migrate(stays, "freeze")).path("message").asText())
        .contains("stands still at gamma");
    assertThat(gamma.show(stays).path("state").asText()).isEqualTo("frozen");
    assertThat(TestJobs.ids(alpha.list("/processes"))).contains(packs, stays);

    answered(alpha.migrate(stays, "continue"));
    answered(gamma.migrate(packs, "continue"));
    assertThat(alpha.migrate(packs, "continue").text()).contains("is frozen");
    diary.release("frozen");
    for (String id : List.of(packs, stays)) {
      assertThat(alpha.awaitEnd(id).path("state").asText()).isEqualTo("done");
      assertThat(beta.output(id)).isEqualTo(Diary.numbers(200));
    }
    assertThat(alpha.show(packs).path("restarts").asInt()).isZero();
    assertThat(diary.twice()).isEmpty();
  }

  private static JsonNode answered(TestHttp.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  @Test
  @Order(5)
  void anExpelledNodeGivesItsGuestsAwayAndADrainedOneAlsoNamesWhatCannotMove() {
    settle();
    String stays = beta.submit(diary.counting(40, 0.02, "drained").move("never").on("beta"));
    String moves = beta.submit(diary.counting(40, 0.02, "drained").move("checkpoint").times(4));
    String begins = beta.submit(diary.counting(40, 0.02, "drained").move("restart"));
    beta.awaitRunning(moves, 4);
    beta.awaitRunning(stays);
    for (String id : List.of(moves + ".1", moves + ".2", begins)) {
      if (!beta.awaitRunning(id).equals("beta")) {
        assertThat(beta.migrate(id, "beta").status()).isEqualTo(200);
      }
    }
    assertThat(ids(alpha.verb("beta", "expel"))).containsExactly(stays);
    List<String> all = List.of(moves + ".1", moves + ".2", moves + ".3", moves + ".4", begins);
    for (String id : all) {
      assertThat(alpha.awaitRunning(id)).isNotEqualTo("beta");
    }

    assertThat(beta.migrate(begins, "gamma").status()).isIn(200, 422);
    JsonNode drained = beta.drain("gamma", 2);
    assertThat(ids(drained)).isEmpty();
    assertThat(drained.path("message").asText()).contains("drained");
    for (String id : all) {
      assertThat(alpha.awaitRunning(id)).isNotEqualTo("gamma");
    }
    assertThat(ids(alpha.drain("beta", 1))).containsExactly(stays);
    for (String id : all) {
      assertThat(alpha.awaitRunning(id)).isEqualTo("alpha");
    }

    diary.release("drained");
    for (String id : all) {
      assertThat(alpha.awaitEnd(id).path("state").asText()).isEqualTo("done");
      assertThat(gamma.output(id)).isEqualTo(Diary.numbers(40));
      assertThat(diary.of(id, "ended")).hasSize(1);
    }
    assertThat(alpha.awaitEnd(stays).path("moves")).isEmpty();
    assertThat(diary.twice()).isEmpty();
    alpha.verb("gamma", "undrain");
    alpha.verb("beta", "undrain");
  }

  @Test
  @Order(6)
  void whatIsAtAHomeThatIsAwayIsSaidToBeMissingAndIsThereAgainAfterwards() {
    TestNode away = cluster.node("gamma");
    String id = gamma.submit(diary.counting(3, 0.01).set("hold", true));
    assertThat(TestJobs.ids(beta.list("/jobs"))).contains(id);
    away.kill9();
    Await.until(
        Duration.ofSeconds(30),
        "beta misses gamma",
        () -> beta.list("/jobs").path("incomplete").toString().equals("[\"gamma\"]"));
    assertThat(TestJobs.ids(beta.list("/jobs"))).doesNotContain(id);
    away.start();
    cluster.awaitUp(3);
    Await.until(
        Duration.ofSeconds(30),
        "gamma's job is back",
        () -> TestJobs.ids(beta.list("/jobs")).contains(id));
    assertThat(beta.list("/jobs").path("incomplete")).isEmpty();
  }

  /** From now on what moves, moves for the test's reasons only. */
  private static void settle() {
    cluster.awaitUp(3);
    alpha.tune("policy", "static");
    for (TestNode node : cluster.nodes()) {
      Await.until(
          Duration.ofSeconds(20),
          node.name() + " has the tune",
          () -> node.jobs().list("/tunes").toString().contains("\"static\""));
    }
  }

  private static List<String> ids(JsonNode answer) {
    return answer.path("left").valueStream().map(JsonNode::asText).toList();
  }

  private static Stream<String> tasks(String id) {
    return IntStream.rangeClosed(1, PROCESSES).mapToObj(task -> id + "." + task);
  }

  private static void pass(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    Await.until(time.plusSeconds(5), "time passes", () -> System.nanoTime() >= until);
  }
}
