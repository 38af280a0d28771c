package dev.mosey.node.store;

import com.typesafe.config.ConfigFactory;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** What the tests of the stores share. */
public final class Fixtures {
  public static final NodeName ALPHA = NodeName.of("alpha");
  public static final Instant NOW = Instant.ofEpochSecond(2_000_000_000L);

  private Fixtures() {}

  /** Defaults without ballast and reserve, and these lines below {@code mosd.store}. */
  public static StoreSettings settings(String... lines) {
    var text =
        "mosd.store { space { ballast = 0, reserve = 0, critical = 0, floor = 0 }\n"
            + String.join("\n", lines)
            + "\n}";
    return StoreSettings.from(ConfigFactory.parseString(text));
  }

  /** Small bounds without reading a configuration, which takes longer than opening the stores. */
  static StoreSettings plainSettings() {
    return new StoreSettings(
        new StoreSettings.Space(0, 0, 0, 0),
        new StoreSettings.Books(
            1000, 1 << 24, 1000, 1 << 20, 1 << 20, 1 << 20, 1 << 24, 64, 2, 1000, true),
        new StoreSettings.Blobs(1 << 24),
        new StoreSettings.Output(100_000, 1 << 24, 1 << 20, 1 << 26, 0.25),
        new StoreSettings.Spooled(1 << 24));
  }

  public static NodeStore open(Path path, String... lines) {
    return NodeStore.open(path, ALPHA, settings(lines), Optional.empty(), NOW, new Random(1));
  }

  /** Books in a database, the rest in a directory. */
  public static NodeStore openShared(Path path, SharedSettings shared, String... lines) {
    return openShared(path, ALPHA, shared, lines);
  }

  static NodeStore openShared(Path path, NodeName name, SharedSettings shared, String... lines) {
    return NodeStore.open(
        path,
        name,
        settings(lines),
        shared,
        Optional.empty(),
        Optional.empty(),
        NOW,
        new Random(1));
  }

  /**
   * Leaves the books in a database as a conversion does that is interrupted before its last step.
   */
  public static void unfinish(Path path, SharedSettings shared) {
    var settings = settings();
    var random = new Random(1);
    try (var directory = DataDirectory.open(path, ALPHA, settings.space(), random);
        var files = FileBlobStore.open(directory, settings.blobs());
        var store = SharedStore.open(shared, settings, directory, files, Optional.empty(), random);
        var books = store.openBooks(ALPHA, store.openPatience())) {
      Conversion.setMark(books, Conversion.UNFINISHED);
    }
  }

  static NodeStore restore(Path path, Path backup, Instant now) {
    return NodeStore.open(path, ALPHA, settings(), Optional.of(backup), now, new Random(2));
  }

  static ProcessId process(long job) {
    return new ProcessId(ALPHA, job, ProcessId.SINGLE);
  }

  static void flip(Path file, long at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[(int) at] ^= 0x10;
    Files.write(file, content);
  }

  /** Copies a directory tree, for instance as a crash would leave it. */
  static void copy(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (var path : (Iterable<Path>) paths::iterator) {
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) Files.createDirectories(target);
        else Files.copy(path, target);
      }
    }
  }

  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) return;
    try (var paths = Files.walk(root)) {
      for (var path : paths.toList().reversed()) Files.delete(path);
    }
  }
}
