package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mosey.node.store.Commit.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One changed byte is reported, wherever it is; a torn tail is not damage. */
class CorruptionTest {
  private static final byte[] PREFIX = Keys.prefix("home-alpha");
  private static final int EVENTS = 40;

  @TempDir Path directory;
  private Path books;

  @BeforeEach
  void writeAndLeaveAsACrashDoes() throws IOException {
    var original = directory.resolve("original");
    books = directory.resolve("books");
    try (var store = open(original)) {
      for (int i = 1; i <= EVENTS; i++) store.commit(event(i)).join();
      // A clean close would leave nothing to recover from the log.
      Fixtures.copy(original, books);
    }
    Files.deleteIfExists(books.resolve("LOCK"));
  }

  private static RocksStore open(Path path) {
    return RocksStore.open(path, settings().books(), SpaceWatch.unlimited(), false);
  }

  private static Commit event(int number) {
    var text = "event %d of a home, long enough to lie in the middle of a block".formatted(number);
    return new Commit()
        .put(
            Family.EVENTS, Keys.numbered(PREFIX, number), text.getBytes(StandardCharsets.US_ASCII));
  }

  private static List<Long> recover(Path path) {
    try (var store = open(path)) {
      var numbers = new ArrayList<Long>();
      store.scan(
          Family.EVENTS,
          PREFIX,
          Keys.after(PREFIX),
          (key, value) -> {
            assertThat(new String(value, StandardCharsets.US_ASCII))
                .startsWith("event " + Keys.number(key) + " ");
            return numbers.add(Keys.number(key));
          });
      return numbers;
    }
  }

  private Path only(String pattern) throws IOException {
    try (var files = Files.newDirectoryStream(books, pattern)) {
      Path largest = null;
      for (var file : files)
        if (largest == null || Files.size(file) > Files.size(largest)) largest = file;
      return largest;
    }
  }

  @Test
  void theUndamagedCopyIsRecoveredWhole() {
    assertThat(recover(books)).hasSize(EVENTS);
  }

  @Test
  void everyFlippedByteOfTheLogIsFound() throws IOException {
    var log = only("*.log");
    byte[] good = Files.readAllBytes(log);
    assertThat(good.length).isGreaterThan(EVENTS * 60);
    for (int at = 0; at < good.length; at++) {
      for (int bit : new int[] {0x01, 0x04, 0x80}) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) bit;
        Files.write(log, bad);
        assertThat(catchThrowable(() -> LogCheck.check(log)))
            .as("byte %d", at)
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("corrupt record in " + log);
      }
    }
  }

  @Test
  void everyFlippedByteOfTheManifestIsFound() throws IOException {
    var manifest = only("MANIFEST-*");
    byte[] good = Files.readAllBytes(manifest);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << at % 8);
      Files.write(manifest, bad);
      assertThat(catchThrowable(() -> LogCheck.check(manifest))).as("byte %d", at).isNotNull();
    }
  }

  @Test
  void aStoreWithAFlippedByteInItsLogDoesNotOpen() throws IOException {
    var log = only("*.log");
    long size = Files.size(log);
    for (long at : new long[] {3, 4, 6, size / 2, size - 70, size - 1}) {
      Fixtures.flip(log, at);
      assertThatThrownBy(() -> open(books).close())
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("corrupt record in ")
          .hasMessageContaining(log.getFileName().toString())
          .satisfies(e -> assertThat(((StoreException) e).hint()).contains("--restore-from"));
      Fixtures.flip(log, at);
    }
    assertThat(recover(books)).hasSize(EVENTS);
  }

  /** RocksDB alone would take a changed length in the last block for a torn tail. */
  @Test
  void aTornTailIsAcceptedWhereverItIsTorn() throws IOException {
    var log = only("*.log");
    byte[] good = Files.readAllBytes(log);
    int lastRecord = good.length - 120;
    for (int length = good.length - 1; length >= lastRecord; length -= 7) {
      Files.write(log, Arrays.copyOf(good, length));
      assertThatCode(() -> LogCheck.check(log)).doesNotThrowAnyException();
    }
    Files.write(log, Arrays.copyOf(good, good.length - 5));
    assertThat(recover(books)).hasSize(EVENTS - 1).startsWith(1L).doesNotContain((long) EVENTS);
  }

  @Test
  void everyFlippedByteOfATableIsReportedOrWithoutEffect() throws IOException {
    var flushed = directory.resolve("flushed");
    try (var store = open(flushed)) {
      for (int i = 1; i <= EVENTS; i++) store.commit(event(i)).join();
      store.flush();
    }
    books = flushed;
    var table = only("*.sst");
    long size = Files.size(table);
    var random = new Random(7);
    int reported = 0;
    for (int trial = 0; trial < 40; trial++) {
      long at = random.nextLong(size);
      Fixtures.flip(table, at);
      var failure = catchThrowable(() -> assertThat(recover(flushed)).hasSize(EVENTS));
      if (failure != null) {
        reported++;
        assertThat(failure)
            .as("byte %d", at)
            .isInstanceOf(StoreException.class)
            .hasMessageStartingWith("corrupt record in ")
            .hasMessageContaining(table.getFileName().toString());
      }
      Fixtures.flip(table, at);
    }
    // Bytes of the key filter and of properties are not needed to read everything.
    assertThat(reported).isGreaterThan(20);
  }

  @Test
  void aValueUnderTheWrongKeyIsReportedByNumber() {
    byte[] key = Keys.numbered(PREFIX, 17);
    byte[] value = Checksum.seal(key, new byte[] {1, 2, 3});
    assertThat(Checksum.open(key, value)).containsExactly(1, 2, 3);
    assertThat(Checksum.open(Keys.numbered(PREFIX, 18), value)).isNull();
    assertThat(Keys.describe(key)).isEqualTo("home-alpha #17");
    for (int at = 0; at < value.length; at++) {
      byte[] bad = value.clone();
      bad[at] ^= 1;
      assertThat(Checksum.open(key, bad)).as("byte %d", at).isNull();
    }
  }
}
