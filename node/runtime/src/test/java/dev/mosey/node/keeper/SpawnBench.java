package dev.mosey.node.keeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * How fast {@code /bin/true} is started and waited for, its output to pipes: by the keeper, by
 * {@code xargs -P2}, by ProcessBuilder on two threads. The ways take turns, so that other load on
 * the machine meets all of them; printed are medians, the best, and CPU time of all processes.
 *
 * <p>Not part of the build. Run it with:
 *
 * <pre>mvn -pl node/runtime -am test -Dtest=SpawnBench -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class SpawnBench {
  private static final int ROUNDS = 7;
  private static final int SPAWNS = 1000;
  private static final long TICK_NANOS = 10_000_000;

  /** One way to run a number of processes to their end. */
  private interface Way {
    void run(int spawns) throws IOException, InterruptedException;
  }

  private record Sample(double perSecond, double cpuMillis) {}

  @Test
  void compares() throws IOException, InterruptedException {
    var samples = new LinkedHashMap<String, List<Sample>>();
    var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(5)), Keeping.newMark());
    try (keeper) {
      var ways = new LinkedHashMap<String, Way>();
      for (int parallel : new int[] {1, 2, 4})
        ways.put("keeper, " + parallel + " at once", spawns -> keep(keeper, spawns, parallel));
      ways.put("xargs -P2", SpawnBench::xargs);
      ways.put("ProcessBuilder, 2 threads", SpawnBench::processBuilder);
      for (var way : ways.values()) way.run(SPAWNS / 3); // warm
      for (int round = 0; round < ROUNDS; round++)
        for (var way : ways.entrySet())
          samples
              .computeIfAbsent(way.getKey(), _ -> new ArrayList<>())
              .add(measure(way.getValue(), keeper.pid()));
    }
    print(samples);
  }

  private static Sample measure(Way way, long keeper) throws IOException, InterruptedException {
    long cpuBefore = cpuNanos(keeper);
    long started = System.nanoTime();
    way.run(SPAWNS);
    double seconds = (System.nanoTime() - started) / 1e9;
    return new Sample(SPAWNS / seconds, (cpuNanos(keeper) - cpuBefore) / 1e6 / SPAWNS);
  }

  private static void print(Map<String, List<Sample>> samples) {
    System.out.printf(Locale.ROOT, "%-28s%12s%12s%16s%n", "", "median/s", "best/s", "CPU ms/spawn");
    samples.forEach(
        (way, all) -> {
          var rates = new ArrayList<>(all.stream().map(Sample::perSecond).toList());
          var cpus = new ArrayList<>(all.stream().map(Sample::cpuMillis).toList());
          Collections.sort(rates);
          Collections.sort(cpus);
          System.out.printf(
              Locale.ROOT,
              "%-28s%12.0f%12.0f%16.2f%n",
              way,
              rates.get(rates.size() / 2),
              rates.getLast(),
              cpus.get(cpus.size() / 2));
        });
  }

  private static void keep(Keeper keeper, int spawns, int parallel) throws InterruptedException {
    var free = new Semaphore(parallel);
    var failed = new AtomicInteger();
    var listener =
        new Keeping.Recorder() {
          @Override
          public void exited(Body body, BodyExit exit) {
            if (exit.shellStatus() != 0) failed.incrementAndGet();
            free.release();
          }
        };
    var spec = BodySpec.of("/bin/true").environment(Keeping.environment("bench")).nice(10).build();
    for (int i = 0; i < spawns; i++) {
      if (!free.tryAcquire(30, TimeUnit.SECONDS)) throw new AssertionError("a body got lost");
      keeper.spawn(spec, listener);
    }
    if (!free.tryAcquire(parallel, 30, TimeUnit.SECONDS))
      throw new AssertionError("a body got lost");
    if (failed.get() > 0) throw new AssertionError(failed + " failed");
  }

  private static void xargs(int spawns) throws IOException, InterruptedException {
    var process = new ProcessBuilder("xargs", "-P2", "-n1", "/bin/true").start();
    try (var in = process.getOutputStream()) {
      in.write("x\n".repeat(spawns).getBytes(StandardCharsets.US_ASCII));
    }
    if (process.waitFor() != 0) throw new AssertionError("xargs failed");
  }

  private static void processBuilder(int spawns) throws InterruptedException {
    var left = new AtomicInteger(spawns);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 2; i++)
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (left.getAndDecrement() > 0) runOnce();
                  }));
    for (var thread : threads) thread.join();
  }

  private static void runOnce() {
    try {
      var process = new ProcessBuilder("/bin/true").start();
      process.getInputStream().readAllBytes();
      process.getErrorStream().readAllBytes();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** CPU time of this JVM, the keeper, its wardens, and all that they have waited for. */
  private static long cpuNanos(long keeper) throws IOException {
    long ticks = ticks(ProcessHandle.current().pid()) + ticks(keeper);
    for (long warden : Keeping.children(keeper)) ticks += ticks(warden);
    return ticks * TICK_NANOS;
  }

  private static long ticks(long pid) throws IOException {
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = 11; i <= 14; i++) ticks += Long.parseLong(fields[i]);
    return ticks;
  }
}
