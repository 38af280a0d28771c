package dev.mosey.node.load;

import dev.mosey.node.config.Section;
import java.time.Duration;

/**
 * How a node samples and gossips. See {@code mosd.load} in {@code reference.conf}.
 *
 * @param sampleInterval between two samples of the machine
 * @param gossipInterval between two steps of gossip
 * @param averageAgeSteps wanted average age of what is known, in steps
 * @param windowMin fewest reports in a message
 * @param windowMax most reports in a message
 * @param tableCapacity most nodes that are remembered
 * @param urgentRepeats how often a changed mode goes first
 * @param cores that this node counts as its own; 0 = find out
 * @param calibrationDelay from the start to the measurement of speed
 */
public record LoadSettings(
    Duration sampleInterval,
    Duration gossipInterval,
    double averageAgeSteps,
    int windowMin,
    int windowMax,
    int tableCapacity,
    int urgentRepeats,
    int cores,
    Duration calibrationDelay) {
  private static final int WINDOW_MOST = 160;

  /** Reads the section; what is wrong goes to its problems. */
  public static LoadSettings read(Section section) {
    LoadSettings settings =
        new LoadSettings(
            section.duration("sample-interval", Duration.ofMillis(100), Duration.ofMinutes(1)),
            section.duration("gossip-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
            section.number("gossip-average-age", 1, 10_000),
            section.whole("gossip-window-min", 1, WINDOW_MOST),
            section.whole("gossip-window-max", 1, WINDOW_MOST),
            section.whole("table-capacity", 16, 1 << 20),
            section.whole("urgent-repeats", 0, 127),
            section.isAuto("cores") ? 0 : section.whole("cores", 1, 100_000),
            section.duration("calibration-delay", Duration.ZERO, Duration.ofHours(1)));
    if (settings.windowMax < settings.windowMin) {
      section.refuse(
          section.isSet("gossip-window-max") ? "gossip-window-max" : "gossip-window-min",
          "the largest window is smaller than the smallest",
          "set both, or neither");
    }
    return settings;
  }
}
