package dev.mosey.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What processes use, by /proc. */
final class Usage {
  /** The kernel counts processor time in hundredths of a second for programs. */
  private static final double TICK_MILLIS = 10;

  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  private Usage() {}

  /** Processor time of these, of all below them, and of those that they have waited for. */
  static double processorMillis(List<ProcessHandle> roots) {
    return tree(roots).mapToDouble(Usage::ticks).sum() * TICK_MILLIS;
  }

  /** Resident memory of these and of all below them. */
  static double residentMebibytes(List<ProcessHandle> roots) {
    return tree(roots).mapToDouble(Usage::resident).sum() / 1024;
  }

  private static Stream<ProcessHandle> tree(List<ProcessHandle> roots) {
    return roots.stream().flatMap(root -> Stream.concat(Stream.of(root), root.descendants()));
  }

  private static double ticks(ProcessHandle process) {
    return read(process, "stat")
        .map(
            stat -> {
              String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
              long ticks = 0;
              for (int field = USER_TIME; field <= CHILDREN_SYSTEM_TIME; field++) {
                ticks += Long.parseLong(fields[field]);
              }
              return (double) ticks;
            })
        .orElse(0.0);
  }

  private static double resident(ProcessHandle process) {
    return read(process, "status").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
        .sum();
  }

  private static Optional<String> read(ProcessHandle process, String file) {
    try {
      return Optional.of(Files.readString(Path.of("/proc/" + process.pid(), file)));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
