package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path directory;

  @Test
  void readsWhatWasWrittenLast() {
    var file = new AtomicFile(directory.resolve("small"));
    assertThat(file.read()).isEmpty();
    file.writeText("one");
    file.writeText("two\nlines");
    assertThat(file.readText()).contains("two\nlines");
    file.write(new byte[0]);
    assertThat(file.read()).hasValueSatisfying(content -> assertThat(content).isEmpty());
  }

  @Test
  void everyFlippedByteIsReportedWithTheFile() throws IOException {
    var file = new AtomicFile(directory.resolve("small"));
    file.writeText("name=alpha\n");
    byte[] good = Files.readAllBytes(file.path());
    for (int at = 0; at < good.length; at++) {
      Files.write(file.path(), good);
      Fixtures.flip(file.path(), at);
      assertThatThrownBy(file::read)
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("corrupt record in " + file.path());
    }
  }

  @Test
  void aShortenedFileIsReported() throws IOException {
    var file = new AtomicFile(directory.resolve("small"));
    file.writeText("name=alpha\n");
    byte[] good = Files.readAllBytes(file.path());
    for (int length = 0; length < good.length; length++) {
      Files.write(file.path(), java.util.Arrays.copyOf(good, length));
      assertThatThrownBy(file::read).as("length %d", length).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void syncsTheContentBeforeTheNameAndTheNameBeforeReturning() {
    var disk = new RecordingDisk();
    new AtomicFile(disk, directory.resolve("small")).writeText("x");
    assertThat(disk.log)
        .containsExactly(
            "create small.new",
            "write small.new",
            "sync small.new",
            "rename small.new small",
            "sync-directory " + directory.getFileName());
  }

  @Test
  void aCrashAtAnyStepLeavesTheOldContentOrTheNew() throws IOException {
    for (int step = 1; step <= 5; step++) {
      var path = directory.resolve("step" + step);
      new AtomicFile(path).writeText("old");
      var disk = new RecordingDisk();
      disk.failAt = step;
      var file = new AtomicFile(disk, path);
      assertThatThrownBy(() -> file.writeText("new")).isInstanceOf(StoreException.class);
      assertThat(new AtomicFile(path).readText()).get().isIn("old", step == 5 ? "new" : "old");
      // What is left over does not hinder the next write.
      new AtomicFile(path).writeText("later");
      assertThat(new AtomicFile(path).readText()).contains("later");
    }
  }
}
