package dev.mosey.policy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A round that is told to be quiet would have moved nothing. */
class QuietRoundTest {
  private static final long NOW = 1_000_000;

  private static LoadReport report(String name, SplittableRandom random) {
    int cores = random.nextInt(1, 6);
    double load = random.nextInt(0, 8 * cores) / 4.0 / cores;
    return new LoadReport(
        new HostId(NodeName.of(name), 1),
        1,
        random.nextInt(0, 8_000),
        load,
        random.nextInt(1, 5) / 2.0,
        cores,
        100,
        (int) Math.round(load * cores),
        Resources.of(100, 100_000),
        16_000,
        random.nextInt(10) == 0 ? 400 : 8_000,
        0,
        0,
        0,
        "open",
        0,
        0,
        0,
        null,
        0);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"threshold", "opportunity-cost"})
  void movesNothing(String name) {
    Tunes tunes = Tunes.DEFAULTS.with(Map.of("policy", name), NodeName.of("alpha"));
    BalancePolicy policy = BalancePolicy.of(tunes);
    int quiet = 0;
    int moves = 0;
    for (long seed = 0; seed < 4_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      LoadTable table = new LoadTable(100, 0);
      NodeState self = NodeState.of(report("self", random), 3_600_000);
      table.merge(report("self", random), NOW);
      int peers = random.nextInt(0, 6);
      for (int i = 0; i < peers; i++) {
        table.merge(report("n" + i, random), NOW);
      }
      List<NodeState> states = new ArrayList<>();
      table.forEach(
          Long.MAX_VALUE,
          NOW,
          (report, known) -> {
            if (!report.host().node().equals(self.name())) {
              states.add(NodeState.of(report, 3_600_000));
            }
          });
      Candidate[] candidates = new Candidate[random.nextInt(1, 8)];
      for (int i = 0; i < candidates.length; i++) {
        candidates[i] = Samples.process(i + 1, random.nextInt(0, 200));
      }
      boolean told = policy.quiet(self, table, Loads.USUAL_DEMAND);
      Decision decision = policy.decide(Samples.situation(self, states, candidates), random);
      quiet += told ? 1 : 0;
      moves += decision.departures().isEmpty() ? 0 : 1;
      if (told) {
        assertThat(decision.departures()).as("seed %s", seed).isEmpty();
      }
    }
    assertThat(quiet).as("it is told often").isGreaterThan(500);
    assertThat(moves).as("and there is something to miss").isGreaterThan(500);
  }
}
