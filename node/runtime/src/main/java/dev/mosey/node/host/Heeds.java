package dev.mosey.node.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether a process would do something about SIGTERM, or simply be ended by it. */
enum Heeds {
  /** It would be ended. */
  NOT,

  /** It holds it back, to fetch it itself; or only for this moment, as a shell does to fork. */
  BLOCKS,

  /** It has a handler, or ignores it. */
  HANDLES;

  private static final int SIGTERM = 15;

  /**
   * What a process does. Unknown, because it is gone or nothing can be read of it, counts as {@link
   * #HANDLES}: nothing would be gained by waiting.
   */
  static Heeds sigterm(long pid) {
    try {
      // Another process may have any bytes as its name.
      Path status = Path.of("/proc", Long.toString(pid), "status");
      List<String> lines = Files.readAllLines(status, StandardCharsets.ISO_8859_1);
      if (has(lines, "SigCgt:") || has(lines, "SigIgn:")) return HANDLES;
      return has(lines, "SigBlk:") ? BLOCKS : NOT;
    } catch (IOException gone) {
      return HANDLES;
    }
  }

  private static boolean has(List<String> lines, String mask) {
    return lines.stream()
        .filter(line -> line.startsWith(mask))
        .map(line -> Long.parseUnsignedLong(line.substring(mask.length()).strip(), 16))
        .anyMatch(bits -> (bits >> (SIGTERM - 1) & 1) == 1);
  }
}
