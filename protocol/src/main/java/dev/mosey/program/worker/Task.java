package dev.mosey.program.worker;

import dev.mosey.protocol.job.Resources;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a worker is to run.
 *
 * @param id the process
 * @param task its index in the array, or -1
 * @param entry its line of {@code --each-line}, or null
 * @param host the node
 * @param incarnation which
 * @param resources what is reserved for it
 * @param jar path of the jar
 * @param className the program's class
 * @param arguments its arguments
 * @param state path of the image to go on from, or null to start
 * @param scratch path of a directory for large images on their way to the daemon
 * @param checkpointMillis how often to take a checkpoint while running, at most; 0 = never
 * @param lossMillis how long a machine runs on average between two losses: see {@link
 *     CheckpointPace}
 */
public record Task(
    String id,
    int task,
    String entry,
    String host,
    int incarnation,
    Resources resources,
    String jar,
    String className,
    List<String> arguments,
    String state,
    String scratch,
    long checkpointMillis,
    long lossMillis) {
  /** Copies the list. */
  public Task {
    arguments = List.copyOf(arguments);
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(id);
    out.writeInt(task);
    text(out, entry);
    out.writeUTF(host);
    out.writeInt(incarnation);
    out.writeInt(resources.amounts().size());
    for (var amount : resources.amounts().entrySet()) {
      out.writeUTF(amount.getKey());
      out.writeDouble(amount.getValue());
    }
    text(out, jar);
    text(out, className);
    out.writeInt(arguments.size());
    for (String argument : arguments) text(out, argument);
    text(out, state);
    text(out, scratch);
    out.writeLong(checkpointMillis);
    out.writeLong(lossMillis);
  }

  static Task read(DataInput in) throws IOException {
    String id = in.readUTF();
    int task = in.readInt();
    String entry = text(in);
    String host = in.readUTF();
    int incarnation = in.readInt();
    Map<String, Double> amounts = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) amounts.put(in.readUTF(), in.readDouble());
    String jar = text(in);
    String className = text(in);
    List<String> arguments = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) arguments.add(text(in));
    return new Task(
        id,
        task,
        entry,
        host,
        incarnation,
        Resources.of(amounts),
        jar,
        className,
        arguments,
        text(in),
        text(in),
        in.readLong(),
        in.readLong());
  }

  /** Any string or null; {@code writeUTF} ends at 64 KiB. */
  static void text(DataOutput out, String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String text(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) return null;
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
