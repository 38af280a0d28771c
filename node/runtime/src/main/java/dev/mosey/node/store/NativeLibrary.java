package dev.mosey.node.store;

import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native code. If {@code librocksdbjni-linux64.so} (or the one of another platform)
 * lies in {@code java.library.path}, as in the distribution, nothing is unpacked: faster, and
 * independent of a temporary directory from which nothing may be executed.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  static void load() {
    try {
      RocksDB.loadLibrary();
    } catch (UnsatisfiedLinkError | RuntimeException e) {
      throw new StoreException(
          StoreException.Kind.UNSUITABLE,
          "cannot load RocksDB's native code: " + e.getMessage(),
          "is the temporary directory mounted noexec? set ROCKSDB_SHAREDLIB_DIR to another one",
          e);
    }
  }
}
