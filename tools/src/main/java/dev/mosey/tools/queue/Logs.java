package dev.mosey.tools.queue;

import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.option.Option;
import dev.mosey.tools.option.Values;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code mosq logs}. */
final class Logs {
  static final Option FOLLOW = Option.flag("-f, --follow", "Go on until it has ended.");
  static final Option STDERR = Option.flag("--stderr", "Its standard error, not its output.");
  static final Option TAIL = Option.value("-n, --tail", "N", "Only the last N lines.");
  static final Option ATTEMPT =
      Option.value(
          "--attempt", "N", "What incarnation N wrote, also what a later one wrote again.");
  static final Option TO =
      Option.value("--to", "DIR", "Into files ID.out and ID.err of this directory.")
          .of(Values.DIRECTORY);

  /** JSON is one value, held in memory several times over; what is larger goes to files. */
  private static final int JSON_BYTES_MOST = 8 << 20;

  private static final int WAIT_SECONDS = 20;

  private Logs() {}

  static int run(Run run) {
    String id = Ids.one(run, run.in().operand());
    Long tail = run.in().number(TAIL, 0, Integer.MAX_VALUE);
    Long attempt = run.in().number(ATTEMPT, 0, Integer.MAX_VALUE);
    for (String process : processes(run, id)) {
      if (run.in().has(TO)) {
        toFiles(run, process);
        continue;
      }
      switch (run.mode()) {
        case JSON -> json(run, process, tail, attempt);
        case QUIET -> run.out().println(process);
        case TABLE, WIDE -> read(run, process, tail, attempt, run.out());
      }
    }
    return 0;
  }

  /** A job of several tasks is read element by element. */
  private static List<String> processes(Run run, String id) {
    // Elements are named as such; only a whole job has to be asked about.
    if (id.indexOf('.') != id.lastIndexOf('.')) {
      return List.of(id);
    }
    JsonValue job = run.client().ask(Request.get("/jobs/" + id)).json();
    if (!new Job(job).isArray()) {
      return List.of(id);
    }
    if (run.mode() == dev.mosey.tools.output.Mode.JSON) {
      throw Failure.usage(id + " has several tasks", "name one of them, like " + id + ".1");
    }
    return Elements.ids(job);
  }

  private static void read(Run run, String id, Long tail, Long attempt, OutputStream to) {
    String stream = run.in().has(STDERR) ? "stderr" : "stdout";
    Follow follow = new Follow(run, id, stream, attempt == null ? null : attempt.toString(), to);
    if (tail != null) {
      follow.tail(tail);
    }
    follow.read();
    if (run.in().has(FOLLOW)) {
      follow.patiently();
      while (follow.poll(WAIT_SECONDS)) {
        if (run.out().checkError()) {
          return;
        }
      }
    }
  }

  private static void json(Run run, String id, Long tail, Long attempt) {
    Kept bytes = new Kept(id);
    read(run, id, tail, attempt, bytes);
    run.json(
        new JsonValue.Members()
            .put("id", id)
            .put("stream", run.in().has(STDERR) ? "stderr" : "stdout")
            .put("text", bytes.toString(StandardCharsets.UTF_8)));
  }

  /** The text of the one value that JSON is: what was cut off is no part of it. */
  private static final class Kept extends ByteArrayOutputStream implements Follow.Rewindable {
    private final String id;

    Kept(String id) {
      this.id = id;
    }

    @Override
    public synchronized void write(byte[] part, int from, int length) {
      if (count + length > JSON_BYTES_MOST) {
        throw Failure.refused(
            "the output of " + id + " is too large for JSON: more than 8 MiB",
            "mosq logs --tail N, or --to DIR for all of it");
      }
      super.write(part, from, length);
    }

    @Override
    public synchronized void back(long bytes) {
      count = (int) Math.max(0, count - bytes);
    }
  }

  private static void toFiles(Run run, String id) {
    Path directory = run.caller().file(run.in().text(TO));
    try {
      Files.createDirectories(directory);
      for (String stream : List.of("stdout", "stderr")) {
        Path file = directory.resolve(id + (stream.equals("stdout") ? ".out" : ".err"));
        try (OutputStream to = Files.newOutputStream(file)) {
          new Follow(run, id, stream, null, to).read();
        }
      }
    } catch (IOException unwritable) {
      throw Failure.refused(
          "'" + directory + "' can't be written: " + unwritable.getMessage(), null);
    }
    if (run.mode() == dev.mosey.tools.output.Mode.QUIET) {
      run.out().println(id);
    }
  }

  /** Both streams of a job that was just submitted, until it has ended. */
  static void follow(Run run, String id) {
    Follow output = new Follow(run, id, "stdout", null, run.out()).patiently();
    Follow errors = new Follow(run, id, "stderr", null, run.caller().err()).patiently();
    boolean more = true;
    while (more && !run.out().checkError()) {
      more = output.poll(1);
      errors.read();
    }
  }
}
