package dev.mosey.bench;

import dev.mosey.demo.DemoFailure;
import dev.mosey.node.keeper.Body;
import dev.mosey.node.keeper.BodyExit;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodyRefusal;
import dev.mosey.node.keeper.BodySpec;
import dev.mosey.node.keeper.BodyStream;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperSettings;
import dev.mosey.node.keeper.Keepers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How fast {@code /bin/true} is started and waited for, its output to pipes: by the keeper, by
 * {@code xargs -P2}, by ProcessBuilder on two threads, in turns.
 */
final class SpawnBench {
  private static final int ROUNDS = 7;
  private static final int SPAWNS = 1000;
  private static final int QUICK = 200;
  private static final int PATIENCE_SECONDS = 60;

  private interface Way {
    void run(int spawns) throws IOException, InterruptedException;
  }

  private SpawnBench() {}

  static List<Figure> run(boolean quick) throws Exception {
    int spawns = quick ? QUICK : SPAWNS;
    int rounds = quick ? 1 : ROUNDS;
    Map<String, Samples> rates = new LinkedHashMap<>();
    Map<String, Samples> processor = new LinkedHashMap<>();
    KeeperSettings settings =
        new KeeperSettings(
            Optional.empty(),
            Duration.ofMinutes(5),
            128,
            4,
            1 << 20,
            16 << 20,
            Duration.ofSeconds(1));
    try (Keeper keeper = Keepers.start(settings, UUID.randomUUID().toString(), end -> {})) {
      Map<String, Way> ways = new LinkedHashMap<>();
      ways.put("keeper, 2 at once", count -> keep(keeper, count, 2));
      ways.put("keeper, 4 at once", count -> keep(keeper, count, 4));
      ways.put("beside: xargs -P2", SpawnBench::xargs);
      ways.put("beside: ProcessBuilder, 2 threads", SpawnBench::processBuilder);
      for (Way way : ways.values()) {
        way.run(spawns / 3);
      }
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Way> way : ways.entrySet()) {
          double before = Usage.processorMillis(List.of(ProcessHandle.current()));
          long begun = System.nanoTime();
          way.getValue().run(spawns);
          double seconds = (System.nanoTime() - begun) / 1e9;
          double after = Usage.processorMillis(List.of(ProcessHandle.current()));
          rates.computeIfAbsent(way.getKey(), _ -> new Samples()).add(spawns / seconds);
          processor
              .computeIfAbsent(way.getKey(), _ -> new Samples())
              .add((after - before) / spawns);
        }
      }
    }
    List<Figure> figures = new ArrayList<>();
    rates.forEach(
        (way, rate) -> {
          figures.add(new Figure("spawn", way, rate.median(), "/s", null, rounds));
          double each = processor.get(way).median();
          figures.add(new Figure("spawn", way + ", CPU each", each, "ms", null, rounds));
        });
    return figures;
  }

  private static void keep(Keeper keeper, int spawns, int parallel) throws InterruptedException {
    Ends ends = new Ends(parallel);
    BodySpec spec =
        BodySpec.of("/bin/true").environment(Map.of("PATH", "/usr/bin:/bin")).nice(5).build();
    for (int i = 0; i < spawns; i++) {
      ends.await(1);
      keeper.spawn(spec, ends);
    }
    ends.await(parallel);
    if (ends.failed.get() > 0) {
      throw new DemoFailure(ends.failed + " bodies failed");
    }
  }

  private static void xargs(int spawns) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("xargs", "-P2", "-n1", "/bin/true").start();
    try (var in = process.getOutputStream()) {
      in.write("x\n".repeat(spawns).getBytes(StandardCharsets.US_ASCII));
    }
    if (process.waitFor() != 0) {
      throw new DemoFailure("xargs failed");
    }
  }

  private static void processBuilder(int spawns) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(spawns);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (left.getAndDecrement() > 0) {
                      runOnce();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void runOnce() {
    try {
      Process process = new ProcessBuilder("/bin/true").start();
      process.getInputStream().readAllBytes();
      process.getErrorStream().readAllBytes();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets so many run at once. */
  private static final class Ends implements BodyListener {
    private final Semaphore free;
    private final AtomicInteger failed = new AtomicInteger();

    Ends(int parallel) {
      free = new Semaphore(parallel);
    }

    void await(int count) throws InterruptedException {
      if (!free.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new DemoFailure("a body got lost");
      }
    }

    @Override
    public void exited(Body body, BodyExit exit) {
      if (exit.shellStatus() != 0) {
        failed.incrementAndGet();
      }
      free.release();
    }

    @Override
    public void refused(Body body, BodyRefusal refusal) {
      failed.incrementAndGet();
      free.release();
    }

    @Override
    public void lost(Body body, String reason) {
      failed.incrementAndGet();
      free.release();
    }

    @Override
    public void started(Body body, long pid) {}

    @Override
    public void output(Body body, BodyStream stream, byte[] bytes) {}

    @Override
    public void leaseLapsed(Body body) {}
  }
}
