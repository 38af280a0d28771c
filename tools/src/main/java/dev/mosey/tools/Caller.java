package dev.mosey.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;

/**
 * Who typed the command: everything of the process that a tool may look at. So the same code serves
 * a JVM started for one command, a resident one with many callers, and tests.
 *
 * @param environment variables
 * @param directory where it was typed, absolute
 * @param in standard input
 * @param out standard output; buffered, flushed at the end
 * @param err standard error
 * @param terminal which of them are terminals
 */
public record Caller(
    Map<String, String> environment,
    Path directory,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Terminal terminal) {
  private static final int COLUMNS_DEFAULT = 80;
  private static final int COLUMNS_LEAST = 20;

  /**
   * Which streams are terminals.
   *
   * @param in standard input
   * @param out standard output
   * @param err standard error
   * @param columns its width, or 0 when not known
   */
  public record Terminal(boolean in, boolean out, boolean err, int columns) {
    /** No terminal anywhere: a script. */
    public static final Terminal NONE = new Terminal(false, false, false, 0);

    /** Of this very process, as Linux names what its descriptors are. */
    public static Terminal ofThisProcess() {
      return new Terminal(isTerminal(0), isTerminal(1), isTerminal(2), 0);
    }

    private static boolean isTerminal(int descriptor) {
      try {
        String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException | UnsupportedOperationException unknown) {
        return false;
      }
    }
  }

  /** A variable, or null when it is not set or empty. */
  public String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** A file that the caller named, relative to where they are. */
  public Path file(String name) {
    return directory.resolve(name).normalize();
  }

  /** How wide a table may be. */
  public int columns() {
    String set = variable("COLUMNS");
    if (set != null) {
      try {
        return Math.max(COLUMNS_LEAST, Integer.parseInt(set.trim()));
      } catch (NumberFormatException notANumber) {
        // then as if it were not set
      }
    }
    return terminal.columns() > 0 ? Math.max(COLUMNS_LEAST, terminal.columns()) : COLUMNS_DEFAULT;
  }

  /** Whether to colour what goes to standard output. */
  public boolean colours() {
    return terminal.out() && variable("NO_COLOR") == null && !"dumb".equals(variable("TERM"));
  }

  /** The time zone in which they think. */
  public ZoneId zone() {
    String set = variable("TZ");
    try {
      return set == null ? ZoneId.systemDefault() : ZoneId.of(set);
    } catch (DateTimeException unusual) {
      return ZoneId.systemDefault();
    }
  }

  /** The home directory. */
  public Path home() {
    String home = variable("HOME");
    return Path.of(home == null ? System.getProperty("user.home") : home);
  }
}
