package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes find each other, find each other again, and let nobody in who does not belong. */
@ExtendWith(ClusterLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ClusterFormsIT {
  private static final Set<String> ALL = Set.of("alpha", "beta", "gamma");
  private static final Duration SATURATED = Duration.ofSeconds(15);
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.of("alpha", "beta", "gamma").set("cluster.stable-after", "3s").start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void threeNodesFormACluster() {
    cluster.awaitUp(3);
    for (TestNode node : cluster.nodes()) {
      assertThat(node.written())
          .containsPattern("mosd: " + node.name() + " is up in a cluster of [123], http://127");
    }
  }

  @Test
  @Order(2)
  void killedNodesFindEachOtherAgainWithTheFirstSeedLast() {
    cluster.each(TestNode::kill9);
    cluster.node("gamma").start();
    cluster.node("beta").start().awaitUp().awaitMembers(Set.of("beta", "gamma"));
    cluster.node("alpha").start();
    cluster.awaitUp(3);
  }

  @Test
  @Order(3)
  void twoOfThreeFormTheClusterWithoutTheSeedAndOneAloneDoesNot() {
    cluster.each(TestNode::kill9);
    TestNode gamma = cluster.node("gamma").start();
    gamma.awaitLine("event=looking-for-cluster");
    assertThat(gamma.written()).doesNotContain("is up");
    cluster.node("beta").start();
    cluster.awaitUp(2);
    cluster.node("alpha").start();
    cluster.awaitUp(3);
  }

  @Test
  @Order(4)
  void nodesStoppedInOrderEndWithStatusZeroAndComeBackInAnyOrder() {
    cluster.each(TestNode::terminate);
    cluster.each(node -> assertThat(node.awaitExit()).isZero());
    cluster.node("beta").start();
    cluster.node("alpha").start();
    cluster.node("gamma").start();
    cluster.awaitUp(3);
  }

  @Test
  @Order(5)
  void aNodeThatWasFrozenAndRemovedComesBackByItself() {
    TestNode beta = cluster.node("beta");
    long pid = beta.pid();
    beta.sigstop();
    for (String other : List.of("alpha", "gamma")) {
      TestNode node = cluster.node(other);
      Await.until(
          Duration.ofSeconds(60),
          other + " has removed beta",
          () -> node.members().equals(Set.of("alpha", "gamma")),
          node::tail);
    }
    beta.sigcont();
    beta.awaitLine("event=removed-from-cluster");
    cluster.each(node -> node.awaitMembers(ALL));
    assertThat(beta.pid()).isEqualTo(pid);
    assertThat(beta.alive()).isTrue();
  }

  @Test
  @Order(6)
  void nobodyIsRemovedWhileEveryCoreIsBusy() throws IOException {
    List<Process> busy = new ArrayList<>();
    List<Integer> before = cluster.nodes().stream().map(node -> node.written().length()).toList();
    try {
      for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
        // At the priority that bodies have.
        busy.add(new ProcessBuilder("nice", "-n", "10", "sh", "-c", "while :; do :; done").start());
      }
      long until = System.nanoTime() + SATURATED.toNanos();
      Await.until(SATURATED.plusSeconds(10), "time passes", () -> System.nanoTime() - until > 0);
    } finally {
      busy.forEach(Process::destroyForcibly);
    }
    for (int i = 0; i < before.size(); i++) {
      TestNode node = cluster.nodes().get(i);
      assertThat(node.reachable()).isEqualTo(ALL);
      assertThat(node.written().substring(before.get(i)))
          .doesNotContain("event=removed-from-cluster")
          .doesNotContain("members=[alpha, beta]")
          .doesNotContain("members=[alpha, gamma]")
          .doesNotContain("members=[beta, gamma]");
    }
  }

  @Test
  @Order(7)
  void aNodeWithTheNameOfAnotherAndOtherBooksIsRefused() {
    try (TestCluster impostors = TestCluster.of("gamma")) {
      TestNode impostor = impostors.node("gamma");
      copyKey(impostors);
      impostor.argument("--seed", cluster.node("alpha").address()).start();
      assertThat(impostor.awaitExit()).isEqualTo(1);
      assertThat(impostor.written())
          .contains(
              "mosd: gamma is not let in: alpha refuses it: another node called gamma, with other"
                  + " books, belongs to the cluster");
    }
    cluster.each(node -> node.awaitMembers(ALL));
  }

  @Test
  @Order(8)
  void aCopyOfADataDirectoryStartedBesideTheOriginalIsRefused() throws IOException {
    TestNode gamma = cluster.node("gamma");
    long pid = gamma.pid();
    try (TestCluster copies = TestCluster.of("gamma").set("cluster.stable-after", "3s")) {
      TestNode copy = copies.node("gamma");
      copyKey(copies);
      gamma.terminate();
      assertThat(gamma.awaitExit()).isZero();
      copyTree(gamma.directory().resolve("data"), copy.directory().resolve("data"));
      gamma.start();
      cluster.awaitUp(3);
      copy.start();
      assertThat(copy.awaitExit()).isEqualTo(1);
      assertThat(copy.written())
          .containsPattern(
              "mosd: gamma is not let in: (alpha|beta|gamma) refuses it: a node called gamma with"
                  + " the same books runs already, at ");
    }
    assertThat(gamma.pid()).isNotEqualTo(pid);
    assertThat(gamma.alive()).isTrue();
    assertThat(gamma.written()).doesNotContain("event=removed-from-cluster");
    cluster.each(node -> node.awaitMembers(ALL));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  @Test
  @Order(9)
  void aNodeWithOtherSettingsIsRefused() {
    TestNode delta = cluster.add("delta").set("cluster.heartbeat-pause", "7s").start();
    assertThat(delta.awaitExit()).isEqualTo(1);
    assertThat(delta.written())
        .contains("mosd: delta is not let in: alpha refuses it: its settings under mosd.cluster");
  }

  @Test
  @Order(10)
  void aNodeWithAnotherKeyIsRefusedWithAClearLine() {
    try (TestCluster strangers = TestCluster.of("stranger")) {
      String seed = cluster.node("alpha").address();
      TestNode stranger = strangers.node("stranger").argument("--seed", seed).start();
      assertThat(stranger.awaitExit()).isEqualTo(1);
      assertThat(stranger.written())
          .contains(
              "mosd: stranger is not let in: " + seed + " belongs to a cluster with another key")
          .contains("hint: moskey invite there prints a line for moskey join here");
    }
    cluster.node("alpha").awaitMembers(ALL);
  }

  @Test
  @Order(11)
  void aPlainConnectionGetsNothing() throws IOException {
    String[] address = cluster.node("alpha").address().split(":");
    try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("AKKA\1hello".getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      byte[] answer = in.readAllBytes();
      // At most a TLS alert: record type 21, seven bytes.
      assertThat(answer.length).isLessThanOrEqualTo(7);
    }
  }

  @Test
  @Order(12)
  void aPortInUseIsOneClearLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestCluster one = TestCluster.of("delta")) {
      int port = taken.getLocalPort();
      TestNode node = one.node("delta").argument("--port", String.valueOf(port)).start();
      assertThat(node.awaitExit()).isEqualTo(1);
      assertThat(node.written())
          .isEqualTo(
              "mosd: port "
                  + port
                  + " on 127.0.0.1 is in use\n"
                  + "hint: give another one with --port (0 = any), or stop who has it\n");
    }
  }

  @Test
  @Order(13)
  void wrongUsageIsOneLineAndStatusTwo() {
    try (TestCluster one = TestCluster.of("delta")) {
      TestNode node = one.node("delta").argument("--slot", "3").start();
      assertThat(node.awaitExit()).isEqualTo(2);
      assertThat(node.written()).startsWith("mosd: unknown option").doesNotContain("\tat ");
      assertThat(node.written()).contains("hint: ").contains("--slots");
    }
  }

  private static void copyKey(TestCluster other) {
    try {
      Files.createDirectories(other.keyDirectory());
      for (String file : List.of("cluster.pem", "token")) {
        Files.copy(cluster.keyDirectory().resolve(file), other.keyDirectory().resolve(file));
      }
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }
}
