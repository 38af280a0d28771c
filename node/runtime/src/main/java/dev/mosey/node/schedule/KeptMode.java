package dev.mosey.node.schedule;

import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.StoreException;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The switches of a node, kept over restarts in the file {@code mode} of the data directory. */
public final class KeptMode {
  private static final Logger LOG = LoggerFactory.getLogger(KeptMode.class);

  /** All modes. */
  static final Set<String> MODES = Set.of("open", "blocked", "draining");

  private final AtomicFile file;

  /** In that directory, which exists. */
  public KeptMode(Path dataDirectory) {
    this.file = new AtomicFile(dataDirectory.resolve("mode"));
  }

  /**
   * Both switches.
   *
   * @param mode {@code open}, {@code blocked} or {@code draining}
   * @param stay whether processes stay
   */
  record Switches(String mode, boolean stay) {
    static final Switches DEFAULT = new Switches("open", false);
  }

  Switches read() {
    try {
      String[] words = file.readText().orElse("open").strip().split(" ");
      return MODES.contains(words[0])
          ? new Switches(words[0], words.length > 1 && words[1].equals("stay"))
          : Switches.DEFAULT;
    } catch (StoreException damaged) {
      LOG.warn("event=file-unreadable file={} reason={}", file.path(), damaged.getMessage());
      return Switches.DEFAULT;
    }
  }

  void keep(Switches switches) {
    try {
      file.writeText(switches.mode() + (switches.stay() ? " stay" : "") + "\n");
    } catch (StoreException failed) {
      LOG.warn("event=file-not-kept file={} reason={}", file.path(), failed.getMessage());
    }
  }
}
