package dev.mosey.sim.cluster;

/**
 * One machine is away for a while; what ran there is lost and begins again elsewhere.
 *
 * @param machine its number
 */
public record Outage(int machine, long fromMillis, long toMillis) {}
