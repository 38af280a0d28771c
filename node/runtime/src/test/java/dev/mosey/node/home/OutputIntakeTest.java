package dev.mosey.node.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.OutputStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.WireMessage;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputIntakeTest {
  private static final NodeName BETA = NodeName.of("beta");
  private static final ProcessId PROCESS = new ProcessId(TestHome.ALPHA, 1, ProcessId.SINGLE);

  @TempDir Path directory;

  private final List<OutputTaken> sent = new CopyOnWriteArrayList<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final AtomicBoolean full = new AtomicBoolean();
  private final AtomicInteger syncs = new AtomicInteger();
  private volatile CountDownLatch syncGate = new CountDownLatch(0);
  private NodeStore store;
  private OutputIntake intake;

  @BeforeEach
  void open() {
    store = Fixtures.open(directory);
    intake =
        new OutputIntake(
            disturbed(store.output()),
            new Post() {
              @Override
              public HostId self() {
                return new HostId(TestHome.ALPHA, 1);
              }

              @Override
              public void send(NodeName to, WireMessage message) {
                sent.add((OutputTaken) message);
              }
            },
            1_000,
            new OutputIntake.Listener() {
              @Override
              public void synced(Set<ProcessId> processes) {}

              @Override
              public void broken(StoreException why) {
                broken.add(why.getMessage());
              }
            });
    intake.start();
  }

  @AfterEach
  void close() {
    intake.close();
    store.close();
  }

  /** The real store, with a disk that a test can fill, and syncs that it can count and hold up. */
  private OutputStore disturbed(OutputStore real) {
    return (OutputStore)
        Proxy.newProxyInstance(
            OutputStore.class.getClassLoader(),
            new Class<?>[] {OutputStore.class},
            (proxy, method, arguments) -> {
              boolean writes = Set.of("append", "cut").contains(method.getName());
              if (writes && full.get()) {
                throw new StoreException(StoreException.Kind.FULL, "disk full", null, null);
              }
              if (method.getName().equals("sync")) {
                syncGate.await();
                syncs.incrementAndGet();
              }
              return method.invoke(real, arguments);
            });
  }

  @Test
  void saysTakenOnlyAfterTheSync() {
    intake.begins(PROCESS, 1, 0, 0);
    Await.until(() -> syncs.get() == 2);
    syncGate = new CountDownLatch(1);

    write(1, 0, "hello");
    Await.until(() -> store.output().state(PROCESS, 1).size() == 5);
    assertThat(sent).isEmpty();
    assertThat(intake.has(PROCESS, new OutputEnds(5, 0))).isFalse();
    syncGate.countDown();

    Await.until(() -> sent.size() == 1);
    assertThat(sent.getFirst()).isEqualTo(new OutputTaken(PROCESS, 1, 1, 5, null));
    assertThat(intake.has(PROCESS, new OutputEnds(5, 0))).isTrue();
  }

  @Test
  void sharesOneSyncAmongManyChunks() {
    intake.begins(PROCESS, 1, 0, 0);
    Await.until(() -> syncs.get() == 2);
    syncGate = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      write(1, i, "x");
    }
    syncGate.countDown();

    Await.until(() -> sent.stream().anyMatch(taken -> taken.upTo() == 100));
    assertThat(syncs.get()).isLessThanOrEqualTo(4);
    assertThat(sent.size()).isLessThanOrEqualTo(2);
  }

  @Test
  void refusesWhatAnOlderIncarnationSendsEvenIfNothingWasCutOff() {
    intake.begins(PROCESS, 1, 0, 0);
    write(1, 0, "hello");
    Await.until(() -> sent.size() == 1);
    intake.begins(PROCESS, 2, 5, 0);

    write(1, 5, " late");
    Await.until(() -> sent.size() == 2);
    write(2, 5, " next");
    Await.until(() -> sent.size() == 3);

    assertThat(sent.get(1).refused()).isNotNull();
    assertThat(text()).isEqualTo("hello next");
  }

  @Test
  void answersNothingOnAFullDiskAndTakesTheRepetition() {
    intake.begins(PROCESS, 1, 0, 0);
    write(1, 0, "hello");
    Await.until(() -> sent.size() == 1);
    full.set(true);
    intake.begins(PROCESS, 2, 2, 0);
    write(2, 2, "avy");
    int before = syncs.get();
    write(2, 2, "avy");
    Await.until(() -> syncs.get() > before);
    full.set(false);

    write(2, 2, "avy");

    Await.until(() -> sent.size() == 2);
    assertThat(text()).isEqualTo("heavy");
    assertThat(broken).isEmpty();
  }

  @Test
  void dropsWhatGoesBeyondItsBoundUntilThereIsRoom() {
    intake.begins(PROCESS, 1, 0, 0);
    Await.until(() -> syncs.get() == 2);
    syncGate = new CountDownLatch(1);
    for (int i = 0; i < 30; i++) {
      write(1, i * 100L, "x".repeat(100));
    }
    syncGate.countDown();
    Await.until(() -> !sent.isEmpty());
    long taken = store.output().state(PROCESS, 1).size();

    assertThat(taken).isBetween(100L, 1_500L);
    Await.until(
        () -> {
          write(1, store.output().state(PROCESS, 1).size(), "y");
          return store.output().state(PROCESS, 1).size() > taken;
        });
  }

  @Test
  void refusesTheOutputOfWhatHasEnded() {
    intake.begins(PROCESS, 1, 0, 0);
    intake.ended(PROCESS);

    write(1, 0, "hello");

    Await.until(() -> sent.size() == 1);
    assertThat(sent.getFirst().refused()).contains("ended");
    assertThat(store.output().processes()).isEmpty();
  }

  private void write(int incarnation, long offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    intake.take(BETA, new Output(PROCESS, incarnation, 1, offset, bytes));
  }

  private String text() {
    return new String(store.output().read(PROCESS, 1, 0, 1_000).bytes(), StandardCharsets.UTF_8);
  }
}
