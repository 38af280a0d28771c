package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint directory arrives as it was, or not at all. */
class DirectoryImageTest {
  private static final DirectoryImage.Bounds BOUNDS = new DirectoryImage.Bounds(100, 1 << 20);

  @TempDir Path temporary;
  private Path from;
  private Path to;

  @BeforeEach
  void directories() throws IOException {
    from = Files.createDirectory(temporary.resolve("from"));
    to = Files.createDirectory(temporary.resolve("to"));
  }

  private void fill() throws IOException {
    var large = new byte[200_000];
    new Random(1).nextBytes(large);
    Files.createDirectories(from.resolve("a/b/empty"));
    Files.write(from.resolve("a/b/large"), large);
    Files.write(from.resolve("nothing"), new byte[0]);
    Files.writeString(from.resolve("a/run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        from.resolve("a/run"), PosixFilePermissions.fromString("rwxr-x---"));
    Files.createSymbolicLink(from.resolve("a/link"), Path.of("../nothing"));
    Files.setPosixFilePermissions(
        from.resolve("a/b"), PosixFilePermissions.fromString("r-xr-x---"));
  }

  private byte[] pack() throws IOException {
    try (var image = DirectoryImage.pack(from, BOUNDS)) {
      return image.readAllBytes();
    }
  }

  private void unpack(byte[] image) throws IOException {
    DirectoryImage.unpack(new ByteArrayInputStream(image), to, BOUNDS);
  }

  @Test
  void arrivesWithContentsModesAndLinks() throws IOException {
    fill();
    byte[] image = pack();
    unpack(image);
    assertThat(Files.readAllBytes(to.resolve("a/b/large")))
        .isEqualTo(Files.readAllBytes(from.resolve("a/b/large")));
    assertThat(to.resolve("a/b/empty")).isEmptyDirectory();
    assertThat(to.resolve("nothing")).isEmptyFile();
    assertThat(Files.readSymbolicLink(to.resolve("a/link"))).isEqualTo(Path.of("../nothing"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("a/run"))))
        .isEqualTo("rwxr-x---");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("a/b"))))
        .isEqualTo("r-xr-x---");
    from = to;
    assertThat(pack()).as("equal directories give equal images").isEqualTo(image);
    Trees.delete(to);
    assertThat(to).doesNotExist();
  }

  @Test
  void refusesALinkThatLeadsOut() throws IOException {
    Files.createSymbolicLink(from.resolve("out"), Path.of("../../secret"));
    assertThatThrownBy(this::pack).hasMessage("the link out leads out of it");
    Files.delete(from.resolve("out"));
    Files.createSymbolicLink(from.resolve("out"), Path.of("/etc/passwd"));
    assertThatThrownBy(this::pack).hasMessage("the link out leads out of it");
  }

  @Test
  void refusesWhatIsBeyondTheBounds() throws IOException {
    Files.write(from.resolve("large"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(this::pack).hasMessage("it has more than 1048576 bytes");
    Files.delete(from.resolve("large"));
    for (int file = 0; file < 101; file++) Files.createFile(from.resolve("file" + file));
    assertThatThrownBy(this::pack).hasMessage("it has more than 100 files");
  }

  @Test
  void findsEveryFlippedByteAndEveryCut() throws IOException {
    Files.writeString(from.resolve("file"), "content");
    byte[] image = pack();
    for (int at = 0; at < image.length; at++) {
      byte[] flipped = image.clone();
      flipped[at] ^= 0x11;
      assertThatThrownBy(() -> unpack(flipped)).as("byte %d", at).isInstanceOf(IOException.class);
      Trees.delete(to);
      Files.createDirectory(to);
    }
    for (int length = 0; length < image.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(image, length);
      assertThatThrownBy(() -> unpack(cut)).as("cut at %d", length).isInstanceOf(IOException.class);
      Trees.delete(to);
      Files.createDirectory(to);
    }
  }

  @Test
  void writesNowhereButInItsDirectory() throws IOException {
    for (String path : new String[] {"../evil", "/tmp/evil", "a/../../evil", "..", "no/where"}) {
      assertThatThrownBy(() -> unpack(forged(path, null))).as(path).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> unpack(forged("link", "..")))
        .hasMessageContaining("the link link leads out");
    assertThat(Files.exists(temporary.resolve("evil"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  /** An image with one file or link at any path, and a right checksum. */
  private static byte[] forged(String path, String target) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeBytes("mosey-directory/1\n");
    out.writeByte(target == null ? 'F' : 'L');
    text(out, path);
    out.writeShort(0600);
    if (target == null) out.writeLong(0);
    else text(out, target);
    out.writeByte('E');
    var checksum = new CRC32C();
    checksum.update(bytes.toByteArray());
    out.writeInt((int) checksum.getValue());
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(encoded.length);
    out.write(encoded);
  }
}
