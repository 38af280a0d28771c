package dev.mosey.node.schedule;

import dev.mosey.protocol.id.NodeName;

/**
 * What has become of a process, as its home says.
 *
 * @param host where it is now; null when it is nowhere
 * @param endedMillis when it ended, epoch milliseconds; 0 while it has not
 */
public record Fate(NodeName host, long endedMillis) {}
