package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.ALPHA;
import static dev.mosey.node.store.Fixtures.NOW;
import static dev.mosey.node.store.Fixtures.open;
import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.restore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.store.Commit.Family;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  private static final byte[] KEY = Keys.prefix("value");

  @TempDir Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  private Path backup() {
    return directory.resolve("backup");
  }

  private static void write(NodeStore store, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    store.blobs().put(bytes);
    long end = store.output().state(process(1), OutputStore.STDOUT).size();
    store.output().append(process(1), 1, OutputStore.STDOUT, end, bytes);
    store.output().sync();
    store.books().commit(new Commit().put(Family.META, KEY, bytes)).join();
    store.history().put(List.of(), store.history().position() + 1).join();
  }

  private static String value(NodeStore store) {
    return new String(store.books().get(Family.META, KEY).orElseThrow(), StandardCharsets.US_ASCII);
  }

  private static String output(NodeStore store) {
    var chunk = store.output().read(process(1), OutputStore.STDOUT, 0, 1000);
    return new String(chunk.bytes(), StandardCharsets.US_ASCII);
  }

  private void writeBackUpAndGoOn() {
    try (var store = open(data())) {
      write(store, "one");
      write(store, "two");
      Backup.create(store, backup());
      write(store, "three");
      assertThat(store.blobs().list()).hasSize(3);
    }
  }

  @Test
  void aRestoreBringsBackWhatTheBackupHadAndKeepsTheOldBeside() {
    writeBackUpAndGoOn();
    try (var store = restore(data(), backup(), NOW)) {
      assertThat(value(store)).isEqualTo("two");
      assertThat(output(store)).isEqualTo("onetwo");
      assertThat(store.blobs().list()).hasSize(2);
      assertThat(store.history().position()).isEqualTo(2);
      write(store, "four");
    }
    assertThat(data().resolve("replaced-" + NOW.getEpochSecond() + "/books")).isDirectory();
    try (var store = open(data())) {
      assertThat(value(store)).isEqualTo("four");
    }
  }

  @Test
  void theIdentitySaysSoUntilTheBooksHaveANewEpoch() {
    writeBackUpAndGoOn();
    String storeId;
    try (var store = restore(data(), backup(), NOW)) {
      storeId = store.directory().identity().storeId();
      assertThat(store.directory().identity().restoredAt()).contains(NOW);
    }
    try (var store = open(data())) {
      var identity = store.directory().identity();
      assertThat(identity.restored()).as("still, after a crash before the new epoch").isTrue();
      assertThat(identity.storeId()).isEqualTo(storeId);
      // The lost directory may have been started many times after the backup.
      assertThat(identity.session()).isGreaterThan(NOW.getEpochSecond());
      store.directory().clearRestored();
      assertThat(store.directory().identity().restored()).isFalse();
    }
    try (var store = open(data())) {
      assertThat(store.directory().identity().restored()).isFalse();
    }
    try (var store = restore(data(), backup(), NOW)) {
      assertThat(store.directory().identity().restoredAt().orElseThrow())
          .as("a second restore at the same time gets another epoch")
          .isAfter(NOW);
    }
  }

  @Test
  void restoresOverDamageAndIntoAnEmptyDirectory() throws IOException {
    writeBackUpAndGoOn();
    try (var logs = Files.newDirectoryStream(data().resolve("books"), "CURRENT")) {
      for (var log : logs) Fixtures.flip(log, 0);
    }
    assertThatThrownBy(() -> open(data()))
        .isInstanceOf(StoreException.class)
        .satisfies(e -> assertThat(((StoreException) e).hint()).contains("--restore-from"));
    restore(data(), backup(), NOW).close();
    try (var elsewhere = restore(directory.resolve("new/data"), backup(), NOW)) {
      assertThat(value(elsewhere)).isEqualTo("two");
    }
  }

  @Test
  void aDamagedOrMissingBackupChangesNothing() throws IOException {
    writeBackUpAndGoOn();
    assertThatThrownBy(() -> restore(data(), directory.resolve("none"), NOW))
        .hasMessageContaining("no backup in " + directory.resolve("none"));
    Path table;
    try (var files = Files.list(backup().resolve("output"))) {
      table = files.findFirst().orElseThrow();
    }
    Fixtures.flip(table, 20);
    assertThatThrownBy(() -> restore(data(), backup(), NOW))
        .hasMessage("the backup %s is damaged: %s", backup(), table);
    Files.delete(table);
    assertThatThrownBy(() -> restore(data(), backup(), NOW)).hasMessageContaining("is damaged");
    try (var store = open(data())) {
      assertThat(value(store)).isEqualTo("three");
      assertThat(store.directory().identity().restored()).isFalse();
    }
  }

  @Test
  void anExistingTargetIsRefused() {
    try (var store = open(data())) {
      write(store, "one");
      Backup.create(store, backup());
      assertThatThrownBy(() -> Backup.create(store, backup()))
          .hasMessageContaining("cannot write the backup " + backup());
    }
  }

  @Test
  void aRestoreThatACrashInterruptedIsFinishedByTheNextStart() throws IOException {
    writeBackUpAndGoOn();
    var stores = List.of("books", "blobs", "output");
    for (int moved = 0; moved <= 3; moved++) {
      var crashed = directory.resolve("crashed" + moved);
      Fixtures.copy(data(), crashed);
      Fixtures.copy(backup(), crashed.resolve("incoming"));
      var identity = new AtomicFile(backup().resolve("identity"));
      var restored = Identity.parse(identity.readText().orElseThrow(), "identity").restoredAt(NOW);
      new AtomicFile(crashed.resolve("restore")).writeText(restored.toText());
      var replaced = crashed.resolve("replaced-" + NOW.getEpochSecond());
      Files.createDirectories(replaced);
      for (var store : stores.subList(0, moved)) {
        Files.move(crashed.resolve(store), replaced.resolve(store));
        Files.move(crashed.resolve("incoming").resolve(store), crashed.resolve(store));
      }
      // In between: the old one is away, and the new one not yet there.
      if (moved < 3)
        Files.move(crashed.resolve(stores.get(moved)), replaced.resolve(stores.get(moved)));
      try (var store = open(crashed)) {
        assertThat(value(store)).as("after %d moves", moved).isEqualTo("two");
        assertThat(output(store)).isEqualTo("onetwo");
        assertThat(store.directory().identity().restored()).isTrue();
      }
      assertThat(crashed.resolve("restore")).doesNotExist();
      assertThat(crashed.resolve("incoming")).doesNotExist();
    }
  }

  @Test
  void whatTheBooksNameIsInABackupTakenWhileEverythingIsWritten() throws Exception {
    var stop = new AtomicBoolean();
    try (var store = open(data(), "output.segment = 10000")) {
      var writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (long i = 1; !stop.get(); i++) {
                      var bytes = ByteBuffer.allocate(100).putLong(i).array();
                      store.blobs().put(bytes);
                      store.output().append(process(1), 1, 1, (i - 1) * 100, bytes);
                      store.output().sync();
                      store.books().commit(new Commit().put(Family.META, KEY, bytes)).join();
                    }
                  });
      while (store.blobs().list().size() < 20) Thread.onSpinWait();
      Backup.create(store, backup());
      stop.set(true);
      writer.join();
    }
    try (var store = restore(directory.resolve("other"), backup(), NOW)) {
      long named = ByteBuffer.wrap(store.books().get(Family.META, KEY).orElseThrow()).getLong();
      assertThat(named).isGreaterThanOrEqualTo(19);
      assertThat(store.output().state(process(1), 1).size()).isGreaterThanOrEqualTo(named * 100);
      assertThat(store.blobs().list().size()).isGreaterThanOrEqualTo((int) named);
      for (var blob : store.blobs().list()) store.blobs().verify(blob.sha256());
      assertThat(store.directory().identity().name()).isEqualTo(ALPHA);
    }
  }
}
