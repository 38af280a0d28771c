package dev.mosey.node.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Keys of the form name, 0x00, number (8 bytes, big endian, not negative): all numbers of one name
 * lie together and in order, so that a replay is one seek.
 */
public final class Keys {
  private Keys() {}

  /** A name as the beginning of keys; it ends with 0x00 and must not contain it. */
  public static byte[] prefix(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0)
      throw new IllegalArgumentException("not a name for keys: '" + name.replace('\0', '?') + "'");
    return (name + '\0').getBytes(StandardCharsets.UTF_8);
  }

  /** The key of that number below the prefix. */
  public static byte[] numbered(byte[] prefix, long number) {
    return ByteBuffer.allocate(prefix.length + Long.BYTES).put(prefix).putLong(number).array();
  }

  /** The first key after all numbers of the prefix. */
  public static byte[] after(byte[] prefix) {
    var end = prefix.clone();
    end[end.length - 1]++;
    return end;
  }

  /** The number at the end of a key. */
  public static long number(byte[] key) {
    return ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong();
  }

  /** For messages: {@code home-alpha #17}, or hexadecimal if it is no such key. */
  static String describe(byte[] key) {
    int zero = key.length - Long.BYTES - 1;
    if (zero > 0 && key[zero] == 0)
      return new String(key, 0, zero, StandardCharsets.UTF_8) + " #" + number(key);
    return HexFormat.of().formatHex(key);
  }
}
