package dev.mosey.policy.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GossipPolicyTest {
  private final RandomGenerator random = new SplittableRandom(7);

  private static LoadReport report(NodeName node, long seq) {
    return new LoadReport(
        new HostId(node, 1),
        seq,
        0,
        0,
        1,
        1,
        1,
        0,
        Resources.NONE,
        0,
        0,
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

  private static List<NodeName> names(String prefix, int count) {
    List<NodeName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(NodeName.of(prefix + i));
    }
    return names;
  }

  @Test
  void tellsTheLivingEvenlyAndSuspectsSeldom() {
    Map<NodeName, Integer> told = new HashMap<>();
    List<NodeName> alive = names("a", 9);
    List<NodeName> suspects = names("s", 1);
    GossipPolicy policy = new GossipPolicy(8, 4, 64);
    for (int step = 0; step < 90_000; step++) {
      told.merge(policy.next(null, alive, suspects, random), 1, Integer::sum);
    }
    // One step in nine draws from all ten.
    assertThat(told.get(suspects.getFirst())).isBetween(850, 1_150);
    for (NodeName name : alive) {
      assertThat(told.get(name)).isBetween(9_500, 10_300);
    }
  }

  @Test
  void triesSuspectsWhenNobodyElseIsThere() {
    GossipPolicy policy = new GossipPolicy(8, 4, 64);
    assertThat(policy.next(null, List.of(), names("s", 1), random)).isEqualTo(NodeName.of("s0"));
    assertThat(policy.next(null, List.of(), List.of(), random)).isNull();
  }

  @Test
  void amongFewNobodyIsToldTwiceInARow() {
    GossipPolicy policy = new GossipPolicy(8, 4, 64);
    NodeName last = null;
    for (int step = 0; step < 1_000; step++) {
      NodeName next = policy.next(last, names("a", 3), List.of(), random);
      assertThat(next).isNotEqualTo(last);
      last = next;
    }
    assertThat(policy.next(NodeName.of("a0"), names("a", 1), List.of(), random))
        .isEqualTo(NodeName.of("a0"));
  }

  @Test
  void sendsItsOwnReportFirstAndNeverMoreThanTheWindow() {
    LoadTable table = new LoadTable(64, 0);
    for (NodeName name : names("n", 20)) {
      table.merge(report(name, 1), 0);
    }
    NodeName self = NodeName.of("n19");
    List<LoadReport> window = new GossipPolicy(8, 2, 5).window(table, self, 20, 50);
    assertThat(window).hasSizeBetween(2, 5).doesNotHaveDuplicates();
    assertThat(window.getFirst().host().node()).isEqualTo(self);
  }

  @Test
  void drawsTheWindowFromTheWantedAgeWithinItsBounds() {
    GossipPolicy policy = new GossipPolicy(11.1, 4, 64);
    assertThat(policy.windowSize(256)).isEqualTo(GossipFormulas.windowFor(11.1, 256));
    assertThat(policy.windowSize(1)).isEqualTo(4);
    assertThat(new GossipPolicy(0.5, 4, 64).windowSize(2_000)).isEqualTo(64);
    assertThatThrownBy(() -> new GossipPolicy(0, 4, 64)).hasMessageContaining("average age");
  }

  /** Virtual time: 64 nodes, one step each in turn; what they know is as old as it should be. */
  @Test
  void measuredAgesFollowTheFormulas() {
    int nodes = 64;
    int size = 16;
    GossipPolicy policy = new GossipPolicy(1_000, size, size);
    List<NodeName> names = names("n", nodes);
    List<LoadTable> tables = new ArrayList<>();
    names.forEach(name -> tables.add(new LoadTable(nodes, 0)));
    double ages = 0;
    int measured = 0;
    for (int step = 0; step < 400; step++) {
      long now = step * 1_000L;
      for (int i = 0; i < nodes; i++) {
        tables.get(i).merge(report(names.get(i), step + 1), now);
      }
      List<List<LoadReport>> sent = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        sent.add(policy.window(tables.get(i), names.get(i), nodes, now));
      }
      for (int i = 0; i < nodes; i++) {
        List<NodeName> others = new ArrayList<>(names);
        others.remove(i);
        NodeName target = policy.next(null, others, List.of(), random);
        // Told at the next step: a report is one step old when it arrives.
        for (LoadReport report : sent.get(i)) {
          tables.get(names.indexOf(target)).merge(report.aged(1_000), now + 1_000);
        }
      }
      if (step >= 200) {
        for (LoadTable table : tables) {
          ages += table.averageAgeMillis(now + 1_000) / 1_000;
          measured++;
        }
      }
    }
    double expected = GossipFormulas.averageAge(size, nodes);
    assertThat(ages / measured).isCloseTo(expected, within(0.2 * expected));
  }
}
