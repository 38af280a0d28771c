package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.ProcessId;

/**
 * A chunk of a process's output on its way to its home, at most 32 KiB. Written by position: a
 * repeated chunk changes nothing.
 *
 * @param id the process
 * @param incarnation which wrote it; older ones are refused
 * @param stream 1 = standard output, 2 = standard error
 * @param offset of its first byte from the beginning of the process
 * @param bytes what was written
 */
public record Output(ProcessId id, int incarnation, int stream, long offset, byte[] bytes)
    implements WireMessage {}
