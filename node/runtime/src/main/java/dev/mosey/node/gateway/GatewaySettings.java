package dev.mosey.node.gateway;

import dev.mosey.node.config.Section;
import java.time.Duration;

/**
 * Bounds of the HTTP interface.
 *
 * @param bodyBytesMax largest body of a request, uploads of blobs excepted
 * @param bodyTimeout how long a request's body may take to arrive
 * @param askTimeout how long an actor of this node may take to answer
 * @param callTimeout how long another node may take to answer
 * @param leaseShort lease of what resumes cheaply, when a submit does not say
 * @param leaseLong lease of a command that would lose its work
 * @param grace between SIGTERM and SIGKILL, when a submit does not say
 */
public record GatewaySettings(
    long bodyBytesMax,
    Duration bodyTimeout,
    Duration askTimeout,
    Duration callTimeout,
    Duration leaseShort,
    Duration leaseLong,
    Duration grace) {
  /** Reads {@code mosd.gateway}; what is wrong is told to the section. */
  public static GatewaySettings read(Section section) {
    return new GatewaySettings(
        section.bytes("body-bytes", 4 * 1024, 64 * 1024 * 1024),
        section.duration("body-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        section.duration("ask-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        section.duration("call-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        section.duration("lease-short", Duration.ofSeconds(1), Duration.ofHours(1)),
        section.duration("lease-long", Duration.ofSeconds(1), Duration.ofDays(7)),
        section.duration("grace", Duration.ZERO, Duration.ofHours(1)));
  }
}
