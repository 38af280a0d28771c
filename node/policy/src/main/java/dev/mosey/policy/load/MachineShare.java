package dev.mosey.policy.load;

/**
 * What part of its machine a node may count as its own, and how much of the machine's run queue is
 * other people's work.
 *
 * <p>Several nodes may share one machine (a trial on a laptop, containers on one kernel). All of
 * them see the same run queue, with each other's bodies in it. If each took the others' bodies for
 * foreign work, all would show the same load and nothing would ever move. Therefore: the cores are
 * split evenly among the nodes of a machine (unless a limit of the container's own gives a node
 * less); the bodies of all nodes of the machine are subtracted from the run queue; and what remains
 * is foreign and presses equally on every core, so that the load it adds is the same for all of
 * them. Whoever compares two nodes of one machine leaves that part out of both.
 */
public final class MachineShare {
  private MachineShare() {}

  /**
   * The cores a node counts as its own, at least 1.
   *
   * @param machineCores of the machine
   * @param limitCores what a quota or a set of cores leaves to this node; 0 or less = no limit
   * @param nodes how many nodes share the machine, this one counted; 1 or more
   */
  public static int cores(int machineCores, double limitCores, int nodes) {
    if (limitCores > 0 && limitCores < machineCores) {
      return (int) Math.max(1, Math.round(limitCores));
    }
    return (int) Math.max(1, Math.round(machineCores / (double) Math.max(1, nodes)));
  }

  /**
   * Other people's runnable work on the machine, in cores, 0 or more.
   *
   * @param runnable length of the machine's run queue, what runs included, the sampling thread not
   * @param own demand of this node's bodies
   * @param siblings demand of the bodies of the other nodes of this machine
   */
  public static double foreign(double runnable, double own, double siblings) {
    return Math.max(0, runnable - own - siblings);
  }

  /** The load that so much foreign work adds on every node of the machine. */
  public static double foreignLoad(double foreign, int machineCores, double speed) {
    return Loads.load(foreign, Math.max(1, machineCores), speed);
  }
}
