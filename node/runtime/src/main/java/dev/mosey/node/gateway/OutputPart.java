package dev.mosey.node.gateway;

/**
 * A part of a process's kept output, as it travels between nodes; at most 32 KiB.
 *
 * @param offset of the first byte
 * @param size of the stream as far as it is known
 * @param state the process's state, in the words of the API
 * @param truncated whether more was said than is kept
 * @param incarnation which wrote the last of it
 * @param bytes this part
 */
record OutputPart(
    long offset, long size, String state, boolean truncated, int incarnation, byte[] bytes) {}
