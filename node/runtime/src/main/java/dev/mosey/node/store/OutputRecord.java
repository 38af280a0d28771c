package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A record of a segment. Header and body have checksums of their own: a header that is right tells
 * how long the body must be, so that a torn tail (the file ends early) and damage are told apart.
 *
 * <pre>
 *   magic 2 | kind 1 | home length 1 | incarnation 4 | ordinal 4 | offset 8 | data length 4
 *   | stream 1, zeros 3 | CRC32C of the body 4 | CRC32C of the header so far 4
 *   home | job 8 | task 4 | data
 * </pre>
 *
 * @param ordinal place in the history of its stream: compaction changes the order of records in the
 *     segments, and may write one twice
 * @param position of the header in its segment
 */
record OutputRecord(
    Kind kind,
    ProcessId process,
    int stream,
    int incarnation,
    int ordinal,
    long offset,
    int length,
    long position) {
  static final int HEADER_BYTES = 36;
  private static final short MAGIC = 0x4D6F;
  private static final int ID_NUMBERS_BYTES = Long.BYTES + Integer.BYTES;

  enum Kind {
    /** Bytes at an offset. */
    DATA(1),
    /** The stream was cut back to the offset. */
    CUT(2),
    /** What came at the offset and beyond was dropped. */
    TRUNCATED(3),
    /** The process was deleted. */
    DELETED(4);

    /** On the disk; never changed. */
    final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    /** The kind of that code, or null. */
    static Kind of(byte code) {
      for (var kind : values()) if (kind.code == code) return kind;
      return null;
    }
  }

  /** What a header says about the body. */
  record Header(
      Kind kind,
      int home,
      int incarnation,
      int ordinal,
      long offset,
      int length,
      int stream,
      int bodyCrc) {
    int bodyBytes() {
      return home + ID_NUMBERS_BYTES + length;
    }
  }

  static int idBytes(ProcessId process) {
    return process.home().value().length() + ID_NUMBERS_BYTES;
  }

  /** Bytes of the whole record. */
  int recordBytes() {
    return HEADER_BYTES + idBytes(process) + length;
  }

  /** The record's bytes, with {@code length} bytes of data from {@code from}. */
  ByteBuffer encode(byte[] data, int from) {
    var home = process.home().value().getBytes(StandardCharsets.US_ASCII);
    var buffer = ByteBuffer.allocate(recordBytes());
    buffer.position(HEADER_BYTES);
    buffer.put(home).putLong(process.job()).putInt(process.task()).put(data, from, length);
    int bodyCrc = crcOf(buffer.array(), HEADER_BYTES, buffer.position() - HEADER_BYTES);
    buffer.flip();
    buffer.putShort(0, MAGIC).put(2, kind.code).put(3, (byte) home.length);
    buffer.putInt(4, incarnation).putInt(8, ordinal).putLong(12, offset).putInt(20, length);
    buffer.put(24, (byte) stream).putInt(28, bodyCrc);
    return buffer.putInt(32, crcOf(buffer.array(), 0, 32));
  }

  /** The header at the buffer's position, or null if it is damaged. */
  static Header decodeHeader(ByteBuffer buffer) {
    int at = buffer.position();
    if (buffer.getInt(at + 32) != crcOf(buffer.array(), buffer.arrayOffset() + at, 32)) return null;
    var kind = Kind.of(buffer.get(at + 2));
    if (buffer.getShort(at) != MAGIC || kind == null) return null;
    return new Header(
        kind,
        buffer.get(at + 3),
        buffer.getInt(at + 4),
        buffer.getInt(at + 8),
        buffer.getLong(at + 12),
        buffer.getInt(at + 20),
        buffer.get(at + 24),
        buffer.getInt(at + 28));
  }

  /** Whether the body at the buffer's position is the one that was written. */
  static boolean isBodyRight(Header header, ByteBuffer buffer) {
    int at = buffer.arrayOffset() + buffer.position();
    return crcOf(buffer.array(), at, header.bodyBytes()) == header.bodyCrc();
  }

  /**
   * The record whose body is at the buffer's position, or null if the body is damaged.
   *
   * @param homes names seen before, so that one object serves for all records
   */
  static OutputRecord decodeBody(
      Header header, ByteBuffer buffer, long position, Map<String, NodeName> homes) {
    if (!isBodyRight(header, buffer)) return null;
    int at = buffer.arrayOffset() + buffer.position();
    var home = new String(buffer.array(), at, header.home(), StandardCharsets.US_ASCII);
    int numbers = buffer.position() + header.home();
    return new OutputRecord(
        header.kind(),
        new ProcessId(
            homes.computeIfAbsent(home, NodeName::of),
            buffer.getLong(numbers),
            buffer.getInt(numbers + Long.BYTES)),
        header.stream(),
        header.incarnation(),
        header.ordinal(),
        header.offset(),
        header.length(),
        position);
  }

  private static int crcOf(byte[] bytes, int from, int count) {
    var crc = new CRC32C();
    crc.update(bytes, from, count);
    return (int) crc.getValue();
  }
}
