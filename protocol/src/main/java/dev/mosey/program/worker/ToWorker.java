package dev.mosey.program.worker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the daemon tells a worker, on file descriptor 3. A frame is one byte for the kind and its
 * fields; the end of the pipe ends the worker.
 */
public sealed interface ToWorker {
  /** Run this; sent once. */
  record Run(Task task) implements ToWorker {}

  /**
   * Before {@link Run}: the task may be to go on from this image, so read it already.
   *
   * @param image path of a file whose content never changes
   */
  record ReadAhead(String image) implements ToWorker {}

  /**
   * Pack the state after the step under way.
   *
   * @param request number of this wish, from 1, echoed in the answer
   * @param pause whether to stay paused afterwards, until {@link Continue}
   */
  record Pack(int request, boolean pause) implements ToWorker {}

  /** Go on after a pause; harmless when not paused. */
  record Continue() implements ToWorker {}

  /** The frame. */
  default byte[] bytes() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      switch (this) {
        case Run run -> {
          out.writeByte('R');
          run.task().write(out);
        }
        case ReadAhead ahead -> {
          out.writeByte('A');
          out.writeUTF(ahead.image());
        }
        case Pack pack -> {
          out.writeByte('P');
          out.writeInt(pack.request());
          out.writeBoolean(pack.pause());
        }
        case Continue ignored -> out.writeByte('C');
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads the next frame; blocks.
   *
   * @throws IOException when the pipe has ended or says something else
   */
  static ToWorker read(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case 'R' -> new Run(Task.read(in));
      case 'A' -> new ReadAhead(in.readUTF());
      case 'P' -> new Pack(in.readInt(), in.readBoolean());
      case 'C' -> new Continue();
      default -> throw new IOException("unknown frame " + kind);
    };
  }
}
