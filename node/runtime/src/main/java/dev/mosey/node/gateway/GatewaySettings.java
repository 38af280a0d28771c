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
 * @param eventsKept most events that are kept for those who come back
 * @param eventWatchers most clients that follow the events at once
 * @param eventHeartbeat between two signs of life on a stream of events
 * @param eventPatience a client that reads nothing for so long is cut off
 * @param links how the ways to other nodes are measured
 */
public record GatewaySettings(
    long bodyBytesMax,
    Duration bodyTimeout,
    Duration askTimeout,
    Duration callTimeout,
    Duration leaseShort,
    Duration leaseLong,
    Duration grace,
    int eventsKept,
    int eventWatchers,
    Duration eventHeartbeat,
    Duration eventPatience,
    Links links) {
  /**
   * How the ways to other nodes are measured: {@code mosd.gateway.links}.
   *
   * @param every how old figures get before they are measured again; 0 = only when asked for
   * @param pause shortest time between two measurements of a node
   * @param bytes of the made-up image
   */
  public record Links(Duration every, Duration pause, int bytes) {
    static Links read(Section section) {
      return new Links(
          section.duration("every", Duration.ZERO, Duration.ofDays(7)),
          section.duration("pause", Duration.ofSeconds(1), Duration.ofHours(24)),
          (int) section.bytes("bytes", 64 * 1024, 256 << 20));
    }
  }

  /** Reads {@code mosd.gateway}; what is wrong is told to the section. */
  public static GatewaySettings read(Section section) {
    return new GatewaySettings(
        section.bytes("body-bytes", 4 * 1024, 64 * 1024 * 1024),
        section.duration("body-timeout", Duration.ofMillis(100), Duration.ofMinutes(5)),
        section.duration("ask-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        section.duration("call-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        section.duration("lease-short", Duration.ofSeconds(1), Duration.ofHours(1)),
        section.duration("lease-long", Duration.ofSeconds(1), Duration.ofDays(7)),
        section.duration("grace", Duration.ZERO, Duration.ofHours(1)),
        section.whole("events-kept", 10, 1_000_000),
        section.whole("event-watchers", 1, 10_000),
        section.duration("event-heartbeat", Duration.ofMillis(100), Duration.ofMinutes(1)),
        section.duration("event-patience", Duration.ofMillis(500), Duration.ofMinutes(10)),
        Links.read(section.in("links")));
  }
}
