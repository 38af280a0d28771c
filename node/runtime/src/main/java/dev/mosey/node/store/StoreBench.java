package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How fast the stores acknowledge, beside the disk's own sync. {@code StoreBench DIRECTORY
 * [SECONDS]} leaves its files in the directory, which must not exist yet.
 */
public final class StoreBench {
  private static final int EVENT_BYTES = 200;
  private static final int OUTPUT_BYTES = 100;
  private static final int SAMPLES_MAX = 2_000_000;

  private final Path directory;
  private final Duration perRow;
  private final List<Row> rows = new ArrayList<>();

  /** Measures each row for that long. */
  public StoreBench(Path directory, Duration perRow) {
    this.directory = directory;
    this.perRow = perRow;
  }

  /**
   * A line of the result.
   *
   * @param medianMicros microseconds until acknowledged
   */
  public record Row(String name, double perSecond, double medianMicros, double p99Micros) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-42s %10.0f/s   median %8.3f ms   p99 %8.3f ms",
          name,
          perSecond,
          medianMicros / 1000,
          p99Micros / 1000);
    }
  }

  /** Prints the rows. */
  public static void main(String[] arguments) {
    if (arguments.length < 1 || arguments.length > 2) {
      System.err.println("StoreBench: give a directory that does not exist yet, and seconds");
      System.exit(2);
    }
    var seconds = arguments.length == 2 ? Integer.parseInt(arguments[1]) : 5;
    new StoreBench(Path.of(arguments[0]), Duration.ofSeconds(seconds))
        .run()
        .forEach(System.out::println);
  }

  /** Measures everything, the disk first. */
  public List<Row> run() {
    try {
      Files.createDirectories(directory);
      disk();
    } catch (IOException e) {
      throw StoreException.io("measure in", directory, e);
    }
    try (var store =
        NodeStore.open(
            directory.resolve("data"),
            NodeName.of("bench"),
            StoreSettings.defaults(),
            Optional.empty(),
            Instant.EPOCH,
            new Random(1))) {
      events(store, 100, perRow.dividedBy(2));
      rows.removeLast();
      for (int inFlight : new int[] {1, 16, 100, 1000}) events(store, inFlight, perRow);
      output(store, 1);
      output(store, 100);
    }
    return List.copyOf(rows);
  }

  private void disk() throws IOException {
    var samples = new Samples();
    try (var file = Disk.real().create(directory.resolve("disk"))) {
      var block = ByteBuffer.allocate(4096);
      for (long at = 0; samples.goOn(); at += block.capacity()) {
        long begun = System.nanoTime();
        file.write(block.clear(), at);
        file.sync();
        samples.add(System.nanoTime() - begun);
      }
    }
    rows.add(samples.row("disk: 4 KiB appended and synced"));
  }

  private void events(NodeStore store, int inFlight, Duration duration) {
    var prefix = Keys.prefix("bench-" + inFlight + "-" + duration.toMillis());
    var permits = new Semaphore(inFlight);
    var samples = new Samples(duration);
    for (long number = 1; samples.goOn(); number++) {
      permits.acquireUninterruptibly();
      long begun = System.nanoTime();
      var key = Keys.numbered(prefix, number);
      var commit = new Commit().put(Family.EVENTS, key, new byte[EVENT_BYTES]);
      var unused =
          store
              .books()
              .commit(commit)
              .whenComplete(
                  (nothing, failure) -> {
                    if (failure == null) samples.add(System.nanoTime() - begun);
                    permits.release();
                  });
    }
    permits.acquireUninterruptibly(inFlight);
    rows.add(samples.row("events of 200 bytes, " + inFlight + " in flight"));
  }

  /** One line of output from each of many processes, so many of them per sync. */
  private void output(NodeStore store, int perSync) {
    var samples = new Samples();
    long job = perSync * 1_000_000_000L;
    var bytes = new byte[OUTPUT_BYTES];
    while (samples.goOn()) {
      long begun = System.nanoTime();
      for (int i = 0; i < perSync; i++) {
        var process = new ProcessId(NodeName.of("bench"), ++job, ProcessId.SINGLE);
        store.output().append(process, 1, OutputStore.STDOUT, 0, bytes);
      }
      store.output().sync();
      for (int i = 0; i < perSync; i++) samples.add(System.nanoTime() - begun);
    }
    rows.add(samples.row("output of a new process, " + perSync + " per sync"));
  }

  /** Times of one row; added by any thread. */
  private final class Samples {
    private final long[] nanos = new long[SAMPLES_MAX];
    private final AtomicInteger count = new AtomicInteger();
    private final long begun = System.nanoTime();
    private final long end;

    Samples() {
      this(perRow);
    }

    Samples(Duration duration) {
      end = begun + duration.toNanos();
    }

    boolean goOn() {
      return System.nanoTime() < end && count.get() < SAMPLES_MAX - 10_000;
    }

    void add(long sample) {
      int index = count.getAndIncrement();
      if (index < SAMPLES_MAX) nanos[index] = sample;
    }

    Row row(String name) {
      double seconds = (System.nanoTime() - begun) / 1e9;
      var sorted = Arrays.copyOf(nanos, Math.min(count.get(), SAMPLES_MAX));
      Arrays.sort(sorted);
      if (sorted.length == 0) return new Row(name, 0, 0, 0);
      return new Row(
          name,
          sorted.length / seconds,
          sorted[sorted.length / 2] / 1e3,
          sorted[(int) (sorted.length * 0.99)] / 1e3);
    }
  }
}
