package dev.mosey.program.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker tells the daemon, on file descriptor 4. A frame is its length, one byte for the
 * kind and its fields. The program's output goes to the usual two streams, its end is the end of
 * the JVM.
 */
public sealed interface FromWorker {
  /** Longest frame, in bytes: an image inline and a little. */
  int FRAME_BYTES_MAX = 64 * 1024;

  /** The JVM is up and waits for its task. */
  record Ready() implements FromWorker {}

  /** The program's first step is about to be taken. */
  record Started() implements FromWorker {}

  /** How far it is, in a line. */
  record Progress(String line) implements FromWorker {}

  /**
   * The state is packed.
   *
   * @param request the wish that it answers; 0 for a checkpoint taken by itself
   * @param bytes the image when small, else null
   * @param path where it is otherwise
   * @param stdout how much this worker had written to standard output by then, in bytes
   * @param stderr the same for standard error
   * @param micros how long packing took
   */
  record Packed(int request, byte[] bytes, String path, long stdout, long stderr, long micros)
      implements FromWorker {}

  /** The state can't be packed; the program goes on. */
  record NotPacked(int request, String why) implements FromWorker {}

  /** The frame, its length first. */
  default byte[] frame() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(0);
      switch (this) {
        case Ready ignored -> out.writeByte('r');
        case Started ignored -> out.writeByte('s');
        case Progress progress -> {
          out.writeByte('p');
          Task.text(out, progress.line());
        }
        case Packed packed -> {
          out.writeByte('i');
          out.writeInt(packed.request());
          out.writeInt(packed.bytes() == null ? -1 : packed.bytes().length);
          if (packed.bytes() != null) out.write(packed.bytes());
          Task.text(out, packed.path());
          out.writeLong(packed.stdout());
          out.writeLong(packed.stderr());
          out.writeLong(packed.micros());
        }
        case NotPacked failed -> {
          out.writeByte('n');
          out.writeInt(failed.request());
          Task.text(out, failed.why());
        }
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    byte[] frame = bytes.toByteArray();
    ByteBuffer.wrap(frame).putInt(0, frame.length - Integer.BYTES);
    return frame;
  }

  /** Puts the bytes of the pipe, as they come, together to frames. Not for several threads. */
  final class Assembler {
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    /**
     * Takes what has been read.
     *
     * @return the frames that are complete with it, in order
     * @throws IOException when this is no worker's talk
     */
    public List<FromWorker> take(byte[] bytes) throws IOException {
      pending.write(bytes);
      byte[] all = pending.toByteArray();
      var buffer = ByteBuffer.wrap(all);
      List<FromWorker> frames = new ArrayList<>();
      while (buffer.remaining() >= Integer.BYTES) {
        int length = buffer.getInt(buffer.position());
        if (length < 1 || length > FRAME_BYTES_MAX) {
          throw new IOException("a frame of " + length + " bytes");
        }
        if (buffer.remaining() < Integer.BYTES + length) break;
        int from = buffer.position() + Integer.BYTES;
        frames.add(parse(new DataInputStream(new ByteArrayInputStream(all, from, length))));
        buffer.position(from + length);
      }
      pending.reset();
      pending.write(all, buffer.position(), buffer.remaining());
      return frames;
    }

    private static FromWorker parse(DataInputStream in) throws IOException {
      byte kind = in.readByte();
      return switch (kind) {
        case 'r' -> new Ready();
        case 's' -> new Started();
        case 'p' -> new Progress(Task.text(in));
        case 'i' -> {
          int request = in.readInt();
          int length = in.readInt();
          byte[] bytes = length < 0 ? null : in.readNBytes(length);
          yield new Packed(
              request, bytes, Task.text(in), in.readLong(), in.readLong(), in.readLong());
        }
        case 'n' -> new NotPacked(in.readInt(), Task.text(in));
        default -> throw new IOException("unknown frame " + kind);
      };
    }
  }
}
