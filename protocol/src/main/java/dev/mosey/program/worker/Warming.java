package dev.mosey.program.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Loads what packing a state needs before it is needed: some 400 ms of processor time that would
 * else be part of a program's first pause.
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
