package dev.mosey.program.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mosey.program.Step;
import dev.mosey.protocol.job.Resources;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/**
 * Loads what starting, packing and going on need before it is needed: some 400 ms of processor time
 * that would else be part of a program's first pause.
 */
final class Warming {
  /** A program that ends sooner is seldom moved. */
  private static final long LATER_NANOS = 1_000_000_000L;

  private Warming() {}

  private record Sample(
      long number,
      int[] numbers,
      double[] reals,
      String text,
      Map<String, Long> counts,
      List<Part> parts) {}

  private record Part(byte[] bytes, boolean flag) {}

  static void run() throws IOException {
    ObjectMapper mapper = Stepper.mapper();
    var part = new Part(new byte[] {1}, true);
    var sample =
        new Sample(1, new int[] {1}, new double[] {1}, "a", Map.of("a", 1L), List.of(part));
    mapper.readValue(mapper.writeValueAsBytes(sample), Sample.class);
    rehearse();
  }

  /** What happens between the order to run and the first step. */
  private static void rehearse() throws IOException {
    var task = new Task("a.1", -1, null, "a", 1, Resources.NONE, "", "", List.of(), null, "", 0, 1);
    byte[] frame = new ToWorker.Run(task).bytes();
    ToWorker.read(new DataInputStream(new BufferedInputStream(new ByteArrayInputStream(frame))));
    new FromWorker.Started().frame();
    try (var file = new BufferedInputStream(Files.newInputStream(Path.of("/proc/self/stat")))) {
      file.readAllBytes();
    }
    var unused = List.of(Step.next(OptionalInt.empty()), Step.done());
  }

  /** On a thread of its own, after a while. */
  static void later() {
    var thread =
        new Thread(
            () -> {
              LockSupport.parkNanos(LATER_NANOS);
              try {
                run();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "warming");
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
  }
}
