package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.ProcessId;

/**
 * The source gives the attempt up before it has asked for the commit: the target may free the
 * reservation.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move the attempt's number
 */
public record OfferWithdrawn(ProcessId id, int incarnation, int move) implements WireMessage {}
