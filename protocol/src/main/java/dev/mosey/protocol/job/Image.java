package dev.mosey.protocol.job;

import dev.mosey.protocol.id.NodeName;

/**
 * A packed process: what a target needs to go on. The bytes are a blob; whoever names an image has
 * it or knows who has.
 *
 * @param blob the bytes
 * @param format logical name and version, for instance {@code java/1} or {@code directory/1}
 * @param at the node that has it
 * @param stdout bytes of standard output at the moment it was taken, from the beginning of the
 *     process
 * @param stderr the same for standard error
 * @param takenAtMillis epoch milliseconds
 */
public record Image(
    Blob blob, String format, NodeName at, long stdout, long stderr, long takenAtMillis) {}
