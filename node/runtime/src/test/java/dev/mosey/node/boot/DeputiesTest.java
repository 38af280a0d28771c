package dev.mosey.node.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.id.NodeName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class DeputiesTest {
  private static final int HOMES = 1_000;

  private static Set<NodeName> nodes(String... names) {
    Set<NodeName> nodes = new TreeSet<>();
    for (String name : names) {
      nodes.add(NodeName.of(name));
    }
    return nodes;
  }

  @Test
  void homesAreSharedOutEvenlyAndWhoLeavesLeavesTheRestInTheirOrder() {
    Set<NodeName> all = nodes("beta", "gamma", "delta", "epsilon");
    Set<NodeName> fewer = nodes("beta", "gamma", "epsilon");
    Map<NodeName, Integer> counts = new HashMap<>();
    for (int i = 0; i < HOMES; i++) {
      NodeName home = NodeName.of("home" + i);
      List<NodeName> order = Deputies.order(home, all);
      assertThat(order).containsExactlyInAnyOrderElementsOf(all);
      counts.merge(order.getFirst(), 1, Integer::sum);
      assertThat(order)
          .filteredOn(node -> !node.value().equals("delta"))
          .isEqualTo(Deputies.order(home, fewer));
    }
    // 250 each; 60 is more than four standard deviations.
    assertThat(counts.values()).hasSize(4).allMatch(count -> Math.abs(count - HOMES / 4) < 60);
  }
}
