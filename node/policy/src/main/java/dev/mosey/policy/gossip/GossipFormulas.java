package dev.mosey.policy.gossip;

/**
 * What randomized push gossip with a bounded window must yield, in the steady state: every node
 * sends in each step its window of the W freshest reports to one other node drawn at random. Ages
 * count in steps. Source: Amar, Barak, Drezner, Okun, Concurrency and Computation: Practice and
 * Experience 21 (2009), as evaluated by the authors' own gossip calculator. N, the number of nodes,
 * is 2 or more throughout.
 */
public final class GossipFormulas {
  private static final double EULER_MASCHERONI = 0.5772156649015329;

  private GossipFormulas() {}

  /** X(T): how many reports of at most T steps a node has on average; this is the window's size. */
  public static double entriesUpTo(double steps, int nodes) {
    double e = Math.exp(nodes * steps / (nodes - 1));
    // Divided through by e, which overflows when the time is long.
    return nodes / ((nodes - 1) / e + 1);
  }

  /** T(W): the age bound that a window of W reports stands for, 0 &lt; W &lt; N. */
  public static double ageBound(double window, int nodes) {
    return Math.log(window * (nodes - 1) / (nodes - window)) * (nodes - 1) / nodes;
  }

  /** A_w: the average age inside the window. */
  public static double averageAgeInWindow(double window, int nodes) {
    double steps = ageBound(window, nodes);
    double e = Math.exp(nodes * steps / (nodes - 1));
    return steps - (nodes - 1) / window * (Math.log(nodes - 1 + e) - Math.log(nodes));
  }

  /** A_avg: the average age of everything that a node knows. */
  public static double averageAge(double window, int nodes) {
    return 1 / (1 - Math.pow(notOne(nodes), window)) + averageAgeInWindow(window, nodes);
  }

  /**
   * A_max as published. It is the expectation of the longest of N waits for a window, and leaves
   * out the age that a report already has when a window brings it, which the authors' own
   * distribution of ages ({@link #entriesUpTo(double, double, int)}) counts. Where the window is
   * half of all nodes, that is a quarter of it.
   */
  public static double maximalAgePublished(double window, int nodes) {
    return -(Math.log(nodes) + EULER_MASCHERONI) / (window * Math.log(notOne(nodes)));
  }

  /**
   * The greatest age to be expected among everything that a node knows: the expectation of the
   * maximum over the authors' distribution of ages. Beyond the window that is an exponential one
   * moved by A_w, so the published maximum moves by as much.
   */
  public static double maximalAge(double window, int nodes) {
    return maximalAgePublished(window, nodes) + averageAgeInWindow(window, nodes);
  }

  /** How many reports of at most so many steps a node has on average, inside the window or not. */
  public static double entriesUpTo(double steps, double window, int nodes) {
    if (steps <= ageBound(window, nodes)) {
      return entriesUpTo(steps, nodes);
    }
    double outside = window * (steps - averageAgeInWindow(window, nodes));
    return nodes * (1 - Math.pow(notOne(nodes), outside));
  }

  /**
   * The smallest window that keeps the average age at or under what is wanted; everything that is
   * known (N - 1) when no window does.
   */
  public static int windowFor(double averageAgeSteps, int nodes) {
    if (nodes <= 2) {
      return nodes;
    }
    int low = 1;
    int high = nodes - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (averageAge(middle, nodes) <= averageAgeSteps) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The chance that one step of one other node does not reach a given node. */
  private static double notOne(int nodes) {
    return 1 - 1.0 / (nodes - 1);
  }
}
