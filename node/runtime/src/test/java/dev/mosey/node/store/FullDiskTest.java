package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.ALPHA;
import static dev.mosey.node.store.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import dev.mosey.node.store.Commit.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small tmpfs, which only root can mount. */
class FullDiskTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final byte[] PREFIX = Keys.prefix("home-alpha");

  @TempDir Path directory;
  private Path disk;
  private boolean mounted;
  private long acknowledged;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=64m", "mosey-test", disk.toString());
    assumeTrue(mounted, "needs root, to mount a small tmpfs");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) assertThat(run("umount", disk.toString())).isTrue();
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private NodeStore open(String space) {
    var text = "mosd.store { books.memtable = 1 MiB, space { " + space + " } }";
    return NodeStore.open(
        disk.resolve("data"),
        ALPHA,
        StoreSettings.from(ConfigFactory.parseString(text)),
        Optional.empty(),
        NOW,
        new Random(1));
  }

  /** Leaves so many bytes free. */
  private void fillUpTo(long free) throws IOException {
    var filler = disk.resolve("filler");
    Files.deleteIfExists(filler);
    var chunk = new byte[4096];
    try (var out = Files.newOutputStream(filler)) {
      while (disk.toFile().getUsableSpace() > free) out.write(chunk);
    } catch (IOException full) {
      assertThat(free).isZero();
    }
  }

  private void commit(NodeStore store) {
    var value = new byte[1000];
    new Random(acknowledged + 1).nextBytes(value);
    var key = Keys.numbered(PREFIX, acknowledged + 1);
    store.books().commit(new Commit().put(Family.EVENTS, key, value)).join();
    acknowledged++;
  }

  private static List<Long> events(NodeStore store) {
    var numbers = new ArrayList<Long>();
    store
        .books()
        .scan(
            Family.EVENTS,
            PREFIX,
            Keys.after(PREFIX),
            (key, value) -> {
              var expected = new byte[1000];
              new Random(Keys.number(key)).nextBytes(expected);
              assertThat(value).isEqualTo(expected);
              return numbers.add(Keys.number(key));
            });
    return numbers;
  }

  @Test
  void workIsRefusedFirstThenOnlyEndsAreWrittenThenNothingAndAllGoesOnWhenThereIsRoom()
      throws IOException {
    var space = "ballast = 8 MiB, reserve = 12 MiB, critical = 6 MiB, floor = 2 MiB";
    try (var store = open(space)) {
      for (int i = 0; i < 100; i++) commit(store);
      assertThat(store.directory().space().admitsNewWork()).isTrue();

      fillUpTo(5 * MEBIBYTE);
      for (int i = 0; i < 100; i++) commit(store);
      assertThat(store.directory().space().level()).isEqualTo(SpaceWatch.Level.CRITICAL);
      assertThat(disk.resolve("data/ballast")).doesNotExist();
      assertThatThrownBy(() -> store.blobs().put(new byte[10]))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("disk full: cannot write to " + disk.resolve("data/blobs"));

      fillUpTo(MEBIBYTE);
      assertThatThrownBy(() -> commit(store))
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("disk full: nothing more is written to");
      assertThat(store.books().broken()).isNotDone();

      Files.delete(disk.resolve("filler"));
      for (int i = 0; i < 100; i++) commit(store);
      assertThat(store.directory().space().admitsNewWork()).isTrue();
      assertThat(disk.resolve("data/ballast")).hasSize(8 * MEBIBYTE);
    }
    try (var store = open(space)) {
      assertThat(events(store)).hasSize(300);
    }
  }

  @Test
  void aWriteThatFailsForLackOfSpaceStopsTheStoreAndLosesNothingAcknowledged() throws IOException {
    var unguarded = "ballast = 0, reserve = 0, critical = 0, floor = 0";
    try (var store = open(unguarded)) {
      for (int i = 0; i < 100; i++) commit(store);
      fillUpTo(0);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) commit(store);
              })
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("disk full: cannot write to " + disk.resolve("data/books"));
      assertThat(store.books().broken().join().hint()).contains("free some space");
      assertThatThrownBy(() -> commit(store))
          .hasMessageContaining("writes no more since: disk full");
      Files.delete(disk.resolve("filler"));
      assertThatThrownBy(() -> commit(store))
          .hasMessageContaining("writes no more since: disk full");
    }
    try (var store = open(unguarded)) {
      var events = events(store);
      assertThat(events.size()).isGreaterThanOrEqualTo((int) acknowledged);
      acknowledged = events.size();
      commit(store);
    }
  }
}
