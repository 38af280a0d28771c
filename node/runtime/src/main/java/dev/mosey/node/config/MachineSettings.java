package dev.mosey.node.config;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What this machine offers.
 *
 * @param slots how many processes run here at most; empty: one for each core
 * @param speed relative to the standard core; empty: measured at the first start
 * @param resources amounts by name, beside cores and memory
 * @param labels words that a job may ask for
 */
public record MachineSettings(
    OptionalInt slots, OptionalDouble speed, Map<String, Double> resources, Set<String> labels) {
  private static final int SLOTS_MAX = 10_000;
  private static final double SPEED_LEAST = 0.01;
  private static final double SPEED_MOST = 100;

  static MachineSettings read(Section section) {
    return new MachineSettings(
        section.isAuto("slots")
            ? OptionalInt.empty()
            : OptionalInt.of(section.whole("slots", 0, SLOTS_MAX)),
        section.isAuto("speed")
            ? OptionalDouble.empty()
            : OptionalDouble.of(section.number("speed", SPEED_LEAST, SPEED_MOST)),
        section.amounts("resource"),
        Set.copyOf(section.list("label")));
  }
}
