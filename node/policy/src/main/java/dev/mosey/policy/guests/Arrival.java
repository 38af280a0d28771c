package dev.mosey.policy.guests;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;

/**
 * Room that is kept for a process which another host wants to give to this one.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move number of the attempt
 * @param source who gives it
 * @param spec what it is
 * @param taking the image that is being taken, or null
 * @param image the image as it is here, checked; null when none is here
 * @param taken whether the source was told that all is here
 * @param until when the room is given free, boot-time milliseconds
 */
public record Arrival(
    ProcessId id,
    int incarnation,
    int move,
    NodeName source,
    JobSpec spec,
    Image taking,
    Image image,
    boolean taken,
    long until) {}
