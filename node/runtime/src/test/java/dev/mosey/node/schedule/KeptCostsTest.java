package dev.mosey.node.schedule;

import static dev.mosey.node.schedule.SchedulerBench.BETA;
import static dev.mosey.node.schedule.SchedulerBench.WALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.node.host.ProcessHost.MoveOut;
import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.node.load.Guests;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.policy.balance.Link;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What moves have cost outlives the node that measured it. */
class KeptCostsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path directory;

  @Test
  void measuredCostsAreKeptWithTheirDateForAWeek() {
    KeptCosts costs = new KeptCosts(directory);
    costs.measured(BETA, 0.2, NOW);
    costs.measured(BETA, 0.1, NOW.plusSeconds(60));
    costs.write();
    KeptCosts again = new KeptCosts(directory);
    assertThat(again.setups(NOW.plus(Duration.ofDays(7)))).isEqualTo(Map.of(BETA, 0.1));
    assertThat(directory.resolve("costs.json"))
        .content()
        .contains("2026-03-01T12:01:00Z", "\"moves\":2");
    assertThat(again.setups(NOW.plus(Duration.ofDays(8)))).isEmpty();
  }

  @Test
  void measuredLinksAreKeptBesideThemWithADateOfTheirOwn() {
    Link link = new Link(0.001, 0.002, 1e8, 2e8, 3e8);
    KeptCosts costs = new KeptCosts(directory);
    costs.linked(BETA, link, NOW);
    assertThat(costs.setups(NOW)).as("a link is no move").isEmpty();
    costs.measured(BETA, 0.2, NOW.plus(Duration.ofDays(2)));
    costs.write();
    KeptCosts again = new KeptCosts(directory);
    assertThat(again.links(NOW)).isEqualTo(Map.of(BETA, link));
    assertThat(again.setups(NOW)).isEqualTo(Map.of(BETA, 0.2));
    Instant later = NOW.plus(Duration.ofDays(8));
    assertThat(again.links(later)).isEmpty();
    assertThat(again.setups(later)).isEqualTo(Map.of(BETA, 0.2));
  }

  @Test
  void whatTheVersionBeforeHasKeptIsRead() {
    new AtomicFile(directory.resolve("costs.json"))
        .writeText(
            "{\"beta\":{\"setup_seconds\":0.25,\"moves\":3,"
                + "\"measured\":\"2026-03-01T12:00:00Z\"}}");
    assertThat(new KeptCosts(directory).setups(NOW)).isEqualTo(Map.of(BETA, 0.25));
  }

  @Test
  void aFileThatIsDamagedCostsNoMoreThanItsContent() throws IOException {
    for (String content : new String[] {"{", "{\"beta\":{}}", "{\"No Node\":{}}", "[]"}) {
      Files.writeString(directory.resolve("costs.json"), content);
      assertThat(new KeptCosts(directory).setups(NOW)).as(content).isEmpty();
    }
  }

  @Test
  void whatMovesHaveCostCountsAfterARestart() {
    try (SchedulerBench bench = new SchedulerBench(directory).start()) {
      assertThat(moved(bench, 1, 0.5)).isEqualTo(BETA);
      bench.kit.stop(bench.scheduler);
      bench.start();
      assertThat(moved(bench, 2, 0.12)).as("the cheaper of two").isEqualTo(BETA);
    }
  }

  /** Moves one process that is there and checks the cost that was weighed. */
  private static NodeName moved(SchedulerBench bench, int number, double cost) {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(number, 0, WALL - 600_000));
    bench.pass(1_000);
    MoveOut move = bench.moves().getFirst();
    move.replyTo().tell(new MoveOutcome(move.id(), new HostId(move.target(), 1), null, 120));
    assertThat(bench.read(view -> view.moves(null, 1)).getFirst().figures().get("cost_seconds"))
        .isCloseTo(cost, within(0.01)); // the image adds a little
    return move.target();
  }
}
