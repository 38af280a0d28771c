package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.job.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
  /** Source: FIPS 180-2, appendix B.1: the SHA-256 of "abc". */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path directory;
  private final RecordingDisk disk = new RecordingDisk();

  private FileBlobStore open(long bytesMax) {
    return FileBlobStore.open(
        disk,
        directory.resolve("blobs"),
        new StoreSettings.Blobs(bytesMax),
        SpaceWatch.unlimited());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void namesBytesByTheirSha256AndFindsThemAfterAReopen() throws IOException {
    var file = Files.write(directory.resolve("input"), bytes("abc"));
    var store = open(1000);
    assertThat(store.put(bytes("abc"))).isEqualTo(new Blob(ABC, 3));
    assertThat(store.put(file)).isEqualTo(new Blob(ABC, 3));
    assertThat(store.put(new ByteArrayInputStream(new byte[0])).bytes()).isZero();
    assertThat(store.bytes()).isEqualTo(3);
    assertThat(store.path(ABC))
        .isEqualTo(directory.resolve("blobs/ba/" + ABC.substring(2)))
        .hasContent("abc");
    var again = open(1000);
    assertThat(again.list()).hasSize(2).contains(new Blob(ABC, 3));
    assertThat(again.bytes()).isEqualTo(3);
    assertThat(again.size(ABC)).hasValue(3);
    try (var in = again.open(ABC)) {
      assertThat(in.readAllBytes()).isEqualTo(bytes("abc"));
    }
  }

  @Test
  void theNameComesBackAfterContentAndDirectoryAreSynced() {
    var store = open(1000);
    disk.log.clear();
    store.put(bytes("abc"));
    assertThat(disk.log)
        .containsSubsequence(
            "write put-1", "sync put-1", "rename put-1 " + ABC.substring(2), "sync-directory ba");
    assertThat(disk.log.getLast()).isEqualTo("sync-directory ba");
    // Its directory must not be lost either.
    assertThat(disk.log.indexOf("sync-directory blobs"))
        .isBetween(0, disk.log.indexOf("rename put-1 " + ABC.substring(2)));
  }

  @Test
  void aFailedSyncReturnsNoName() throws IOException {
    var store = open(1000);
    disk.log.clear();
    disk.failAt = 3;
    assertThatThrownBy(() -> store.put(bytes("abc"))).isInstanceOf(StoreException.class);
    assertThat(store.has(ABC)).isFalse();
    assertThat(store.bytes()).isZero();
    disk.failAt = 0;
    assertThat(store.put(bytes("abc")).sha256()).isEqualTo(ABC);
  }

  @Test
  void beyondTheBoundNothingIsKeptAndTheLineSaysWhy() throws IOException {
    var store = open(10);
    store.put(bytes("12345678"));
    assertThatThrownBy(() -> store.put(bytes("abc")))
        .isInstanceOf(StoreException.class)
        .hasMessage("the blob store is full: 8 of 10 bytes are used");
    assertThat(store.has(ABC)).isFalse();
    assertThat(store.bytes()).isEqualTo(8);
    store.put(bytes("ab"));
    assertThat(store.bytes()).isEqualTo(10);
    try (var incoming = Files.list(directory.resolve("blobs/incoming"))) {
      assertThat(incoming).isEmpty();
    }
  }

  @Test
  void aStreamThatBreaksOffLeavesNothing() {
    var store = open(1000);
    var broken =
        new SequenceInputStream(
            new ByteArrayInputStream(bytes("abc")),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection reset");
              }

              @Override
              public int read(byte[] target, int offset, int length) throws IOException {
                return read();
              }
            });
    assertThatThrownBy(() -> store.put(broken)).hasMessage("connection reset");
    assertThat(store.list()).isEmpty();
    assertThat(store.bytes()).isZero();
  }

  @Test
  void aFlippedByteIsReportedWhenReadAndWhenVerified() throws IOException {
    var store = open(1000);
    store.put(bytes("abc"));
    store.verify(ABC);
    Fixtures.flip(store.path(ABC), 1);
    assertThatThrownBy(() -> store.verify(ABC))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("corrupt record in " + store.path(ABC));
    try (var in = store.open(ABC)) {
      assertThatThrownBy(() -> in.skipNBytes(4)).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void aSweepKeepsWhatIsNamedAndWhatCameAfterTheNamesWereCollected() {
    var store = open(1000);
    var named = store.put(bytes("named"));
    var unnamed = store.put(bytes("unnamed"));
    var putAgain = store.put(bytes("put again"));
    long generation = store.generation();
    var later = store.put(bytes("later"));
    store.put(bytes("put again"));
    assertThat(store.sweep(Set.of(named.sha256()), generation)).isEqualTo(7);
    assertThat(store.list()).containsExactlyInAnyOrder(named, later, putAgain);
    assertThat(store.has(unnamed.sha256())).isFalse();
    assertThat(store.sweep(Set.of(), store.generation())).isPositive();
    assertThat(store.list()).isEmpty();
    assertThat(store.bytes()).isZero();
  }

  @Test
  void anUnknownNameIsRefused() {
    var store = open(1000);
    assertThat(store.size(ABC)).isEmpty();
    assertThat(store.delete(ABC)).isFalse();
    assertThatThrownBy(() -> store.open(ABC)).hasMessageContaining("no blob " + ABC);
    assertThatThrownBy(() -> store.path("../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
