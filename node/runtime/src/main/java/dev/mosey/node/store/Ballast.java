package dev.mosey.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * A file that only occupies space. On a full disk it is given back, so that the ends of what runs
 * can still be written. Filled with random bytes: a compressing or sparse file system would
 * otherwise give nothing back.
 */
final class Ballast {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path file;
  private final long bytes;
  private final RandomGenerator random;
  private boolean held;

  Ballast(Path file, long bytes, RandomGenerator random) {
    this.file = file;
    this.bytes = bytes;
    this.random = random;
    this.held = sizeOnDisk() >= bytes;
  }

  private long sizeOnDisk() {
    try {
      return Files.size(file);
    } catch (IOException absent) {
      return -1;
    }
  }

  synchronized boolean held() {
    return held;
  }

  /** Occupies the space again; a disk that is full after all is left without ballast. */
  synchronized void take() {
    if (held || bytes == 0) return;
    var disk = Disk.real();
    try {
      disk.delete(file);
      try (var out = disk.create(file)) {
        var chunk = new byte[CHUNK_BYTES];
        for (long at = 0; at < bytes; at += CHUNK_BYTES) {
          random.nextBytes(chunk);
          out.write(ByteBuffer.wrap(chunk, 0, (int) Math.min(CHUNK_BYTES, bytes - at)), at);
        }
        out.sync();
      }
      held = true;
    } catch (IOException e) {
      release();
      if (!StoreException.saysFull(e.getMessage())) throw StoreException.io("write", file, e);
    }
  }

  synchronized void release() {
    try {
      Files.deleteIfExists(file);
      held = false;
    } catch (IOException e) {
      throw StoreException.io("delete", file, e);
    }
  }
}
