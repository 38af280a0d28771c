package dev.mosey.node.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** CRC32C over key and value, before the value: a value under the wrong key is noticed as well. */
final class Checksum {
  private static final int BYTES = 4;

  private Checksum() {}

  static byte[] seal(byte[] key, byte[] value) {
    return ByteBuffer.allocate(BYTES + value.length).putInt(of(key, value, 0)).put(value).array();
  }

  /** The value, or null if it is not what was sealed. */
  static byte[] open(byte[] key, byte[] sealed) {
    if (sealed.length < BYTES) return null;
    if (ByteBuffer.wrap(sealed).getInt() != of(key, sealed, BYTES)) return null;
    return Arrays.copyOfRange(sealed, BYTES, sealed.length);
  }

  private static int of(byte[] key, byte[] value, int from) {
    var crc = new CRC32C();
    crc.update(key);
    crc.update(value, from, value.length - from);
    return (int) crc.getValue();
  }
}
