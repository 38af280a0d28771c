package dev.mosey.node.keeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A picture of the machine's processes, from {@code /proc}; and ending some of them. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");
  private static final long PAUSE_NANOS = 500_000;

  /** What /proc counts CPU time in: USER_HZ is 100 on every platform that runs this JVM. */
  private static final long TICK_MICROS = 10_000;

  /**
   * Rounds of stopping before those that can't be stopped (in an uninterruptible call) are left.
   */
  private static final int FREEZE_ROUNDS_MAX = 64;

  /** How often, and how far back, the newest processes are looked at: some 30 ms in all. */
  private static final int LOOKS_AT_NEWEST = 100;

  private static final int NEWEST = 24;

  /**
   * One process.
   *
   * @param state letter of its state, as in {@code ps}
   */
  record Entry(long pid, long parent, char state) {
    boolean isDead() {
      return state == 'Z' || state == 'X';
    }

    boolean isCalm() {
      return isDead() || state == 'T' || state == 't';
    }
  }

  private final Map<Long, Entry> entries;

  private ProcessTable(Map<Long, Entry> entries) {
    this.entries = entries;
  }

  static ProcessTable read() {
    var entries = new TreeMap<Long, Entry>();
    try (var directories = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var directory : directories)
        entry(directory).ifPresent(entry -> entries.put(entry.pid(), entry));
    } catch (IOException | DirectoryIteratorException e) {
      throw new IllegalStateException("can't read /proc: " + e.getMessage(), e);
    }
    return new ProcessTable(entries);
  }

  private static Optional<Entry> entry(Path directory) {
    try {
      var text = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
      // "PID (NAME) STATE PARENT ...", where the name may hold anything, brackets too.
      int name = text.lastIndexOf(')');
      int parent = name + 4;
      return Optional.of(
          new Entry(
              Long.parseLong(directory.getFileName().toString()),
              Long.parseLong(text.substring(parent, text.indexOf(' ', parent))),
              text.charAt(name + 2)));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }

  /** Those whose environment at their start has this variable with this value; not the dead. */
  Set<Long> marked(String variable, String value) {
    var wanted = variable + "=" + value;
    var found = new HashSet<Long>();
    for (var entry : entries.values())
      if (!entry.isDead() && carries(entry.pid(), wanted)) found.add(entry.pid());
    return found;
  }

  /** Whether this line is in the environment that the process was started with. */
  private static boolean carries(long pid, String wanted) {
    try {
      var path = PROC.resolve(Long.toString(pid)).resolve("environ");
      var text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
        int end = at + wanted.length();
        if ((at == 0 || text.charAt(at - 1) == 0)
            && (end == text.length() || text.charAt(end) == 0)) return true;
      }
      return false;
    } catch (IOException e) {
      return false; // it has ended, or is somebody else's, whom we could not end anyway
    }
  }

  /**
   * Stops what carries the variable and is so short-lived that no picture shows it: such a chain is
   * always among the newest processes, so only those are looked at, quickly and often.
   *
   * @return whether there was one; it is stopped and will be in the next picture
   */
  static boolean stopNewest(String variable, String value, Set<Long> spared) {
    var wanted = variable + "=" + value;
    boolean stopped = false;
    for (int look = 0; look < LOOKS_AT_NEWEST && !stopped; look++) {
      long newest = newest();
      for (long pid = newest + 2; pid > Math.max(1, newest - NEWEST); pid--)
        if (!spared.contains(pid) && carries(pid, wanted))
          stopped |= SystemCalls.kill(pid, SystemCalls.SIGSTOP);
    }
    return stopped;
  }

  /** The process id that was given out last. */
  private static long newest() {
    try {
      var text = Files.readString(PROC.resolve("loadavg"), StandardCharsets.US_ASCII).strip();
      return Long.parseLong(text.substring(text.lastIndexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException("can't read /proc/loadavg: " + e.getMessage(), e);
    }
  }

  /** These with all that descends from them, without the dead. */
  Map<Long, Entry> withDescendants(Set<Long> roots) {
    var chosen = new HashMap<Long, Boolean>();
    roots.forEach(root -> chosen.put(root, true));
    var found = new TreeMap<Long, Entry>();
    for (var entry : entries.values())
      if (isBelow(entry.pid(), chosen) && !entry.isDead()) found.put(entry.pid(), entry);
    return found;
  }

  private boolean isBelow(long pid, Map<Long, Boolean> known) {
    var before = known.get(pid);
    if (before != null) return before;
    known.put(pid, false); // ends a circle, which a picture of something that moves may show
    var entry = entries.get(pid);
    boolean below = entry != null && isBelow(entry.parent(), known);
    known.put(pid, below);
    return below;
  }

  /** What these processes use; those that have ended meanwhile use nothing. */
  static BodyUsage usage(Set<Long> pids) {
    long ticks = 0;
    long kilobytes = 0;
    int count = 0;
    for (long pid : pids) {
      try {
        var directory = PROC.resolve(Long.toString(pid));
        var stat = Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1);
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        for (int i = 11; i <= 14; i++) ticks += Long.parseLong(fields[i]); // own, then children's
        for (var line :
            Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1))
          if (line.startsWith("VmRSS:")) kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
        count++;
      } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
        // It has ended.
      }
    }
    return new BodyUsage(ticks * TICK_MICROS, kilobytes << 10, count);
  }

  /** This process and its ancestors. */
  static Set<Long> selfAndAncestors() {
    var line = new HashSet<Long>();
    for (var process = Optional.of(ProcessHandle.current());
        process.isPresent();
        process = process.get().parent()) line.add(process.get().pid());
    return line;
  }

  /**
   * Stops all processes that the selection names, until a look finds none of them awake: what is
   * stopped does not fork, so this comes to an end even against a program that forks without pause.
   *
   * @param selection what to stop, of a fresh picture
   * @return them, as last seen
   */
  static Map<Long, Entry> freeze(Selection selection) {
    Map<Long, Entry> selected = Map.of();
    for (int round = 0; round < FREEZE_ROUNDS_MAX; round++) {
      selected = selection.of(read());
      var awake = selected.values().stream().filter(Predicate.not(Entry::isCalm)).toList();
      if (awake.isEmpty()) break;
      awake.forEach(entry -> SystemCalls.kill(entry.pid(), SystemCalls.SIGSTOP));
      if (round > 0) LockSupport.parkNanos(PAUSE_NANOS);
    }
    return selected;
  }

  /**
   * Freezes and kills until none is left.
   *
   * @param patience after this it gives up on those that can't be killed
   * @return whether all are gone
   */
  static boolean end(Selection selection, Duration patience) {
    long started = System.nanoTime();
    while (true) {
      var selected = freeze(selection);
      if (selected.isEmpty()) return true;
      selected.keySet().forEach(pid -> SystemCalls.kill(pid, SystemCalls.SIGKILL));
      if (System.nanoTime() - started > patience.toNanos()) return false;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Chooses processes of a picture. */
  interface Selection {
    /** The chosen ones; none of them dead. */
    Map<Long, Entry> of(ProcessTable table);
  }
}
