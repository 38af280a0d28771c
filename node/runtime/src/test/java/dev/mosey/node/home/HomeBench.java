package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * How many state changes a home takes a second with many in flight, and how long a lone one takes,
 * beside what the disk needs for a sync. Argument: a directory on the disk to be measured.
 */
public final class HomeBench {
  private static final int IN_FLIGHT = 2_000;
  private static final long SECONDS = 5;

  private HomeBench() {}

  /** Prints the figures. */
  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "home-bench");
    try {
      System.out.printf("disk: one synced write of 4 KiB takes %s%n", disk(root));
      lone(root.resolve("lone"));
      many(root.resolve("many"));
      whole(root.resolve("whole"));
    } finally {
      try (Stream<Path> files = Files.walk(root)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    System.exit(0);
  }

  private static String disk(Path root) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            root.resolve("sync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long[] nanos = new long[1_000];
      for (int i = 0; i < nanos.length; i++) {
        long begin = System.nanoTime();
        file.write(ByteBuffer.allocate(4_096));
        file.force(false);
        nanos[i] = System.nanoTime() - begin;
      }
      return quantiles(nanos, nanos.length);
    }
  }

  private static void lone(Path directory) {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      long[] nanos = new long[100_000];
      int warm = 1_000;
      int count = 0;
      long end = System.nanoTime() + SECONDS * 1_000_000_000L;
      while (count < nanos.length && (System.nanoTime() < end || count < warm + 500)) {
        long begin = System.nanoTime();
        TestHome.join(home.asks(new BooksCommand.Submit("k" + count, spec("true"), false)));
        nanos[count++] = System.nanoTime() - begin;
      }
      long[] warmed = Arrays.copyOfRange(nanos, warm, count);
      System.out.printf("lone submit: %s%n", quantiles(warmed, warmed.length));
    }
  }

  private static void many(Path directory) throws InterruptedException {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      for (int round = 0; round < 2; round++) {
        int before = home.journal.records.get();
        String key = "r" + round + ".";
        double rate = submits(home, key, SECONDS);
        int records = home.journal.records.get() - before;
        System.out.printf(
            "%d submits in flight: %.0f/s, %.0f in one record%s%n",
            IN_FLIGHT, rate, rate * SECONDS / records, round == 0 ? " (warming up)" : "");
      }
    }
  }

  private static double submits(TestHome home, String key, long seconds)
      throws InterruptedException {
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicLong accepted = new AtomicLong();
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    for (long i = 0; System.nanoTime() < end; i++) {
      free.acquire();
      home.asks(new BooksCommand.Submit(key + i, spec("true"), false))
          .whenComplete(
              (reply, failure) -> {
                if (reply instanceof BooksReply.Accepted) {
                  accepted.incrementAndGet();
                }
                free.release();
              });
    }
    free.acquire(IN_FLIGHT);
    return accepted.get() * 1e9 / (System.nanoTime() - begin);
  }

  /** Each job changes three times: taken in, placed, ended. */
  private static void whole(Path directory) throws InterruptedException {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      FakeHost beta = home.host("beta", 1, true);
      home.placeAt(beta.id());
      for (int round = 0; round < 2; round++) {
        int records = home.journal.records.get();
        long begin = System.nanoTime();
        long jobs = (long) (submits(home, "w" + round + ".", SECONDS) * SECONDS);
        Await.until(() -> home.read(HomeView::live) == 0);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
            "whole lives: %.0f jobs/s = %.0f changes/s, %d records%s%n",
            jobs / seconds,
            3 * jobs / seconds,
            home.journal.records.get() - records,
            round == 0 ? " (warming up)" : "");
      }
    }
  }

  private static String quantiles(long[] nanos, int count) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return String.format(
        "p50 %.2f ms, p99 %.2f ms (%d)",
        sorted[count / 2] / 1e6, sorted[count * 99 / 100] / 1e6, count);
  }
}
