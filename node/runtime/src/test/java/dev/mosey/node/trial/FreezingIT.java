package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.Diary;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestJobs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose load is always above its mark, and which leaves one process running. */
@ExtendWith(ClusterLogs.class)
class FreezingIT {
  @Test
  void whatANodeWithTooMuchToDoFreezesGoesOnFromWhereItWas() {
    try (TestCluster cluster =
        TestCluster.of("alpha")
            .slots(3)
            .set("schedule.freeze.above-load", "0.01")
            .set("schedule.freeze.below-load", "0.001")
            .set("schedule.freeze.pause", "500ms")) {
      cluster.node("alpha").start().awaitUp();
      TestJobs alpha = cluster.node("alpha").jobs();
      Diary diary = new Diary(cluster);
      List<String> both =
          List.of(
              alpha.submit(diary.counting(60, 0.02, "go").move("checkpoint")),
              alpha.submit(diary.counting(60, 0.02, "go").move("checkpoint")));
      // Nobody invites them here: only who is told to start does.
      both.forEach(alpha::startNow);
      String frozen = both.getLast();
      String runs = both.getFirst();
      JsonNode first =
          alpha.await(
              runs,
              "or the other is frozen",
              job -> isFrozen(job) || isFrozen(alpha.show(both.getLast())));
      if (isFrozen(first)) {
        frozen = both.getFirst();
        runs = both.getLast();
      }
      JsonNode seen = alpha.show(frozen);
      assertThat(seen.path("frozen").asText()).isEqualTo("load");
      assertThat(seen.path("reason").asText()).contains("alpha had too much to do");
      assertThat(seen.path("restarts").asInt()).isZero();
      diary.release("go");
      assertThat(alpha.awaitEnd(runs).path("state").asText()).isEqualTo("done");
      alpha.startNow(frozen);
      assertThat(alpha.awaitEnd(frozen).path("state").asText()).isEqualTo("done");
      for (String id : both) {
        assertThat(alpha.output(id)).isEqualTo(Diary.numbers(60));
      }
      assertThat(diary.twice()).isEmpty();
    }
  }

  private static boolean isFrozen(JsonNode job) {
    return job.path("state").asText().equals("frozen");
  }
}
