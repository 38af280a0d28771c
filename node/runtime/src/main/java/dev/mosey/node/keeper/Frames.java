package dev.mosey.node.keeper;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The frames between daemon and keeper; {@code node/keeper/src/mosd-keeper.c} describes them. A
 * frame is: u32 size of the payload, u8 type, u64 body, payload; all numbers big-endian.
 *
 * <p>An instance collects outgoing frames. Not thread-safe.
 */
final class Frames {
  static final int PROTOCOL_VERSION = 3;
  static final int HEADER_BYTES = 13;
  static final int CHUNK_BYTES = 64 << 10;

  static final byte HELLO = 1;
  static final byte HEARTBEAT = 2;
  static final byte SPAWN = 3;
  static final byte SET_LEASE = 4;
  static final byte CREDIT = 5;
  static final byte INPUT = 6;
  static final byte INPUT_END = 7;
  static final byte SIGNAL = 8;
  static final byte FREEZE = 9;
  static final byte THAW = 10;
  static final byte KILL = 11;
  static final byte STATS = 12;
  static final byte HAND_OVER = 13;

  static final byte WELCOME = 64;
  static final byte STARTED = 65;
  static final byte OUTPUT = 66;
  static final byte EXITED = 67;
  static final byte REFUSED = 68;
  static final byte LEASE_LAPSED = 69;
  static final byte LOST = 70;
  static final byte ROOM = 71;
  static final byte USAGE = 72;
  static final byte ALIVE = 73;
  static final byte FROZEN = 74;
  static final byte HANDED = 75;
  static final byte HELD = 76;

  private static final int KEPT_BYTES = 1 << 20;

  private ByteBuffer buffer = ByteBuffer.allocate(16 << 10);

  /** How many bytes wait here. */
  int size() {
    return buffer.position();
  }

  /** The bytes that wait, from 0 to {@link #size}. */
  byte[] array() {
    return buffer.array();
  }

  void clear() {
    if (buffer.capacity() > KEPT_BYTES) buffer = ByteBuffer.allocate(16 << 10);
    buffer.clear();
  }

  private ByteBuffer frame(byte type, long body, int size) {
    int needed = buffer.position() + HEADER_BYTES + size;
    if (needed > buffer.capacity()) {
      var larger = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), Math.max(needed, 2 * size())));
      buffer = larger.position(buffer.position());
    }
    return buffer.putInt(size).put(type).putLong(body);
  }

  void hello(KeeperSettings settings) {
    frame(HELLO, 0, 24)
        .putInt(PROTOCOL_VERSION)
        .putInt((int) settings.silenceLimit().toMillis())
        .putInt(settings.bodiesMax())
        .putInt(settings.idleWardensMax())
        .putInt(settings.frameBytesMax())
        .putInt((int) settings.killPatience().toMillis());
  }

  void handOver(long patienceMillis) {
    frame(HAND_OVER, 0, 4).putInt((int) patienceMillis);
  }

  void plain(byte type, long body) {
    frame(type, body, 0);
  }

  void setLease(long body, long bootMillis) {
    frame(SET_LEASE, body, 8).putLong(nanos(bootMillis));
  }

  void credit(long body, BodyStream stream, int bytes) {
    frame(CREDIT, body, 5).put((byte) stream.code()).putInt(bytes);
  }

  void signal(long body, int number, Body.Scope scope) {
    frame(SIGNAL, body, 2).put((byte) number).put((byte) (scope == Body.Scope.TREE ? 1 : 0));
  }

  /** One frame per 64 KiB. */
  void input(long body, BodyStream stream, byte[] bytes) {
    for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
      int size = Math.min(CHUNK_BYTES, bytes.length - from);
      frame(INPUT, body, 1 + size).put((byte) stream.code()).put(bytes, from, size);
    }
  }

  void inputEnd(long body, BodyStream stream) {
    frame(INPUT_END, body, 1).put((byte) stream.code());
  }

  void spawn(long body, byte[] payload) {
    frame(SPAWN, body, payload.length).put(payload);
  }

  /** The payload of a spawn frame; it may be larger than is allowed. */
  static byte[] spawnPayload(BodySpec spec, String fence) {
    var directory = bytes(spec.directory() == null ? "" : spec.directory().toString());
    var stdin = bytes(spec.stdin() instanceof BodySpec.Input.FromFile f ? f.path().toString() : "");
    var arguments = spec.command().stream().map(Frames::bytes).toArray(byte[][]::new);
    var variables =
        spec.environment().entrySet().stream()
            .filter(entry -> !entry.getKey().equals(FenceSweep.VARIABLE))
            .map(Frames::variable)
            .toArray(byte[][]::new);
    var fenced = bytes(FenceSweep.VARIABLE + "=" + fence);
    long size = 30L + 9L * spec.limits().size() + directory.length + stdin.length + fenced.length;
    for (var text : arguments) size += text.length;
    for (var text : variables) size += text.length;
    size += 3 + arguments.length + variables.length;
    var payload = ByteBuffer.allocate(Math.toIntExact(size));
    int flags =
        (spec.stdin() instanceof BodySpec.Input.FromPipe ? 1 : 0) | (spec.control() ? 2 : 0);
    payload
        .putLong(nanos(spec.leaseBootMillis()))
        .putInt(spec.outputCreditBytes())
        .putInt(spec.controlCreditBytes())
        .put((byte) flags)
        .put((byte) spec.nice())
        .putInt(spec.limits().size())
        .putInt(arguments.length)
        .putInt(variables.length + 1);
    spec.limits().forEach((limit, value) -> payload.put((byte) limit.number()).putLong(value));
    payload.put(directory).put((byte) 0).put(stdin).put((byte) 0);
    for (var text : arguments) payload.put(text).put((byte) 0);
    for (var text : variables) payload.put(text).put((byte) 0);
    return payload.put(fenced).put((byte) 0).array();
  }

  private static byte[] variable(Map.Entry<String, String> entry) {
    return bytes(entry.getKey() + "=" + entry.getValue());
  }

  private static long nanos(long millis) {
    return Math.multiplyExact(millis, 1_000_000L);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
