package dev.mosey.sim.gossip;

import dev.mosey.policy.gossip.GossipFormulas;
import dev.mosey.sim.cli.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The age tables of Amar, Barak, Drezner and Okun (2009), measured again. */
public final class GossipPaper {
  private static final List<Integer> NODES = List.of(32, 64, 256, 1_024);
  private static final List<Integer> WINDOWS = List.of(8, 16, 32, 64);

  private GossipPaper() {}

  /** All lines: every window below the number of nodes. */
  public static List<GossipTrial.Line> lines(int steps, long seed) {
    List<int[]> cases = new ArrayList<>();
    for (int nodes : NODES) {
      for (int window : WINDOWS) {
        if (window < nodes) {
          cases.add(new int[] {nodes, window});
        }
      }
    }
    return cases.parallelStream()
        .map(one -> GossipTrial.measure(one[0], one[1], steps, seed))
        .toList();
  }

  /** As a table. */
  public static Table table(List<GossipTrial.Line> lines) {
    Table table =
        new Table(
            "nodes",
            "window",
            "average",
            "formula",
            "off",
            "maximal",
            "formula",
            "off",
            "published",
            "off");
    for (GossipTrial.Line line : lines) {
      table.add(
          line.nodes(),
          line.window(),
          line.measured().average(),
          line.promised().average(),
          percent(line.averageOff()),
          line.measured().maximal(),
          line.promised().maximal(),
          percent(line.maximalOff()),
          GossipFormulas.maximalAgePublished(line.window(), line.nodes()),
          percent(line.maximalOffPublished()));
    }
    return table;
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%+.1f%%", 100 * part);
  }
}
