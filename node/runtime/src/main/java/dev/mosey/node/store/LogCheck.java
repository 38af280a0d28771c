package dev.mosey.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Reads RocksDB's log files (write-ahead logs and manifests) before RocksDB does, to tell a torn
 * tail from damage. RocksDB takes a record whose length points beyond the end of the file for a
 * torn tail and drops the rest in silence; one changed bit in a length does that too. Here such a
 * record counts as torn only if no shorter length makes its checksum right.
 *
 * <p>Format: blocks of 32 KiB; in them records of masked CRC32C (4 bytes), length (2), type (1) and
 * payload; the checksum covers type and payload. Source: RocksDB wiki, "Write Ahead Log File
 * Format".
 */
final class LogCheck {
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;
  private static final int MASK_DELTA = 0xa282ead8;

  private LogCheck() {}

  /** Checks all logs and manifests of a RocksDB directory. */
  static void checkDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) return;
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        var name = file.getFileName().toString();
        if (name.matches("[0-9]+\\.log") || name.startsWith("MANIFEST-")) check(file);
      }
    }
  }

  /**
   * Checks one file.
   *
   * @throws StoreException CORRUPT, with file and offset; a torn tail is in order
   */
  static void check(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    int at = 0;
    while (at < content.length) {
      int blockEnd = at - at % BLOCK_BYTES + BLOCK_BYTES;
      if (blockEnd - at < HEADER_BYTES) {
        at = blockEnd;
        continue;
      }
      if (content.length - at < HEADER_BYTES || isZeroFrom(content, at)) return;
      var header = ByteBuffer.wrap(content, at, HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      int crc = unmask(header.getInt());
      int length = Short.toUnsignedInt(header.getShort());
      int covered = at + HEADER_BYTES - 1;
      if (isRecyclable(header.get())) throw damaged(file, at, "type");
      int end = at + HEADER_BYTES + length;
      if (end > blockEnd) throw damaged(file, at, "length");
      if (end > content.length) {
        if (someLengthFits(content, covered, crc)) throw damaged(file, at, "length");
        return;
      }
      if (crcOf(content, covered, end) != crc) throw damaged(file, at, "checksum");
      at = end;
    }
  }

  private static StoreException damaged(Path file, int at, String what) {
    return StoreException.corrupt(file.toString(), "wrong " + what + " at byte " + at, null);
  }

  private static int unmask(int masked) {
    return Integer.rotateLeft(masked - MASK_DELTA, 15);
  }

  /** Written only into recycled logs, which are switched off. */
  private static boolean isRecyclable(int type) {
    return type >= 5 && type <= 8 || type == 11;
  }

  /** A power cut may leave a tail of zeros; no single fault makes one out of records. */
  private static boolean isZeroFrom(byte[] content, int from) {
    for (int i = from; i < content.length; i++) if (content[i] != 0) return false;
    return true;
  }

  private static int crcOf(byte[] content, int from, int to) {
    var crc = new CRC32C();
    crc.update(content, from, to - from);
    return (int) crc.getValue();
  }

  private static boolean someLengthFits(byte[] content, int from, int wanted) {
    var crc = new CRC32C();
    for (int i = from; i < content.length; i++) {
      crc.update(content[i]);
      if ((int) crc.getValue() == wanted) return true;
    }
    return false;
  }
}
