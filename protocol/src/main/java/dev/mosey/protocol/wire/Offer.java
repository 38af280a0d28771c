package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;

/**
 * Step 1 of a move: the source asks a target to reserve room. Nothing is durable; a reservation
 * lapses by itself.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move the attempt's number
 * @param spec what it is: the target checks kind, directory and resources
 * @param imageBytes expected size, for the target's bound; 0 unknown or none
 */
public record Offer(ProcessId id, int incarnation, int move, JobSpec spec, long imageBytes)
    implements WireMessage {}
