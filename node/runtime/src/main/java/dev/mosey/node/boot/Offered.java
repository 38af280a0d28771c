package dev.mosey.node.boot;

import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.load.LinuxMachine;
import dev.mosey.policy.guests.Capacity;
import dev.mosey.protocol.job.Resources;
import java.util.Map;
import java.util.TreeMap;

/** What a node offers to guests. */
final class Offered {
  /** Where the machine does not say: enough that nothing is refused for it. */
  private static final double UNKNOWN_MEMORY_MB = 1 << 30;

  private Offered() {}

  /** What the node takes: one core for each slot, its memory, and what the settings name. */
  static Capacity by(NodeSettings settings) {
    boolean hosts = settings.roles().contains(NodeSettings.HOST);
    int slots =
        hosts ? settings.machine().slots().orElse(Runtime.getRuntime().availableProcessors()) : 0;
    Map<String, Double> amounts = new TreeMap<>(settings.machine().resources());
    amounts.putIfAbsent(Resources.CORES, (double) slots);
    try (LinuxMachine machine = new LinuxMachine()) {
      long memory = machine.sample().memoryTotalMb();
      amounts.putIfAbsent(Resources.MEMORY_MB, memory > 0 ? memory : UNKNOWN_MEMORY_MB);
    }
    return new Capacity(Resources.of(amounts), slots);
  }
}
