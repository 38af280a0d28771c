package dev.mosey.node.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * How this node finds the others and notices that one is gone. See {@code mosd.cluster} in {@code
 * reference.conf}.
 *
 * @param heartbeatInterval between two signs of life
 * @param heartbeatPause silence that is still taken for life
 * @param stableAfter how long the membership must have been quiet before the unreachable are
 *     removed
 * @param gossipInterval between two rounds of the membership's own gossip
 * @param knockInterval between two knocks at nodes that may know a cluster
 * @param joinPatience how long to wait for a cluster that said yes to take this node in, before
 *     asking again
 * @param messageBytes largest message between nodes
 */
public record ClusterSettings(
    Duration heartbeatInterval,
    Duration heartbeatPause,
    Duration stableAfter,
    Duration gossipInterval,
    Duration knockInterval,
    Duration joinPatience,
    int messageBytes) {
  private static final int MESSAGE_LEAST = 4 * 1024;
  private static final int MESSAGE_MOST = 192 * 1024;
  private static final int DIGEST_CHARACTERS = 16;

  static ClusterSettings read(Section section) {
    ClusterSettings settings =
        new ClusterSettings(
            section.duration("heartbeat-interval", Duration.ofMillis(50), Duration.ofSeconds(10)),
            section.duration("heartbeat-pause", Duration.ofMillis(200), Duration.ofMinutes(5)),
            section.duration("stable-after", Duration.ofSeconds(1), Duration.ofMinutes(10)),
            section.duration("gossip-interval", Duration.ofMillis(50), Duration.ofSeconds(10)),
            section.duration("knock-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
            section.duration("join-patience", Duration.ofSeconds(1), Duration.ofMinutes(5)),
            (int) section.bytes("message-bytes", MESSAGE_LEAST, MESSAGE_MOST));
    if (settings.heartbeatPause.compareTo(settings.heartbeatInterval.multipliedBy(2)) < 0) {
      section.refuse(
          section.isSet("heartbeat-pause") ? "heartbeat-pause" : "heartbeat-interval",
          "a pause shorter than two heartbeats takes healthy nodes for dead",
          "make the pause at least "
              + settings.heartbeatInterval.multipliedBy(2).toMillis()
              + "ms");
    }
    return settings;
  }

  /**
   * A digest of the settings in which all members must agree: who is thought dead, when it is
   * removed, and how large a message may be. A node with another digest is not let in.
   */
  public String digest() {
    String agreed =
        heartbeatInterval + " " + heartbeatPause + " " + stableAfter + " " + messageBytes;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(agreed.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGEST_CHARACTERS);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
