package dev.mosey.node.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native code once per JVM. With the system property {@code mosey.native} set to a
 * directory that holds it (the distribution does), nothing is unpacked: faster, and independent of
 * a temporary directory from which nothing may be executed.
 */
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  static synchronized void load() {
    if (loaded) return;
    var directory = System.getProperty("mosey.native");
    try {
      if (directory != null && Files.isDirectory(Path.of(directory)))
        RocksDB.loadLibrary(List.of(directory));
      else RocksDB.loadLibrary();
    } catch (UnsatisfiedLinkError | RuntimeException e) {
      throw new StoreException(
          StoreException.Kind.UNSUITABLE,
          "cannot load RocksDB's native code: " + e.getMessage(),
          "is the temporary directory mounted noexec? set ROCKSDB_SHAREDLIB_DIR to another one",
          e);
    }
    loaded = true;
  }
}
