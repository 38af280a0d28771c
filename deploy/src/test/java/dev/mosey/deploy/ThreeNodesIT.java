package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes on one machine, driven by the commands a user types: sharing, moving, losing a node,
 * draining one.
 */
class ThreeNodesIT {
  /** Counts in steps of a hundredth of a second; asked by SIGTERM it saves and exits with 85. */
  private static final String COUNTING =
      """
      #!/bin/sh
      i=0
      [ ! -f "$MOSEY_CHECKPOINT_DIR/i" ] || read -r i <"$MOSEY_CHECKPOINT_DIR/i"
      trap 'echo $i >"$MOSEY_CHECKPOINT_DIR/i"; exit 85' TERM
      while [ "$i" -lt "$1" ]; do i=$((i + 1)); echo $i; sleep 0.01; done
      """;

  private static Installation mosey;
  private static Path counting;

  @BeforeAll
  static void install() throws IOException {
    mosey = new Installation();
    counting = Files.writeString(mosey.folder().resolve("counting.sh"), COUNTING);
  }

  @AfterAll
  static void stop() {
    mosey.close();
  }

  /** Starts those that the test before has killed, and waits until all are members. */
  @BeforeEach
  void start() {
    mosey.run("mosixd", "start", "--local", "3").ok();
    mosey.await(
        "three nodes that take guests",
        () -> {
          mosey.run("mosctl", "noblock", "alpha", "beta", "gamma");
          return mosey.json("mosctl", "status").path("items").toString();
        },
        nodes ->
            nodes.split("\"state\":\"up\"").length == 4
                && nodes.split("\"mode\":\"open\"").length == 4);
  }

  private Set<String> hostsOf(String id, int tasks) {
    Set<String> hosts = new TreeSet<>();
    for (int task = 1; task <= tasks; task++) {
      hosts.add(mosey.json("mosq", "show", id + "." + task).path("host").asText());
    }
    return hosts;
  }

