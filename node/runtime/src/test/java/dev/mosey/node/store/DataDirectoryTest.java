package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {
  private static final StoreSettings.Space SPACE = new StoreSettings.Space(1 << 20, 0, 0, 0);

  @TempDir Path parent;

  private DataDirectory open() {
    return DataDirectory.open(parent.resolve("data"), ALPHA, SPACE, new Random(1));
  }

  @Test
  void drawsTheStoreIdOnceAndRaisesTheSessionAtEveryStart() {
    String storeId;
    try (var first = open()) {
      storeId = first.identity().storeId();
      assertThat(storeId).matches("[0-9a-f]{16}");
      assertThat(first.identity().session()).isEqualTo(1);
      assertThat(first.identity().restored()).isFalse();
    }
    for (int start = 2; start <= 4; start++) {
      try (var next = open()) {
        assertThat(next.identity().storeId()).isEqualTo(storeId);
        assertThat(next.identity().session()).isEqualTo(start);
      }
    }
  }

  @Test
  void aCopyHasAnotherFenceAndARestartTheSame() throws Exception {
    String fence;
    try (var first = open()) {
      fence = first.fence();
    }
    try (var again = open()) {
      assertThat(again.fence()).isEqualTo(fence);
    }
    Path beside = Files.createDirectory(parent.resolve("copy"));
    Files.copy(parent.resolve("data/identity"), beside.resolve("identity"));
    try (var copy = DataDirectory.open(beside, ALPHA, SPACE, new Random(1))) {
      assertThat(fence).startsWith(copy.identity().storeId() + "-");
      assertThat(copy.fence()).isNotEqualTo(fence);
    }
  }

  @Test
  void aSecondOpenerInTheSameProcessIsRefusedAndTheFirstKeepsItsLock() throws Exception {
    try (var first = open()) {
      for (int attempt = 0; attempt < 2; attempt++)
        assertThatThrownBy(this::open)
            .isInstanceOf(StoreException.class)
            .hasMessage(
                "data directory %s is in use by process %d",
                first.path(), ProcessHandle.current().pid());
      var link = Files.createSymbolicLink(parent.resolve("link"), first.path());
      assertThatThrownBy(() -> DataDirectory.open(link, ALPHA, SPACE, new Random(1)))
          .hasMessageContaining("is in use by process");
      var child = ChildJvm.start(LockMain.class, first.path().toString());
      assertThat(child.readLine())
          .isEqualTo(
              "IN_USE data directory %s is in use by process %d"
                  .formatted(first.path(), ProcessHandle.current().pid()));
      child.end();
    }
    open().close();
  }

  @Test
  void aLockEndsWithItsProcess() throws Exception {
    var path = parent.resolve("data");
    var child = ChildJvm.start(LockMain.class, path.toString());
    assertThat(child.readLine()).isEqualTo("OPEN");
    assertThatThrownBy(this::open)
        .hasMessage("data directory %s is in use by process %d", path, child.pid());
    child.kill();
    open().close();
  }

  /** Opens the directory, says how that went, and waits to be ended. */
  static final class LockMain {
    private LockMain() {}

    public static void main(String[] arguments) throws IOException {
      try {
        DataDirectory.open(Path.of(arguments[0]), ALPHA, SPACE, new Random(1));
        System.out.println("OPEN");
      } catch (StoreException e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
      System.in.read();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph", "glusterfs"})
  void aNetworkFileSystemIsRefused(String type) {
    assertThatThrownBy(
            () ->
                DataDirectory.open(
                    parent.resolve("data"), ALPHA, SPACE, new Random(1), path -> type))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is on a network file system (" + type + ")");
    assertThat(parent.resolve("data/identity")).doesNotExist();
  }

  @Test
  void aDirectoryOfAnotherNodeIsRefused() {
    open().close();
    assertThatThrownBy(
            () ->
                DataDirectory.open(
                    parent.resolve("data"), NodeName.of("beta"), SPACE, new Random(1)))
        .hasMessageContaining("belongs to node alpha, not to beta");
  }

  @Test
  void aDamagedOrMissingIdentityIsReported() throws IOException {
    open().close();
    var identity = parent.resolve("data/identity");
    Fixtures.flip(identity, 50);
    assertThatThrownBy(this::open).hasMessageContaining("corrupt record in " + identity);
    Files.delete(identity);
    Files.createDirectory(parent.resolve("data/books"));
    assertThatThrownBy(this::open).hasMessageContaining("missing beside existing books");
    // A refused open leaves no lock behind.
    Files.delete(parent.resolve("data/books"));
    open().close();
  }

  @Test
  void onlyTheOwnerMayLookIntoIt() throws IOException {
    try (var directory = open()) {
      assertThat(Files.getPosixFilePermissions(directory.path()))
          .allMatch(permission -> permission.name().startsWith("OWNER"));
      assertThat(directory.path().resolve("ballast")).hasSize(1 << 20);
    }
  }
}
