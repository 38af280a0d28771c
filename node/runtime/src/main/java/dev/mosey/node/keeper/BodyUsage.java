package dev.mosey.node.keeper;

/**
 * What the live processes of a body use.
 *
 * @param cpuMicros CPU time so far, with that of the children that they have waited for
 * @param rssBytes resident memory, shared pages counted once per process
 * @param processes how many there are
 */
public record BodyUsage(long cpuMicros, long rssBytes, int processes) {}
