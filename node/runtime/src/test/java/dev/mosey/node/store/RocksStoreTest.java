package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.Commit.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
  private static final byte[] PREFIX = Keys.prefix("home-alpha");

  @TempDir Path directory;

  private RocksStore open(String... lines) {
    return RocksStore.open(
        directory.resolve("books"), settings(lines).books(), SpaceWatch.unlimited(), true);
  }

  private static Commit event(long number) {
    return new Commit()
        .put(
            Family.EVENTS,
            Keys.numbered(PREFIX, number),
            ("event " + number).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Long> numbers(RocksStore store, long from, long to, boolean down) {
    var numbers = new ArrayList<Long>();
    var first = Keys.numbered(PREFIX, from);
    var end = Keys.numbered(PREFIX, to);
    if (down)
      store.scanDown(Family.EVENTS, first, end, (key, value) -> numbers.add(Keys.number(key)));
    else store.scan(Family.EVENTS, first, end, (key, value) -> numbers.add(Keys.number(key)));
    return numbers;
  }

  @Test
  void findsAgainWhatWasCommittedBeforeTheLastClose() {
    try (var store = open()) {
      for (int i = 1; i <= 5; i++) store.commit(event(i)).join();
      store.commit(new Commit().delete(Family.EVENTS, Keys.numbered(PREFIX, 2))).join();
    }
    try (var store = open()) {
      assertThat(numbers(store, 0, 100, false)).containsExactly(1L, 3L, 4L, 5L);
      assertThat(numbers(store, 3, 5, false)).containsExactly(3L, 4L);
      assertThat(numbers(store, 3, 5, true)).containsExactly(4L, 3L);
      assertThat(store.get(Family.EVENTS, Keys.numbered(PREFIX, 5)))
          .hasValueSatisfying(
              value -> assertThat(new String(value, StandardCharsets.UTF_8)).isEqualTo("event 5"));
      assertThat(store.get(Family.EVENTS, Keys.numbered(PREFIX, 2))).isEmpty();
    }
  }

  @Test
  void aRangeIsDeletedWithoutItsEnd() {
    try (var store = open()) {
      for (int i = 1; i <= 5; i++) store.commit(event(i)).join();
      store
          .commit(
              new Commit()
                  .deleteRange(Family.EVENTS, Keys.numbered(PREFIX, 2), Keys.numbered(PREFIX, 4)))
          .join();
      assertThat(numbers(store, 0, 100, false)).containsExactly(1L, 4L, 5L);
    }
  }

  @Test
  void everyAcknowledgementFollowsASyncOfItsOwnWrite() {
    try (var store = open()) {
      for (int i = 1; i <= 200; i++) {
        long before = store.syncs();
        var seen = new AtomicLong(-1);
        store.commit(event(i)).thenRun(() -> seen.set(store.syncs())).join();
        assertThat(seen.get()).as("commit %d", i).isGreaterThan(before);
      }
    }
  }

  @Test
  void manyInFlightShareOneSync() {
    try (var store = open()) {
      long before = store.syncs();
      var all = new ArrayList<CompletableFuture<Void>>();
      for (int i = 1; i <= 10_000; i++) all.add(store.commit(event(i)));
      all.forEach(CompletableFuture::join);
      assertThat(store.syncs() - before).isBetween(1L, 2_000L);
      assertThat(numbers(store, 0, 20_000, false)).hasSize(10_000);
    }
  }

  @Test
  void whatComesAfterABarrierSeesWhatWasCommittedBeforeIt() {
    try (var store = open()) {
      for (int i = 1; i <= 1000; i++) {
        var unused = store.commit(event(i));
      }
      assertThat(store.readAfterWrites(() -> numbers(store, 0, 2000, false)).join()).hasSize(1000);
    }
  }

  @Test
  void tooManyWaitingAreRefusedAndNothingElseSuffers() {
    try (var store = open("books.queue-bytes-max = 10000")) {
      var large = new Commit().put(Family.META, Keys.prefix("large"), new byte[20_000]);
      assertThatThrownBy(() -> store.commit(large).join())
          .hasCauseInstanceOf(StoreException.class)
          .hasMessageContaining("the store is busy");
      store.commit(event(1)).join();
      assertThat(store.broken()).isNotDone();
    }
  }

  @Test
  void aSecondOpenerOfTheStoreItselfIsRefused() {
    try (var store = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is in use by another process");
      store.commit(event(1)).join();
    }
  }

  @Test
  void aClosedStoreSaysSo() {
    var store = open();
    store.close();
    store.close();
    assertThatThrownBy(() -> store.commit(event(1)).join())
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> store.get(Family.META, Keys.prefix("x")))
        .hasMessageContaining("is closed");
  }

  @Test
  void afterAFailedWriteNothingIsWrittenAndNothingIsRetried() {
    var tries = new AtomicLong();
    var sink =
        new GroupWriter.Sink() {
          @Override
          public void admit(long bytes) {}

          @Override
          public void write(List<Commit> group) {
            tries.incrementAndGet();
            throw StoreException.full("disk", null);
          }
        };
    try (var writer = new GroupWriter("books", sink, settings().books())) {
      assertThatThrownBy(() -> writer.write(event(1)).join()).hasMessageContaining("disk full");
      assertThat(writer.broken())
          .succeedsWithin(Duration.ofSeconds(10))
          .extracting(StoreException::kind)
          .isEqualTo(StoreException.Kind.FULL);
      for (int i = 0; i < 3; i++)
        assertThatThrownBy(() -> writer.write(event(2)).join())
            .hasMessageContaining("writes no more since: disk full");
    }
    assertThat(tries).hasValue(1);
  }

  @Test
  void aDiskFoundFullBeforeWritingIsRefusedAndLaterWritesGoOn() {
    var full = new AtomicBoolean(true);
    var space =
        new SpaceWatch(
            () -> full.get() ? 0 : Long.MAX_VALUE,
            System::nanoTime,
            new Ballast(directory.resolve("ballast"), 0, new Random(1)),
            new StoreSettings.Space(0, 10, 10, 10));
    try (var store =
        RocksStore.open(directory.resolve("books"), settings().books(), space, false)) {
      assertThatThrownBy(() -> store.commit(event(1)).join())
          .hasMessageContaining("disk full: nothing more is written to");
      full.set(false);
      store.commit(event(2)).join();
      assertThat(numbers(store, 0, 10, false)).containsExactly(2L);
    }
  }
}
