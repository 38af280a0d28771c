package dev.mosey.node.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native code. If {@code librocksdbjni-linux64.so} (or the one of another platform)
 * lies in {@code java.library.path}, as in the distribution, nothing is unpacked: faster, and
 * independent of a temporary directory from which nothing may be executed. Otherwise it is unpacked
 * and, once loaded, deleted: RocksDB itself would leave that to the JVM's exit hooks, which a
 * daemon that is killed never runs.
 */
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  static synchronized void load() {
    if (loaded) return;
    try {
      var directory = Files.createTempDirectory("mosey-rocksdb-");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
      } finally {
        delete(directory);
      }
      RocksDB.loadLibrary();
      loaded = true;
    } catch (IOException | UnsatisfiedLinkError | RuntimeException e) {
      throw new StoreException(
          StoreException.Kind.UNSUITABLE,
          "cannot load RocksDB's native code: " + e.getMessage(),
          "is the temporary directory full, or mounted noexec? -Djava.io.tmpdir names another one",
          e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }
}
