package dev.mosey.node.keeper;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** What the tests of keepers share: settings, a listener that records, and looking at /proc. */
final class Keeping {
  /** Every body of a test carries this variable with a value of its own. */
  static final String MARK = "MOSEY_TEST_MARK";

  private static final long PATIENCE_SECONDS = 30;
  private static final int LOOKS = 3;

  private Keeping() {}

  static KeeperSettings settings(Duration silenceLimit) {
    return settings(silenceLimit, 128);
  }

  static KeeperSettings settings(Duration silenceLimit, int bodiesMax) {
    return new KeeperSettings(
        Optional.empty(), silenceLimit, bodiesMax, 4, 1 << 20, 16 << 20, Duration.ofSeconds(1));
  }

  static String newMark() {
    return UUID.randomUUID().toString();
  }

  static NativeKeeper nativeKeeper(KeeperSettings settings, String fence) {
    return NativeKeeper.start(Keepers.find(settings).orElseThrow(), settings, fence, _ -> {});
  }

  static BodySpec.Builder shell(String script) {
    return shell(script, newMark());
  }

  static BodySpec.Builder shell(String script, String mark) {
    return BodySpec.of("/bin/sh", "-c", script).environment(environment(mark));
  }

  static Map<String, String> environment(String mark) {
    return Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", MARK, mark);
  }

  /** The living processes whose environment carries the mark. */
  static Set<Long> alive(String mark) {
    return ProcessTable.read().marked(MARK, mark);
  }

  static void awaitNobody(String mark) {
    // One look may miss what forks while it is taken.
    await(
        "nobody carries " + mark,
        () -> IntStream.range(0, LOOKS).allMatch(_ -> alive(mark).isEmpty()));
  }

  static void awaitAtLeast(String mark, int count) {
    await(count + " processes carry " + mark, () -> alive(mark).size() >= count);
  }

  static void await(String what, BooleanSupplier condition) {
    long started = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - started > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS))
        throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("not told within " + PATIENCE_SECONDS + " s", e);
    }
  }

  /** Processes below this one, by the name that the kernel knows them by. */
  static Collection<Long> children(long parent) {
    return ProcessHandle.of(parent).stream()
        .flatMap(ProcessHandle::children)
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Records what a keeper tells, and grants output as it takes it, unless told not to. */
  static class Recorder implements BodyListener {
    final CompletableFuture<Long> started = new CompletableFuture<>();
    final CompletableFuture<BodyExit> exited = new CompletableFuture<>();
    final CompletableFuture<BodyRefusal> refused = new CompletableFuture<>();
    final CompletableFuture<String> lost = new CompletableFuture<>();
    final CompletableFuture<BodyUsage> usage = new CompletableFuture<>();
    final CompletableFuture<Void> lapsed = new CompletableFuture<>();
    final CompletableFuture<Void> frozen = new CompletableFuture<>();
    final AtomicReference<String> orderBroken = new AtomicReference<>();
    final AtomicInteger received = new AtomicInteger();
    final AtomicBoolean granting = new AtomicBoolean(true);
    private final Map<BodyStream, ByteArrayOutputStream> streams =
        Map.of(
            BodyStream.STDOUT, new ByteArrayOutputStream(),
            BodyStream.STDERR, new ByteArrayOutputStream(),
            BodyStream.CONTROL, new ByteArrayOutputStream());

    @Override
    public void started(Body body, long pid) {
      started.complete(pid);
    }

    @Override
    public void output(Body body, BodyStream stream, byte[] bytes) {
      if (!started.isDone()) orderBroken.set("output before started");
      if (exited.isDone()) orderBroken.set("output after exited");
      record(stream, bytes);
      if (granting.get()) body.grantOutput(bytes.length);
    }

    @Override
    public void control(Body body, byte[] bytes) {
      record(BodyStream.CONTROL, bytes);
      body.grantControl(bytes.length);
    }

    private void record(BodyStream stream, byte[] bytes) {
      var kept = streams.get(stream);
      synchronized (kept) {
        kept.writeBytes(bytes);
      }
      received.addAndGet(bytes.length);
    }

    @Override
    public void exited(Body body, BodyExit exit) {
      if (lost.isDone() || refused.isDone()) orderBroken.set("exited after its end");
      exited.complete(exit);
    }

    @Override
    public void refused(Body body, BodyRefusal refusal) {
      if (started.isDone()) orderBroken.set("refused after started");
      refused.complete(refusal);
    }

    @Override
    public void lost(Body body, String reason) {
      if (exited.isDone()) orderBroken.set("lost after exited");
      lost.complete(reason);
    }

    @Override
    public void leaseLapsed(Body body) {
      lapsed.complete(null);
    }

    @Override
    public void frozen(Body body) {
      frozen.complete(null);
    }

    @Override
    public void usage(Body body, BodyUsage used) {
      usage.complete(used);
    }

    byte[] bytes(BodyStream stream) {
      var kept = streams.get(stream);
      synchronized (kept) {
        return kept.toByteArray();
      }
    }

    String text(BodyStream stream) {
      return new String(bytes(stream), StandardCharsets.UTF_8);
    }

    BodyExit exit() {
      return get(exited);
    }
  }
}
