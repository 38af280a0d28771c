package dev.mosey.node.config;

import java.time.Duration;

/**
 * How long a stopping node may take. See {@code mosd.shutdown} in {@code reference.conf}.
 *
 * @param drain for running processes to move, checkpoint or end, after SIGTERM
 * @param interrupt the same after SIGINT
 * @param leave for the other members to take note that this one leaves
 */
public record ShutdownSettings(Duration drain, Duration interrupt, Duration leave) {
  static ShutdownSettings read(Section section) {
    Duration hour = Duration.ofHours(1);
    return new ShutdownSettings(
        section.duration("drain", Duration.ZERO, hour.multipliedBy(24)),
        section.duration("interrupt", Duration.ZERO, hour),
        section.duration("leave", Duration.ZERO, hour));
  }
}
