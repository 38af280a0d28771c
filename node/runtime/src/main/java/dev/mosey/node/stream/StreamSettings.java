package dev.mosey.node.stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;

/**
 * Bounds of the blob connections: section {@code mosd.stream} of {@code host-reference.conf}, where
 * each is explained.
 *
 * @param connectionsMax connections served at once, 1 to 4096
 * @param idle a connection that asks for nothing for so long is closed
 * @param stall a transfer that makes no progress for so long is broken off and resumed
 * @param fetchesMax blobs fetched at once, 1 to 256
 * @param attempts how often a broken fetch is resumed before it is given up, 1 to 100
 */
public record StreamSettings(
    int connectionsMax, Duration idle, Duration stall, int fetchesMax, int attempts) {
  /** Checks the ranges and reports all problems in one line. */
  public StreamSettings {
    var problems = new ArrayList<String>();
    if (connectionsMax < 1 || connectionsMax > 4096)
      problems.add("connections-max is " + connectionsMax + ", not 1 to 4096");
    if (idle.toMillis() < 100) problems.add("idle is " + idle + ", less than 100 ms");
    if (stall.toMillis() < 100) problems.add("stall is " + stall + ", less than 100 ms");
    if (fetchesMax < 1 || fetchesMax > 256)
      problems.add("fetches-max is " + fetchesMax + ", not 1 to 256");
    if (attempts < 1 || attempts > 100) problems.add("attempts is " + attempts + ", not 1 to 100");
    if (!problems.isEmpty())
      throw new IllegalArgumentException("mosd.stream: " + String.join("; ", problems));
  }

  /** The defaults as shipped. */
  public static StreamSettings defaults() {
    return from(ConfigFactory.empty());
  }

  /**
   * Reads {@code mosd.stream} and fills the rest with the defaults.
   *
   * @throws IllegalArgumentException with one line that names every problem
   */
  public static StreamSettings from(Config config) {
    var defaults =
        ConfigFactory.parseResources(StreamSettings.class.getClassLoader(), "host-reference.conf");
    var section = config.withFallback(defaults).resolve().getConfig("mosd.stream");
    return new StreamSettings(
        section.getInt("connections-max"),
        section.getDuration("idle"),
        section.getDuration("stall"),
        section.getInt("fetches-max"),
        section.getInt("attempts"));
  }
}
