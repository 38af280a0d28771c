package dev.mosey.node.config;

import java.time.Duration;

/**
 * How long a stopping node may take. See {@code mosd.shutdown} in {@code reference.conf}.
 *
 * @param drain for running processes to move, checkpoint or end, after SIGTERM
 * @param interrupt the same after SIGINT
 * @param handOver at a restart, for what is in the middle of something to come to its end
 * @param succession at a restart, for the next daemon to take over what runs; then it ends
 * @param leave for the other members to take note that this one leaves
 */
public record ShutdownSettings(
    Duration drain, Duration interrupt, Duration handOver, Duration succession, Duration leave) {
  static ShutdownSettings read(Section section) {
    Duration hour = Duration.ofHours(1);
    return new ShutdownSettings(
        section.duration("drain", Duration.ZERO, hour.multipliedBy(24)),
        section.duration("interrupt", Duration.ZERO, hour),
        section.duration("hand-over", Duration.ofMillis(100), hour),
        section.duration("succession", Duration.ofSeconds(1), hour),
        section.duration("leave", Duration.ZERO, hour));
  }
}
