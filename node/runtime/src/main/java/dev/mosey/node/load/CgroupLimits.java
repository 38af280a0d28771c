package dev.mosey.node.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What control groups leave to this process: quota of processor time, set of cores, memory. Both
 * versions, found through {@code /proc/self/cgroup}; of all groups from this process's own up to
 * the root the tightest counts. Read rarely: limits hardly ever change.
 */
final class CgroupLimits implements AutoCloseable {
  private static final long MIB = 1 << 20;
  private static final long NO_LIMIT_ABOVE = 1L << 60;

  private final Path systemRoot;
  private final List<Path> unified = new ArrayList<>();
  private final List<Path> cpu = new ArrayList<>();
  private final List<Path> cpuset = new ArrayList<>();
  private final List<Path> memory = new ArrayList<>();
  private KernelFile usage;
  private KernelFile statistics;
  private double cores;
  private long memoryMb;

  /**
   * Finds the groups.
   *
   * @param processRoot usually {@code /proc}
   * @param systemRoot usually {@code /sys/fs/cgroup}
   */
  CgroupLimits(Path processRoot, Path systemRoot) {
    this.systemRoot = systemRoot;
    try {
      for (String line : Files.readAllLines(processRoot.resolve("self/cgroup"))) {
        String[] parts = line.split(":", 3);
        if (parts.length == 3) {
          find(parts[1], parts[2]);
        }
      }
    } catch (IOException none) {
      // No control groups in this kernel: no limits.
    }
    read();
  }

  private void find(String controllers, String group) {
    if (controllers.isEmpty()) {
      addGroups(systemRoot, group, unified);
      addGroups(systemRoot.resolve("unified"), group, unified);
      return;
    }
    for (String controller : controllers.split(",")) {
      List<Path> found =
          switch (controller) {
            case "cpu" -> cpu;
            case "cpuset" -> cpuset;
            case "memory" -> memory;
            default -> null;
          };
      if (found != null) {
        addGroups(systemRoot.resolve(controller), group, found);
        addGroups(systemRoot.resolve(controllers), group, found);
      }
    }
  }

  /** The group and all above it, as far as they are visible from here. */
  private static void addGroups(Path mount, String group, List<Path> found) {
    Path path = mount.resolve(group.substring(group.startsWith("/") ? 1 : 0)).normalize();
    while (path != null && path.startsWith(mount)) {
      if (Files.isDirectory(path) && !found.contains(path)) {
        found.add(path);
      }
      path = path.getParent();
    }
  }

  /** Reads the limits again. */
  void read() {
    double tightest = Double.MAX_VALUE;
    long least = Long.MAX_VALUE;
    Path tight = null;
    for (Path group : unified) {
      tightest = Math.min(tightest, quota(text(group.resolve("cpu.max"))));
      tightest = Math.min(tightest, count(text(group.resolve("cpuset.cpus.effective"))));
      long limit = bytes(text(group.resolve("memory.max")));
      if (limit < least) {
        least = limit;
        tight = group;
      }
    }
    for (Path group : cpu) {
      String quota = text(group.resolve("cpu.cfs_quota_us"));
      String period = text(group.resolve("cpu.cfs_period_us"));
      if (quota != null && period != null) {
        tightest = Math.min(tightest, quota(quota + " " + period));
      }
    }
    for (Path group : cpuset) {
      tightest = Math.min(tightest, count(text(group.resolve("cpuset.effective_cpus"))));
    }
    for (Path group : memory) {
      long limit = bytes(text(group.resolve("memory.limit_in_bytes")));
      if (limit < least) {
        least = limit;
        tight = group;
      }
    }
    cores = tightest == Double.MAX_VALUE ? 0 : tightest;
    memoryMb = least >= NO_LIMIT_ABOVE ? 0 : least / MIB;
    if (tight != null && usage == null && memoryMb > 0) {
      boolean two = unified.contains(tight);
      usage = new KernelFile(tight.resolve(two ? "memory.current" : "memory.usage_in_bytes"));
      statistics = new KernelFile(tight.resolve("memory.stat"));
    }
  }

  /** Cores that may be used; 0 = no limit found. */
  double cores() {
    return cores;
  }

  /** MiB of memory that may be used; 0 = no limit found. */
  long memoryMb() {
    return memoryMb;
  }

  /** MiB still free under the limit, file cache counted as free; -1 when there is no limit. */
  long memoryFreeMb() {
    if (usage == null || memoryMb == 0) {
      return -1;
    }
    String used = usage.read();
    if (used == null) {
      return -1;
    }
    long cache = Math.max(field("inactive_file"), field("total_inactive_file"));
    return Math.max(0, memoryMb - Math.max(0, bytes(used) - cache) / MIB);
  }

  private long field(String name) {
    String text = statistics.read();
    return text == null ? 0 : Math.max(0, Words.after(text, name + " "));
  }

  private static String text(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file).strip() : null;
    } catch (IOException unreadable) {
      return null;
    }
  }

  /** {@code 150000 100000} is 1.5 cores; {@code max ...} and {@code -1 ...} are no limit. */
  private static double quota(String text) {
    if (text == null || text.startsWith("max") || text.startsWith("-1")) {
      return Double.MAX_VALUE;
    }
    String[] parts = text.split("\\s+");
    double period = parts.length > 1 ? Words.number(parts[1]) : 100_000;
    double quota = Words.number(parts[0]);
    return quota > 0 && period > 0 ? quota / period : Double.MAX_VALUE;
  }

  /** {@code 0-3,6} are five cores; nothing is no limit. */
  private static double count(String list) {
    if (list == null || list.isEmpty()) {
      return Double.MAX_VALUE;
    }
    long count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      count += ends.length == 1 ? 1 : Words.number(ends[1]) - Words.number(ends[0]) + 1;
    }
    return count > 0 ? (double) count : Double.MAX_VALUE;
  }

  private static long bytes(String text) {
    if (text == null || text.startsWith("max")) {
      return Long.MAX_VALUE;
    }
    long bytes = Words.number(text.strip());
    return bytes < 0 ? Long.MAX_VALUE : bytes;
  }

  @Override
  public void close() {
    if (usage != null) {
      usage.close();
      statistics.close();
    }
  }
}
