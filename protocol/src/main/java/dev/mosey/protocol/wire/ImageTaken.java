package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;

/**
 * The target has the image, whole and checked; or it has not and the move is off.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move the attempt's number
 * @param target the target in its present session
 * @param failed null when taken, else why not in one line
 */
public record ImageTaken(ProcessId id, int incarnation, int move, HostId target, String failed)
    implements WireMessage {}
