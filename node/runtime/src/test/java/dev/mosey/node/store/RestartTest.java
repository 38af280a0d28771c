package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.open;
import static dev.mosey.node.store.Fixtures.process;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.Commit.Family;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
  private static final int ENDED = 100_000;
  private static final int WAITING = 10_000;
  private static final int BATCH = 1000;
  private static final Duration AIM = Duration.ofSeconds(10);

  @TempDir Path directory;

  @Test
  void opensInTimeWithAHundredThousandEndedAndTenThousandWaiting() {
    var snapshot = new byte[WAITING * 400];
    new Random(1).nextBytes(snapshot);
    var key = Keys.numbered(Keys.prefix("home-alpha"), 1);
    try (var store = open(directory.resolve("data"))) {
      for (long from = 1; from <= ENDED; from += BATCH) {
        var batch =
            LongStream.range(from, from + BATCH)
                .mapToObj(job -> new HistoryStore.Entry(process(job), job, new byte[300]))
                .toList();
        var done = store.history().put(batch, from);
        for (var entry : batch)
          store.output().append(entry.process(), 1, OutputStore.STDOUT, 0, new byte[60]);
        done.join();
      }
      store.output().sync();
      store.books().commit(new Commit().put(Family.SNAPSHOTS, key, snapshot)).join();
    }
    long before = System.nanoTime();
    try (var store = open(directory.resolve("data"))) {
      assertThat(store.books().get(Family.SNAPSHOTS, key)).contains(snapshot);
      assertThat(store.history().count()).isEqualTo(ENDED);
      var page = store.history().page(Optional.empty(), 100);
      assertThat(page.entries().getFirst().process()).isEqualTo(process(ENDED));
      assertThat(store.output().processes()).hasSize(ENDED);
      assertThat(store.output().read(process(ENDED / 2), 1, 0, 99).bytes()).hasSize(60);
      var took = Duration.ofNanos(System.nanoTime() - before);
      System.out.printf("RestartTest: opened and read in %d ms%n", took.toMillis());
      assertThat(took).isLessThan(AIM);
    }
  }
}
