package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.ProcessId;

/**
 * The home has synced this much of a stream to its disk; the host may forget it.
 *
 * @param id the process
 * @param incarnation which
 * @param stream 1 or 2
 * @param upTo offset of the first byte that it has not
 * @param refused null, or why it takes no more of it (an older incarnation, a full disk) in one
 *     line
 */
public record OutputTaken(ProcessId id, int incarnation, int stream, long upTo, String refused)
    implements WireMessage {}
