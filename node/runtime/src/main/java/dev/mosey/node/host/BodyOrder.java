package dev.mosey.node.host;

import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a body needs to know of the incarnation that it serves. All blobs named in it are here.
 *
 * @param id the process
 * @param incarnation which
 * @param spec what it is
 * @param image from where to go on; null from the beginning
 * @param entry the line of {@code --each-line}, or null
 * @param environment what the user gave along
 * @param directory a directory of its own in the data directory
 */
record BodyOrder(
    ProcessId id,
    int incarnation,
    JobSpec spec,
    Image image,
    String entry,
    Map<String, String> environment,
    Path directory) {}
