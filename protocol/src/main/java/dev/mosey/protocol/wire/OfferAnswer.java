package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;

/**
 * The target's answer: accepted, with a reservation that counts into its load at once, or declined.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move the attempt's number
 * @param target the target in its present session
 * @param declined null when accepted, else why not in one line
 */
public record OfferAnswer(ProcessId id, int incarnation, int move, HostId target, String declined)
    implements WireMessage {}
