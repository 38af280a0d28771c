package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Daemons are replaced while what they run runs on: {@code mosixd restart}. */
class RestartIT {
  private static final String[] NODES = {"alpha", "beta", "gamma"};

  /** Writes a line every tenth of a second, and which process it is. */
  private static final String LINES =
      "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i of $$; sleep 0.1; done; exit 7";

  private static Installation mosey;

  @BeforeAll
  static void install() {
    mosey = new Installation();
    mosey.run("mosixd", "start", "--local", "3").ok();
  }

  @AfterAll
  static void stop() {
    mosey.close();
  }

  private static void awaitThree() {
    mosey.await(
        "three nodes that know each other",
        () -> mosey.json("mosctl", "status").path("items"),
        nodes -> {
          int up = 0;
          for (JsonNode node : nodes) {
            up += node.path("state").asText().equals("up") ? 1 : 0;
          }
          return up == NODES.length;
        });
  }

  private String submitOn(String node, String... options) {
    List<String> command = new ArrayList<>(List.of("mosq", "submit", "--on", node));
    command.addAll(List.of(options));
    command.addAll(List.of("--", "sh", "-c", LINES));
    String id = mosey.run(command.toArray(String[]::new)).ok().line();
    mosey.await(id + " to run", () -> mosey.state(id), "running"::equals);
    return id;
  }

  private static String linesOf(long pid) {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 300; i++) {
      lines.append(i).append(" of ").append(pid).append('\n');
    }
    return lines.toString();
  }

  @Test
  void everyNodeIsRestartedUnderLoadAndNoCommandEndsOrBeginsAgain() {
    awaitThree();
    Map<String, String> jobs = new LinkedHashMap<>();
    for (String node : NODES) {
      jobs.put(submitOn(node), node);
      // A restart takes longer where others keep the machine busy; this is no test of speed.
      jobs.put(submitOn(node, "--move", "restart", "--lock", "--lease", "60s"), node);
    }
    Map<String, Long> daemons = new LinkedHashMap<>();
    for (String node : NODES) {
      daemons.put(node, mosey.daemon(node).pid());
    }
    mosey.run("mosixd", "restart").ok();
    awaitThree();
    for (String node : NODES) {
      assertThat(mosey.daemon(node).pid()).as(node).isEqualTo(daemons.get(node));
    }
    assertThat(mosey.run("mosctl", "restart", "beta").ok().out()).contains("runs on");
    String later = mosey.run("mosq", "submit", "--", "true").ok().line();
    jobs.forEach(
        (id, node) -> {
          assertThat(mosey.run("mosq", "wait", id).status()).as(id).isEqualTo(7);
          JsonNode job = mosey.json("mosq", "show", id);
          assertThat(job.path("incarnation").asInt()).as(id).isEqualTo(1);
          assertThat(job.path("restarts").asInt()).as(id).isZero();
          assertThat(job.path("host").asText()).as(id).isEqualTo(node);
          String out = mosey.run("mosq", "logs", id).ok().out();
          long pid = Long.parseLong(out.lines().findFirst().orElseThrow().split(" ")[2]);
          assertThat(out).as(id).isEqualTo(linesOf(pid));
        });
    mosey.run("mosq", "wait", later).ok();
  }

  @Test
  void whatIsCancelledOrEndsDuringARestartEndsAllTheSame() {
    awaitThree();
    String cancelled = submitOn("gamma");
    String brief =
        mosey.run("mosq", "submit", "--on", "gamma", "--", "sh", "-c", "sleep 1; exit 5").line();
    mosey.await(brief + " to run", () -> mosey.state(brief), "running"::equals);
    mosey.run("mosctl", "restart", "gamma").ok();
    mosey.run("mosq", "cancel", cancelled).ok();
    assertThat(mosey.run("mosq", "wait", brief).status()).isEqualTo(5);
    mosey.run("mosq", "wait", cancelled);
    assertThat(mosey.state(cancelled)).isEqualTo("cancelled");
    awaitThree();
  }
}
