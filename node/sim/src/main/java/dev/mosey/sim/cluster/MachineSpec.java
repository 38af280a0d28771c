package dev.mosey.sim.cluster;

/**
 * One machine.
 *
 * @param cores 1 or more
 * @param speed above 0; 1 = standard
 * @param memoryMb above 0
 * @param slots how many processes it runs at most
 */
public record MachineSpec(int cores, double speed, int memoryMb, int slots) {}
