package dev.mosey.policy.gossip;

import dev.mosey.policy.load.LoadTable;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Whom a node tells next, and what: randomized push, one message a step.
 *
 * @param averageAgeSteps wanted average age of what a node knows, in steps; with the number of
 *     nodes it gives the size of the window
 * @param windowMin fewest reports in a message (if so many are known), 1 or more
 * @param windowMax most reports in a message, so that it stays within its size
 */
public record GossipPolicy(double averageAgeSteps, int windowMin, int windowMax) {
  /**
   * The fewest among which suspects get their share: with fewer nodes alive a suspect is still told
   * every fifth step at most.
   */
  private static final int SUSPECT_SHARE_MIN = 5;

  /** Up to so many living others, none is told twice in a row, so that all hear within moments. */
  private static final int FEW = 4;

  /** Checks the ranges. */
  public GossipPolicy {
    if (!(averageAgeSteps > 0) || windowMin < 1 || windowMax < windowMin) {
      throw new IllegalArgumentException(
          "gossip needs an average age > 0 and 1 <= window min <= max, was "
              + averageAgeSteps
              + ", "
              + windowMin
              + ", "
              + windowMax);
    }
  }

  /**
   * The node to tell in this step, or null when there is none. Uniform over those that answer;
   * suspects get one step in as many as nodes are alive, so that over the whole cluster they cost
   * about one message a step and are found again when they come back.
   *
   * @param last who was told in the step before, or null
   * @param alive the other nodes that answer
   * @param suspects the other members that do not
   */
  public NodeName next(
      NodeName last, List<NodeName> alive, List<NodeName> suspects, RandomGenerator random) {
    if (alive.isEmpty() && suspects.isEmpty()) {
      return null;
    }
    boolean any =
        !suspects.isEmpty()
            && (alive.isEmpty() || random.nextInt(Math.max(SUSPECT_SHARE_MIN, alive.size())) == 0);
    if (!any) {
      boolean skip = alive.size() > 1 && alive.size() <= FEW && alive.contains(last);
      int drawn = random.nextInt(skip ? alive.size() - 1 : alive.size());
      return alive.get(skip && drawn >= alive.indexOf(last) ? drawn + 1 : drawn);
    }
    int drawn = random.nextInt(alive.size() + suspects.size());
    return drawn < alive.size() ? alive.get(drawn) : suspects.get(drawn - alive.size());
  }

  /** How many reports a message carries in a cluster of so many nodes, this one counted. */
  public int windowSize(int nodes) {
    int wanted = GossipFormulas.windowFor(averageAgeSteps, Math.max(1, nodes));
    return Math.clamp(wanted, windowMin, windowMax);
  }

  /** The window to send: the own report first, then what is urgent, then the freshest. */
  public List<LoadReport> window(LoadTable table, NodeName self, int nodes, long nowMillis) {
    return windowOf(table, self, nowMillis, windowSize(nodes));
  }

  /** The same with a size that was asked for before: {@link #windowSize}. */
  public static List<LoadReport> windowOf(
      LoadTable table, NodeName self, long nowMillis, int most) {
    LoadReport own = table.get(self, nowMillis);
    List<LoadReport> window = new ArrayList<>(most);
    if (own != null) {
      window.add(own);
    }
    for (LoadReport report : table.window(most, nowMillis)) {
      if (window.size() < most && !report.host().node().equals(self)) {
        window.add(report);
      }
    }
    return window;
  }
}
