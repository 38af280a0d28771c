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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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
  void aFrozenHostsBodiesAreDeadBeforeTheyRunElsewhereAndItCommitsNothingOld() throws IOException {
    String id = submit(diary.counting(160, 0.1).move("restart"));
    TestNode host = cluster.node(alpha.awaitRunning(id));
    Diary.Line first = diary.await(id, "started", 1);
    String saved = submit(diary.committing(60, 0.2, 5));
    bring(saved, host.name());
    int incarnation = alpha.show(saved).path("incarnation").asInt();
    Await.until(Duration.ofSeconds(30), "two checkpoints are at home", () -> images().size() > 1);
    long frozen = System.currentTimeMillis();
    host.sigstop();
    Path newest = images().getLast();
    flipABit(newest);
    Diary.Line onward = diary.awaitAfter(saved, incarnation);
    assertThat(onward.host()).isNotEqualTo(host.name());
    List<Diary.Line> before = new ArrayList<>(diary.of(saved, "saved"));
    before.addAll(diary.of(saved, "committed"));
    assertThat(before.stream().map(Diary.Line::count)).as("goes on").contains(onward.count());
    assertThat(onward.count()).isLessThan(before.getLast().count());
    Path log = cluster.node("alpha").directory().resolve("log");
    assertThat(Files.readString(log)).contains("event=checkpoint-damaged id=" + saved);
    alpha.cancel(saved);
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

  /** The checkpoints that alpha keeps, the oldest first. */
  private static List<Path> images() {
    Path blobs = cluster.node("alpha").directory().resolve("data/blobs");
    try (Stream<Path> files = Files.walk(blobs)) {
      return files
          .filter(file -> file.getFileName().toString().length() == 62 && isImage(file))
          .sorted(Comparator.comparing(file -> file.toFile().lastModified()))
          .toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static boolean isImage(Path file) {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(15), StandardCharsets.UTF_8).equals("mosey-directory");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void flipABit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x10;
    Files.write(file, bytes);
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
