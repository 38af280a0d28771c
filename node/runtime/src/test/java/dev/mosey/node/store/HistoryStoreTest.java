package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.ALPHA;
import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.HistoryStore.Entry;
import dev.mosey.protocol.id.ProcessId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryStoreTest {
  @TempDir Path directory;
  private RocksStore store;

  @BeforeEach
  void open() {
    store =
        RocksStore.open(
            directory.resolve("books"), settings().books(), SpaceWatch.unlimited(), false);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private HistoryStore history(String... lines) {
    return new HistoryStore(store, ALPHA, settings(lines).books());
  }

  private static Entry ended(long job, long at) {
    return new Entry(process(job), at, new byte[] {(byte) job});
  }

  private static List<Long> jobs(HistoryStore history, int pageSize) {
    var jobs = new ArrayList<Long>();
    Optional<String> next = Optional.empty();
    do {
      var page = history.page(next, pageSize);
      page.entries().forEach(entry -> jobs.add(entry.process().job()));
      next = page.next();
    } while (next.isPresent());
    return jobs;
  }

  @Test
  void listsTheLatestEndFirstInPagesOfAnySize() {
    var history = history();
    history.put(List.of(ended(3, 30), ended(1, 50), ended(2, 40), ended(9, 40)), 4).join();
    for (int size = 1; size <= 6; size++)
      assertThat(jobs(history, size)).as("page of %d", size).containsExactly(1L, 9L, 2L, 3L);
    assertThat(history.get(process(2)).orElseThrow().content()).containsExactly(2);
    assertThat(history.get(process(2)).orElseThrow().endedAtMillis()).isEqualTo(40);
    assertThat(history.get(process(7))).isEmpty();
    assertThat(history.count()).isEqualTo(4);
  }

  @Test
  void aBatchThatIsPutAgainChangesNothing() {
    var history = history();
    history.put(List.of(ended(1, 10), ended(2, 20)), 2).join();
    history.put(List.of(ended(1, 10), ended(2, 20)), 2).join();
    history.put(List.of(ended(1, 99)), 1).join();
    assertThat(history.position()).isEqualTo(2);
    assertThat(history.get(process(1)).orElseThrow().endedAtMillis()).isEqualTo(10);
    // The projection may repeat some of what it had put before a crash.
    history.put(List.of(ended(2, 25), ended(3, 30), ended(3, 30)), 5).join();
    assertThat(jobs(history, 10)).containsExactly(3L, 2L, 1L);
    assertThat(history.count()).isEqualTo(3);
    var reopened = history();
    assertThat(reopened.position()).isEqualTo(5);
    assertThat(reopened.count()).isEqualTo(3);
    assertThat(reopened.get(process(2)).orElseThrow().endedAtMillis()).isEqualTo(25);
  }

  @Test
  void prunesByTimeAndByNumber() {
    var history = history("books.history-max = 3");
    history
        .put(LongStream.rangeClosed(1, 4).mapToObj(job -> ended(job, job * 10)).toList(), 1)
        .join();
    history.put(List.of(ended(5, 50)), 2).join();
    assertThat(jobs(history, 10)).containsExactly(5L, 4L, 3L);
    assertThat(history.get(process(1))).isEmpty();
    assertThat(history.prune(40).join()).isEqualTo(1);
    assertThat(jobs(history, 10)).containsExactly(5L, 4L);
    assertThat(history().count()).isEqualTo(2);
  }

  @Test
  void prunesMoreThanOneBatch() {
    var history = history();
    history
        .put(LongStream.rangeClosed(1, 2500).mapToObj(job -> ended(job, job)).toList(), 1)
        .join();
    assertThat(history.prune(2401).join()).isEqualTo(2400);
    assertThat(history.count()).isEqualTo(100);
    assertThat(jobs(history, 30)).hasSize(100).startsWith(2500L).endsWith(2401L);
  }

  @Test
  void elementsOfArraysAndHomesAreKeptApart() {
    var history = history();
    var element = new ProcessId(ALPHA, 1, 3);
    history.put(List.of(ended(1, 10), new Entry(element, 11, new byte[] {77})), 1).join();
    assertThat(history.get(element).orElseThrow().content()).containsExactly(77);
    var beta = dev.mosey.protocol.id.NodeName.of("beta");
    assertThat(
            new HistoryStore(store, beta, settings().books()).page(Optional.empty(), 10).entries())
        .isEmpty();
    assertThatThrownBy(() -> history.get(new ProcessId(beta, 1, -1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> history.page(Optional.of("x"), 10))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
