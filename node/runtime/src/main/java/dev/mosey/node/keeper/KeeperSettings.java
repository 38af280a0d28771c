package dev.mosey.node.keeper;

import dev.mosey.node.config.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a keeper. See {@code mosd.keeper} in {@code reference.conf}.
 *
 * @param binary where the native keeper is; empty: looked for
 * @param silenceLimit without a heartbeat for so long, all bodies are killed
 * @param bodiesMax how many bodies run at once at most
 * @param idleWardensMax how many idle wardens are kept for the next bodies
 * @param frameBytesMax the largest command with its environment
 * @param queueBytesMax how much may wait for the keeper to read it
 * @param killPatience how long a warden has to kill its body before it is killed itself
 */
public record KeeperSettings(
    Optional<Path> binary,
    Duration silenceLimit,
    int bodiesMax,
    int idleWardensMax,
    int frameBytesMax,
    int queueBytesMax,
    Duration killPatience) {
  private static final int BODIES_MAX = 4096;
  private static final int FRAME_BYTES_MIN = 128 << 10;
  private static final int FRAME_BYTES_MAX = 4 << 20;
  private static final int QUEUE_BYTES_MAX = 1 << 30;

  /** Reads the section {@code mosd.keeper}; what is wrong in it goes to its problems. */
  public static KeeperSettings read(Section section) {
    return new KeeperSettings(
        section.isAuto("path") ? Optional.empty() : Optional.of(Path.of(section.text("path"))),
        section.duration("silence-limit", Duration.ofMillis(100), Duration.ofHours(24)),
        section.whole("bodies-max", 1, BODIES_MAX),
        section.whole("idle-wardens-max", 0, BODIES_MAX),
        (int) section.bytes("frame-bytes-max", FRAME_BYTES_MIN, FRAME_BYTES_MAX),
        (int) section.bytes("queue-bytes-max", FRAME_BYTES_MAX, QUEUE_BYTES_MAX),
        section.duration("kill-patience", Duration.ofMillis(10), Duration.ofHours(1)));
  }
}