  private static String numbers(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      text.append(i).append('\n');
    }
    return text.toString();
  }

  @Test
  void workIsSharedAndReadableFromEveryNode() {
    assertThat(mosey.json("mosctl", "status").path("items")).hasSize(3);
    String id =
        mosey
            .run("mosq", "submit", "--array", "1-12", "--", "sh", "-c", "echo $MOSEY_HOST; sleep 1")
            .ok()
            .line();
    mosey.run("mosq", "wait", id).ok();
    assertThat(hostsOf(id, 12)).containsExactly("alpha", "beta", "gamma");
    for (JsonNode node : mosey.json("mosctl", "status").path("items")) {
      String url = node.path("http").asText();
      assertThat(mosey.json("mosq", "--node", url, "show", id).path("tasks").path("done").asInt())
          .as(url)
          .isEqualTo(12);
      assertThat(mosey.run("mosq", "--node", url, "logs", id + ".7").ok().line())
          .as(url)
          .isIn("alpha", "beta", "gamma");
    }
  }

  @Test
  void aRunningCommandMovesByHandAndItsOutputIsTheSameAsUnmoved() {
    String id =
        mosey
            .run("mosq", "submit", "--move", "checkpoint", "--", "sh", counting.toString(), "800")
            .ok()
            .line();
    mosey.await("it to run", () -> mosey.state(id), "running"::equals);
    for (String target : new String[] {"beta", "gamma", "alpha"}) {
      if (!mosey.json("mosq", "show", id).path("host").asText().equals(target)) {
        assertThat(mosey.run("migrate", id, target).ok().out()).contains(target).contains("ms");
      }
    }
    mosey.run("mosq", "wait", id).ok();
    assertThat(mosey.run("mosq", "logs", id).ok().out()).isEqualTo(numbers(800));
    assertThat(mosey.json("mosq", "show", id).path("moves").size()).isGreaterThanOrEqualTo(2);
    assertThat(mosey.run("mosq", "why", id).ok().out()).contains("beta");
  }

  @Test
  void aKilledNodesWorkRunsAgainElsewhereWithinTheLeaseAndThreeSeconds() {
    String id =
        mosey
            .run(
                "mosq",
                "--node",
                mosey.json("mosctl", "status", "alpha").path("items").path(0).path("http").asText(),
                "submit",
                "--on",
                "beta,gamma",
                "--move",
                "restart",
                "--lease",
                "4s",
                "--",
                "sh",
                "-c",
                "echo $MOSEY_HOST; sleep 5")
            .ok()
            .line();
    mosey.await("it to run", () -> mosey.state(id), "running"::equals);
    String host = mosey.json("mosq", "show", id).path("host").asText();
    mosey.kill9(host);
    long killed = System.nanoTime();
    mosey.await(
        "its second incarnation to run",
        () -> mosey.json("mosq", "show", id),
        job ->
            job.path("incarnation").asInt() == 2 && job.path("state").asText().equals("running"));
    assertThat((System.nanoTime() - killed) / 1e9).isLessThan(4 + 3 + 1);
    mosey.run("mosq", "wait", id).ok();
    assertThat(mosey.run("mosq", "logs", id).ok().line())
        .isEqualTo(host.equals("beta") ? "gamma" : "beta");
  }

  @Test
  void whatWaitsAtAnAbsentHomeIsSaid() {
    String node =
        mosey.json("mosctl", "status", "beta").path("items").path(0).path("http").asText();
    String id = mosey.run("mosq", "--node", node, "submit", "--hold", "--", "true").ok().line();
    assertThat(id).startsWith("beta.");
    mosey.kill9("beta");
    String alpha =
        mosey.json("mosctl", "status", "alpha").path("items").path(0).path("http").asText();
    var list =
        mosey.await(
            "beta to be missed",
            () -> mosey.json("mosq", "--node", alpha, "list"),
            l -> l.path("incomplete").toString().contains("beta"));
    assertThat(list.path("items").toString()).doesNotContain(id);
    mosey.run("mosixd", "start", "--local", "3").ok();
    mosey.await(
        "beta's books to be read again",
        () -> mosey.run("mosq", "--node", alpha, "show", id).status(),
        s -> s == 0);
  }

  @Test
  void drainMovesWhatCanMoveAndNothingIsLost() {
    String id =
        mosey
            .run(
                "mosq",
                "submit",
                "--on",
                "beta,gamma",
                "--move",
                "checkpoint",
                "--array",
                "1-2",
                "--",
                "sh",
                counting.toString(),
                "600")
            .ok()
            .line();
    mosey.await(
        "both to run",
        () -> mosey.json("mosq", "show", id).path("tasks").path("running").asInt(),
        n -> n == 2);
    mosey.run("mosctl", "drain", "gamma").ok();
    assertThat(mosey.json("mosps").path("items").toString()).doesNotContain("\"host\":\"gamma\"");
    mosey.run("mosq", "wait", id).ok();
    assertThat(mosey.run("mosq", "logs", id + ".1").ok().out()).isEqualTo(numbers(600));
    assertThat(mosey.run("mosq", "logs", id + ".2").ok().out()).isEqualTo(numbers(600));
  }

  @Test
  void tunesAreInForceEverywhereWithinSecondsAndKept() {
    mosey.run("tune", "--set", "differential=0.7").ok();
    for (JsonNode node : mosey.json("mosctl", "status").path("items")) {
      String url = node.path("http").asText();
      mosey.await(
          "the tune at " + url,
          () -> mosey.json("tune", "--node", url).toString(),
          text -> text.contains("0.7"));
    }
    assertThat(mosey.run("tune", "--set", "differential=banana").status()).isEqualTo(2);
    assertThat(mosey.run("tune", "--set", "no-such-tune=1").err()).contains("no-such-tune");
  }

  @Test
  void theWaysBetweenNodesAreMeasuredShownAndKept() {
    JsonNode measured =
        mosey.json("tune", "measure", "--from", "beta", "gamma").path("items").path(0);
    assertThat(measured.path("from").asText()).isEqualTo("beta");
    assertThat(measured.path("to").asText()).isEqualTo("gamma");
    for (String figure : List.of("round_trip_ms", "start_ms")) {
      assertThat(measured.path(figure).asDouble()).as(figure).isBetween(0.01, 10_000.0);
    }
    for (String step : List.of("write", "carry", "read")) {
      assertThat(measured.path(step + "_bytes_per_second").asDouble()).as(step).isGreaterThan(1e5);
    }
    assertThat(mosey.json("tune", "costs").path("items").toString())
        .contains(measured.path("measured_at").asText());
    assertThat(mosey.run("tune", "costs").ok().out()).containsPattern("beta +gamma +\\d");
    assertThat(mosey.run("prep_tune", "gamma").ok().out()).contains("gamma can be measured");
    Said nobody = mosey.run("tune", "measure", "delta");
    assertThat(nobody.status()).isEqualTo(1);
    assertThat(nobody.err()).contains("there is no node delta");
    assertThat(mosey.run("tune", "measure", "--from", "beta", "beta").err())
        .contains("there is no way from beta to itself");
  }
}
