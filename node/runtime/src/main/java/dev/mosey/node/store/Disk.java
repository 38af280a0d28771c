package dev.mosey.node.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

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
