package dev.mosey.sim.cluster;

import java.util.List;

/**
 * All that happens to a cluster from outside.
 *
 * @param name of the workload
 * @param machines by number
 * @param tasks in the order of arrival
 * @param memoryTold whether a task says at submission how much memory it will use
 * @param thrashing how many times slower a machine runs when its processes use more memory than it
 *     has, 1 or more
 * @param network between the machines
 * @param outages of machines, by time
 */
public record Scenario(
    String name,
    List<MachineSpec> machines,
    Tasks tasks,
    boolean memoryTold,
    double thrashing,
    Network network,
    List<Outage> outages) {
  /** Copies the lists. */
  public Scenario {
    machines = List.copyOf(machines);
    outages = List.copyOf(outages);
  }
}
