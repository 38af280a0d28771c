package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.keeper.Keeper;
import dev.mosey.protocol.id.ProcessId;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerPoolTest {
  private final Keeper keeper = Bench.keeper();
  @TempDir private Path directory;
  private WorkerPool pool;
  private WorkerPool.Kind kind;

  @BeforeEach
  void make() {
    pool = new WorkerPool(keeper, HostSettings.defaults(), directory);
    kind =
        new WorkerPool.Kind(
            directory, Map.of("PATH", "/usr/bin:/bin"), 64, directory.resolve("no.jar"), "No");
  }

  @AfterEach
  void end() {
    pool.close();
    keeper.close();
  }

  @Test
  void itIsWarmWhenAWorkerWaitsForItsTaskAndNotBefore() throws Exception {
    CompletableFuture<Void> warm = pool.warm(kind);
    assertThat(warm).as("a JVM takes its time").isNotDone();
    assertThat(pool.warm(kind)).as("asked again").isSameAs(warm);
    warm.get(60, TimeUnit.SECONDS);
    assertThat(pool.warm(kind)).as("it is there").isSameAs(warm);
  }

  @Test
  void eachOfThoseThatArriveTogetherGetsAWorkerOfItsOwn() throws Exception {
    CompletableFuture<Void> warm = pool.warm(kind);
    CompletableFuture<Void> first = pool.promise(ProcessId.parse("alpha.1"), kind);
    CompletableFuture<Void> second = pool.promise(ProcessId.parse("alpha.2"), kind);
    assertThat(first).as("the one that is there").isSameAs(warm);
    assertThat(second).as("another").isNotSameAs(first);
    assertThat(pool.promise(ProcessId.parse("alpha.2"), kind)).as("its own").isIn(first, second);
    CompletableFuture.allOf(first, second).get(60, TimeUnit.SECONDS);
    assertThat(pool.warm(kind)).as("what was promised is as good for who just asks").isDone();
  }

  @Test
  void whoWaitsForAWorkerThatIsEndedIsToldSo() throws Exception {
    CompletableFuture<Void> warm = pool.warm(kind);
    pool.close();
    warm.get(60, TimeUnit.SECONDS);
    assertThat(pool.warm(kind)).as("another").isNotSameAs(warm);
  }
}
