package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;

/**
 * Step 2 of a move: the process is paused and packed; the target is to take the image and check it.
 * A small image comes along, a large one is fetched from the source over a stream connection of its
 * own. Also sent ahead, while the process still runs, with what is already known.
 *
 * @param id the process
 * @param incarnation at the source
 * @param move the attempt's number
 * @param image what to take; null when it begins again
 * @param inline the bytes themselves when small (at most 32 KiB), else null
 */
public record TakeImage(ProcessId id, int incarnation, int move, Image image, byte[] inline)
    implements WireMessage {}
