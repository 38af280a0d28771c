package dev.mosey.node.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The few file operations on which durability rests. They are an interface so that a test can watch
 * their order, let one fail, or lose what was never synced.
 */
interface Disk {
  /** The machine's own file systems. */
  static Disk real() {
    return RealDisk.INSTANCE;
  }

  /** Creates a file that must not exist yet, for reading and writing. */
  DiskFile create(Path file) throws IOException;

  /** Opens an existing file for reading and writing. */
  DiskFile open(Path file) throws IOException;

  /** Renames within one file system, replacing the target atomically. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes the file if it is there. */
  void delete(Path file) throws IOException;

  /** Makes creations, renames and deletions in this directory durable. */
  void syncDirectory(Path directory) throws IOException;

  /** Makes a directory, and those above it, if they are not there. */
  default void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  /** The names of what is in a directory, in no order. */
  default List<String> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** All bytes of a file, or empty if there is none. */
  default Optional<byte[]> readWhole(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  /** An open file. Safe for use by several threads. */
  interface DiskFile extends Closeable {
    /** Where it is. */
    Path path();

    /** Bytes in the file. */
    long size() throws IOException;

    /** Writes all that remains in the buffer, which has an array, at that position. */
    void write(ByteBuffer bytes, long position) throws IOException;

    /**
     * Fills the buffer, which has an array, from that position as far as the file reaches; returns
     * the bytes read.
     */
    int read(ByteBuffer bytes, long position) throws IOException;

    /** Cuts the file to that length. */
    void truncate(long length) throws IOException;

    /** Returns when all that was written is on the disk. */
    void sync() throws IOException;
  }
}
