package dev.mosey.node.keeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last line of the promise that nothing survives its daemon: finds what an earlier daemon of
 * the same books has left (it takes a kill -9 of daemon, keeper and wardens at once) and kills it.
 * A daemon sweeps before it is ready.
 *
 * <p>Found are the processes whose environment carries the fence, and all that descends from them;
 * they are stopped first, so that none of them forks away. Not found is what both detached itself
 * and dropped its environment.
 */
public final class FenceSweep {
  /** The variable that every body carries; its value names the data directory. */
  public static final String VARIABLE = "MOSEY_FENCE";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A hunt that finds something ends it; this many in a row mean that somebody starts new ones. */
  private static final int HUNTS_MAX = 100;

  private FenceSweep() {}

  /**
   * What a sweep found.
   *
   * @param found what was there, by process id
   * @param left those of them that could not be killed within ten seconds
   */
  public record Result(List<Survivor> found, List<Survivor> left) {}

  /**
   * A process that should not have been there.
   *
   * @param pid its process id
   * @param command its command line, at most 200 characters
   */
  public record Survivor(long pid, String command) {}

  /** Kills all that carries this fence, but not this process and those above it. */
  public static Result sweep(String fence) {
    return sweep(VARIABLE, fence, true);
  }

  /**
   * The same for another variable.
   *
   * @param thorough whether to look, for some 30 ms more, for what lives too shortly to be seen
   */
  static Result sweep(String variable, String value, boolean thorough) {
    var spared = ProcessTable.selfAndAncestors();
    var found = new TreeMap<Long, Survivor>();
    ProcessTable.Selection selection =
        table -> {
          var selected = select(table, variable, value, spared);
          selected.keySet().forEach(pid -> found.computeIfAbsent(pid, FenceSweep::survivor));
          return selected;
        };
    boolean gone = ProcessTable.end(selection, PATIENCE);
    for (int hunt = 0; thorough && gone && hunt < HUNTS_MAX; hunt++) {
      if (!ProcessTable.stopNewest(variable, value, spared)) break;
      gone = ProcessTable.end(selection, PATIENCE);
    }
    if (gone) return new Result(List.copyOf(found.values()), List.of());
    var left = selection.of(ProcessTable.read()).keySet();
    return new Result(
        List.copyOf(found.values()),
        found.values().stream().filter(s -> left.contains(s.pid())).toList());
  }

  /** Those that carry the variable with this value, and their descendants. */
  static Map<Long, ProcessTable.Entry> select(
      ProcessTable table, String variable, String value, Set<Long> spared) {
    var roots = table.marked(variable, value);
    roots.removeAll(spared);
    var selected = table.withDescendants(roots);
    selected.keySet().removeAll(spared);
    return selected;
  }

  private static Survivor survivor(long pid) {
    try {
      var line =
          Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      var text = line.replace('\0', ' ').strip();
      return new Survivor(pid, text.length() > 200 ? text.substring(0, 200) : text);
    } catch (IOException e) {
      return new Survivor(pid, ""); // it has ended meanwhile
    }
  }
}
