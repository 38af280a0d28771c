package dev.mosey.node.host;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * A checkpoint directory as one stream of bytes, format {@value #FORMAT}: a line that names the
 * format; every directory, file and link in it, parents first and by name, so that equal
 * directories give equal images; an end mark and a CRC-32C of all before it. Owners and times are
 * left out.
 *
 * <pre>
 *   entry  'D' path mode | 'F' path mode size(8) bytes | 'L' path mode target | 'E' crc(4)
 *   path, target  length(4) and UTF-8, relative to the directory; mode(2)  the nine permission bits
 * </pre>
 */
final class DirectoryImage {
  /** Name and version of the format. */
  static final String FORMAT = "directory/1";

  private static final byte[] HEADER = "mosey-directory/1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PATH_BYTES_MAX = 4096;
  private static final int CHUNK_BYTES = 64 * 1024;

  private DirectoryImage() {}

  /**
   * How large a directory may be.
   *
   * @param files directories, files and links together
   * @param bytes of all files
   */
  record Bounds(int files, long bytes) {}

  private record Entry(char type, Path path, String name, int mode, long size, String target) {}

  /**
   * The image of a directory that nobody changes while it is read.
   *
   * @throws IOException with one line: too large, a link that leads out, something that is neither
   *     file nor directory nor link, or what the file system says
   */
  static InputStream pack(Path directory, Bounds bounds) throws IOException {
    List<Entry> entries = new ArrayList<>();
    long[] bytes = {0};
    collect(directory, directory, entries, bounds, bytes);
    return new Packing(entries);
  }

  private static void collect(
      Path root, Path directory, List<Entry> into, Bounds bounds, long[] bytes) throws IOException {
    List<Path> children;
    try (var listed = Files.list(directory)) {
      children =
          listed
              // However many there are, no more names than that are read.
              .limit(bounds.files() - into.size() + 1L)
              .sorted(Comparator.comparing(each -> each.getFileName().toString()))
              .toList();
    }
    if (into.size() + children.size() > bounds.files()) {
      throw new IOException("it has more than " + bounds.files() + " files");
    }
    for (Path child : children) {
      var attributes =
          Files.readAttributes(child, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      String name = root.relativize(child).toString();
      if (attributes.isSymbolicLink()) {
        String target = Files.readSymbolicLink(child).toString();
        if (leadsOut(name, target)) throw new IOException("the link " + name + " leads out of it");
        into.add(new Entry('L', child, name, 0, 0, target));
      } else if (attributes.isDirectory()) {
        into.add(new Entry('D', child, name, mode(child), 0, null));
        collect(root, child, into, bounds, bytes);
      } else if (attributes.isRegularFile()) {
        bytes[0] += attributes.size();
        if (bytes[0] > bounds.bytes()) {
          throw new IOException("it has more than " + bounds.bytes() + " bytes");
        }
        into.add(new Entry('F', child, name, mode(child), attributes.size(), null));
      } else {
        throw new IOException(name + " is neither a file nor a directory nor a link");
      }
    }
  }

  private static boolean leadsOut(String name, String target) {
    if (target.startsWith("/")) return true;
    var parent = Path.of("root").resolve(name).getParent();
    return !parent.resolve(target).normalize().startsWith("root");
  }

  private static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode") & 0777;
  }

  private static void setMode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode & 0777);
  }

  /**
   * Makes the directory again; leaves the stream open.
   *
   * @param directory where to; it must be there and empty
   * @throws IOException with one line if the image is damaged, leads out of the directory or is
   *     larger than the bounds; what was written by then is left
   */
  static void unpack(InputStream image, Path directory, Bounds bounds) throws IOException {
    var checked = new CheckedInputStream(image, new CRC32C());
    var in = new DataInputStream(checked);
    byte[] header = in.readNBytes(HEADER.length);
    if (!Arrays.equals(header, HEADER)) throw damaged("it does not begin like one");
    Set<String> directories = new HashSet<>();
    Deque<Entry> modes = new ArrayDeque<>();
    long bytesLeft = bounds.bytes();
    for (int files = 0; ; files++) {
      byte type = in.readByte();
      if (type == 'E') break;
      if (files >= bounds.files())
        throw new IOException("it has more than " + bounds.files() + " files");
      String name = text(in);
      int mode = in.readUnsignedShort();
      Path path = place(directory, name, directories);
      switch (type) {
        case 'D' -> {
          Files.createDirectory(path);
          directories.add(name);
          modes.push(new Entry('D', path, name, mode, 0, null));
        }
        case 'F' -> {
          long size = in.readLong();
          bytesLeft -= size;
          if (size < 0 || bytesLeft < 0) {
            throw new IOException("it has more than " + bounds.bytes() + " bytes");
          }
          write(in, path, size);
          setMode(path, mode);
        }
        case 'L' -> {
          String target = text(in);
          if (target.indexOf('\0') >= 0 || leadsOut(name, target))
            throw damaged("the link " + name + " leads out of it");
          Files.createSymbolicLink(path, Path.of(target));
        }
        default -> throw damaged("an entry is of no known type");
      }
    }
    int expected = (int) checked.getChecksum().getValue();
    if (in.readInt() != expected) throw damaged("its checksum is wrong");
    // Last, and children first: a directory without the right to write could not be filled.
    for (var each : modes) setMode(each.path(), each.mode());
  }

  private static Path place(Path directory, String name, Set<String> directories)
      throws IOException {
    if (name.indexOf('\0') >= 0) throw damaged("a path has a zero byte");
    var relative = Path.of(name);
    boolean plain =
        !relative.isAbsolute() && relative.normalize().toString().equals(name) && !name.isEmpty();
    if (!plain || name.equals("..") || name.startsWith("../")) throw damaged("a path leads out");
    var parent = relative.getParent();
    // Only what this image made as a directory: never through one of its links.
    if (parent != null && !directories.contains(parent.toString())) {
      throw damaged("a path has no directory");
    }
    return directory.resolve(relative);
  }

  private static void write(DataInputStream in, Path path, long size) throws IOException {
    var chunk = new byte[CHUNK_BYTES];
    try (var out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
      for (long left = size; left > 0; ) {
        int count = in.read(chunk, 0, (int) Math.min(left, chunk.length));
        if (count < 0) throw new EOFException("it is cut off");
        out.write(chunk, 0, count);
        left -= count;
      }
    }
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > PATH_BYTES_MAX) throw damaged("a path is too long");
    var bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static IOException damaged(String how) {
    return new IOException("the image of the checkpoint directory is damaged: " + how);
  }

  /** Reads out the entries one after the other. */
  private static final class Packing extends InputStream {
    private final Deque<Entry> entries;
    private final CRC32C checksum = new CRC32C();
    private InputStream current = new ByteArrayInputStream(HEADER);
    private Entry file;
    private String name;
    private long left = HEADER.length;
    private boolean ended;

    Packing(List<Entry> entries) {
      this.entries = new ArrayDeque<>(entries);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (length == 0) return 0;
      while (left == 0) {
        if (!next()) return -1;
      }
      int count = current.read(into, at, (int) Math.min(length, left));
      if (count < 0) throw new IOException(name + " became shorter while it was packed");
      checksum.update(into, at, count);
      left -= count;
      return count;
    }

    /** Goes to the next piece; false at the end. */
    private boolean next() throws IOException {
      current.close();
      if (file != null) {
        current = Files.newInputStream(file.path());
        left = file.size();
        name = file.name();
        file = null;
        return true;
      }
      if (ended) return false;
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      var entry = entries.poll();
      if (entry == null) {
        out.writeByte('E');
        checksum.update('E');
        out.writeInt((int) checksum.getValue());
        ended = true;
      } else {
        out.writeByte(entry.type());
        text(out, entry.name());
        out.writeShort(entry.mode());
        if (entry.type() == 'F') {
          out.writeLong(entry.size());
          file = entry;
        }
        if (entry.type() == 'L') text(out, entry.target());
      }
      current = new ByteArrayInputStream(bytes.toByteArray());
      left = bytes.size();
      return true;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    @Override
    public void close() throws IOException {
      current.close();
    }
  }
}
