package dev.mosey.node.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where a user's things are by default, from his environment and this machine. */
final class Places {
  private final Map<String, String> environment;

  Places(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Host name up to its first dot, in lower case. */
  String shortHostName() {
    String name = environment.getOrDefault("HOSTNAME", "");
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException noSuchFile) {
      if (name.isEmpty()) {
        name = InetAddress.getLoopbackAddress().getHostName();
      }
    }
    return name.split("\\.")[0].toLowerCase(Locale.ROOT);
  }

  Path dataDirectory(String node) {
    return base("XDG_STATE_HOME", ".local/state").resolve("mosey").resolve(node);
  }

  /** The tools look in {@code MOSEY_KEY_DIR} too: a user sets it once for both. */
  Path keyDirectory() {
    String set = environment.getOrDefault("MOSEY_KEY_DIR", "");
    return set.isEmpty() ? base("XDG_CONFIG_HOME", ".config").resolve("mosey") : absolute(set);
  }

  Path absolute(String text) {
    Path path =
        text.equals("~") || text.startsWith("~/")
            ? home().resolve(text.substring(Math.min(2, text.length())))
            : Path.of(text);
    return path.toAbsolutePath().normalize();
  }

  private Path base(String variable, String belowHome) {
    String set = environment.getOrDefault(variable, "");
    // The XDG specification wants relative values ignored.
    return set.startsWith("/") ? Path.of(set) : home().resolve(belowHome);
  }

  private Path home() {
    return Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")));
  }
}
