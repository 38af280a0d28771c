package dev.mosey.node.keeper;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A body under the native keeper: turns asks into frames, and frames into callbacks. */
final class NativeBody implements Body {
  private static final Logger LOG = LoggerFactory.getLogger(NativeBody.class);

  private final long id;
  private final BodyListener listener;
  private final NativeKeeper keeper;
  private final AtomicInteger stdinRoom = new AtomicInteger(INPUT_WINDOW_BYTES);
  private final AtomicInteger controlRoom = new AtomicInteger(INPUT_WINDOW_BYTES);

  NativeBody(long id, BodyListener listener, NativeKeeper keeper) {
    this.id = id;
    this.listener = listener;
    this.keeper = keeper;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public void leaseUntil(long bootMillis) {
    if (bootMillis <= 0) throw new IllegalArgumentException("no moment since boot: " + bootMillis);
    keeper.send(frames -> frames.setLease(id, bootMillis));
  }

  @Override
  public void leaseFree() {
    keeper.send(frames -> frames.setLease(id, 0));
  }

  @Override
  public void signal(int number, Scope scope) {
    if (number < 1 || number > 64)
      throw new IllegalArgumentException("no signal has the number " + number);
    keeper.send(frames -> frames.signal(id, number, scope));
  }

  @Override
  public void freeze() {
    keeper.send(frames -> frames.plain(Frames.FREEZE, id));
  }

  @Override
  public void thaw() {
    keeper.send(frames -> frames.plain(Frames.THAW, id));
  }

  @Override
  public void kill() {
    keeper.send(frames -> frames.plain(Frames.KILL, id));
  }

  @Override
  public void grantOutput(int bytes) {
    grant(BodyStream.STDOUT, bytes);
  }

  @Override
  public void grantControl(int bytes) {
    grant(BodyStream.CONTROL, bytes);
  }

  private void grant(BodyStream stream, int bytes) {
    if (bytes < 0) throw new IllegalArgumentException("can't grant " + bytes + " bytes");
    if (bytes > 0) keeper.send(frames -> frames.credit(id, stream, bytes));
  }

  @Override
  public int room(BodyStream stream) {
    return roomOf(stream).get();
  }

  private AtomicInteger roomOf(BodyStream stream) {
    return switch (stream) {
      case STDIN -> stdinRoom;
      case CONTROL -> controlRoom;
      case STDOUT, STDERR -> throw new IllegalArgumentException(stream + " takes no input");
    };
  }

  @Override
  public void write(BodyStream stream, byte[] bytes) {
    var room = roomOf(stream);
    int before = room.getAndUpdate(free -> free < bytes.length ? free : free - bytes.length);
    if (before < bytes.length)
      throw new IllegalStateException(
          "%d bytes for body %d, which has room for %d".formatted(bytes.length, id, before));
    keeper.send(frames -> frames.input(id, stream, bytes));
  }

  @Override
  public void end(BodyStream stream) {
    roomOf(stream);
    keeper.send(frames -> frames.inputEnd(id, stream));
  }

  /** Calls back for a frame from the keeper. */
  void tell(byte type, ByteBuffer payload) {
    try {
      callBack(type, payload);
    } catch (RuntimeException e) {
      // One listener's fault must not take the other bodies' callbacks with it.
      LOG.error("event=listener-failed body={}", id, e);
    }
  }

  /** Reports it as lost for this reason. */
  void lost(String reason) {
    try {
      listener.lost(this, reason);
    } catch (RuntimeException e) {
      LOG.error("event=listener-failed body={}", id, e);
    }
  }

  private void callBack(byte type, ByteBuffer payload) {
    switch (type) {
      case Frames.STARTED -> listener.started(this, payload.getInt());
      case Frames.OUTPUT -> {
        var stream = BodyStream.of(payload.get());
        var bytes = rest(payload);
        if (stream == BodyStream.CONTROL) listener.control(this, bytes);
        else listener.output(this, stream, bytes);
      }
      case Frames.EXITED ->
          listener.exited(
              this,
              new BodyExit(
                  payload.getInt() == 1,
                  payload.getInt(),
                  payload.getLong(),
                  payload.getLong(),
                  payload.getLong()));
      case Frames.REFUSED ->
          listener.refused(
              this,
              BodyRefusal.of(
                  payload.getInt(),
                  payload.getInt(),
                  new String(rest(payload), StandardCharsets.UTF_8)));
      case Frames.LEASE_LAPSED -> listener.leaseLapsed(this);
      case Frames.FROZEN -> listener.frozen(this);
      case Frames.LOST -> listener.lost(this, "its warden has died");
      case Frames.ROOM -> {
        var stream = BodyStream.of(payload.get());
        roomOf(stream).addAndGet(payload.getInt());
        listener.room(this, stream);
      }
      case Frames.USAGE ->
          listener.usage(
              this, new BodyUsage(payload.getLong(), payload.getLong(), payload.getInt()));
      default -> throw new IllegalStateException("a frame of type " + type + " from the keeper");
    }
  }

  private static byte[] rest(ByteBuffer payload) {
    var bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }
}
