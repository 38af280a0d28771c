package dev.mosey.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A small file that is replaced as a whole: after a crash it has the old content or the new one.
 * The steps: write beside it, sync, rename over it, sync the directory. One header line carries
 * length and CRC32C, so that a damaged file is noticed and named.
 */
public final class AtomicFile {
  private static final Pattern HEADER =
      Pattern.compile("mosey-file 1 crc32c=([0-9a-f]{8}) bytes=([0-9]{1,10})");
  private static final int HEADER_BYTES_MAX = 64;

  private final Disk disk;
  private final Path path;

  /** The file at that path, there or not yet; its directory must be. */
  public AtomicFile(Path path) {
    this(Disk.real(), path);
  }

  AtomicFile(Disk disk, Path path) {
    this.disk = disk;
    this.path = path;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * Replaces the content; durable on return.
   *
   * @throws StoreException FULL or FAILED; the old content is then still in place
   */
  public void write(byte[] content) {
    var temporary = path.resolveSibling(path.getFileName() + ".new");
    var header =
        "mosey-file 1 crc32c=%08x bytes=%d\n".formatted((int) crcOf(content), content.length);
    try {
      disk.delete(temporary);
      try (var file = disk.create(temporary)) {
        var head = header.getBytes(StandardCharsets.US_ASCII);
        var whole = ByteBuffer.allocate(head.length + content.length).put(head).put(content);
        file.write(whole.flip(), 0);
        file.sync();
      }
      disk.rename(temporary, path);
      disk.syncDirectory(path.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw StoreException.io("write", path, e);
    }
  }

  /** Replaces the content by UTF-8 text; durable on return. */
  public void writeText(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The content, or empty if there is no such file.
   *
   * @throws StoreException CORRUPT if it is not what was written
   */
  public Optional<byte[]> read() {
    byte[] whole;
    try {
      var read = disk.readWhole(path);
      if (read.isEmpty()) return Optional.empty();
      whole = read.get();
    } catch (IOException e) {
      throw StoreException.io("read", path, e);
    }
    int end = 0;
    while (end < Math.min(whole.length, HEADER_BYTES_MAX) && whole[end] != '\n') end++;
    var header = HEADER.matcher(new String(whole, 0, end, StandardCharsets.US_ASCII));
    if (!header.matches())
      throw StoreException.corrupt(path.toString(), "its first line is damaged", null);
    var content = Arrays.copyOfRange(whole, Math.min(end + 1, whole.length), whole.length);
    if (content.length != Long.parseLong(header.group(2))
        || (int) crcOf(content) != Integer.parseUnsignedInt(header.group(1), 16))
      throw StoreException.corrupt(path.toString(), "its checksum is wrong", null);
    return Optional.of(content);
  }

  /** The content as UTF-8 text, or empty if there is no such file. */
  public Optional<String> readText() {
    return read().map(content -> new String(content, StandardCharsets.UTF_8));
  }

  private static long crcOf(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}
