package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestNode;
import dev.mosey.policy.gossip.GossipFormulas;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Five nodes with the smallest windows: how old what they know of each other is. */
@ExtendWith(ClusterLogs.class)
final class GossipAgeIT {
  private static final int NODES = 5;
  private static final double STEP_SECONDS = 0.3;

  /** In steps. With so few nodes a window of one report is enough for it: 4 steps. */
  private static final double WANTED = 4.2;

  private static final int WINDOW = 1;

  /**
   * The formulas are for many nodes that draw their targets anew each time, and count ages in whole
   * steps. Among four others a node tells none twice in a row, so the same in virtual time is 3.1
   * steps instead of 4, sampled each third of a step as here; a busy machine adds what it likes.
   * All reports in each message would be 1.7 steps.
   */
  private static final double TOLERANCE = 0.35;

  private static final int GAUGES_LEAST = 300;

  @Test
  void theGaugeOfTheAverageAgeAgreesWithTheFormulaForTheWindowThatWasChosen() {
    try (TestCluster cluster = TestCluster.of("alpha", "beta", "gamma", "delta", "epsilon")) {
      cluster
          .set("speed", "1")
          .set("load.sample-interval", "100ms")
          .set("load.gossip-interval", (long) (STEP_SECONDS * 1_000) + "ms")
          .set("load.gossip-average-age", String.valueOf(WANTED))
          .set("load.gossip-window-min", "1")
          .start()
          .awaitUp(NODES);
      assertThat(GossipFormulas.windowFor(WANTED, NODES)).isEqualTo(WINDOW);
      double expected = GossipFormulas.averageAge(WINDOW, NODES) * STEP_SECONDS;
      for (TestNode node : cluster.nodes()) {
        assertThat(metric(node, "mosey_gossip_window_reports")).isEqualTo(WINDOW);
        assertThat(ages(node).path("expected").asDouble())
            .as("what %s expects of the window that it chose", node.name())
            .isCloseTo(expected, within(1e-6));
      }
      awaitAgreement(cluster, expected);
    }
  }

  private static void awaitAgreement(TestCluster cluster, double expected) {
    DoubleSummaryStatistics status = new DoubleSummaryStatistics();
    DoubleSummaryStatistics metrics = new DoubleSummaryStatistics();
    AtomicReference<String> seen = new AtomicReference<>("");
    Await.until(
        Duration.ofSeconds(60),
        "an average age of " + expected + " s, give or take " + TOLERANCE * 100 + " %",
        () -> {
          for (TestNode node : cluster.nodes()) {
            status.accept(ages(node).path("average").asDouble());
            metrics.accept(metric(node, "mosey_load_age_average_seconds"));
          }
          seen.set(status + " and " + metrics);
          return status.getCount() >= GAUGES_LEAST
              && agrees(status.getAverage(), expected)
              && agrees(metrics.getAverage(), expected);
        },
        seen::get);
  }

  private static boolean agrees(double measured, double expected) {
    return Math.abs(measured - expected) <= TOLERANCE * expected;
  }

  /** As {@code mosctl status -o json} shows them. */
  private static JsonNode ages(TestNode node) {
    return node.http().get("/nodes/" + node.name()).json().path("ages");
  }

  private static double metric(TestNode node, String name) {
    Pattern line = Pattern.compile("^" + name + "(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE);
    Matcher found = line.matcher(node.http().get("//metrics").text());
    assertThat(found.find()).as(name).isTrue();
    return Double.parseDouble(found.group(1));
  }
}
