package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One file of output records, only ever appended to. When it is full and synced it gets a sidecar
 * with its index, so that the next open need not read it. Guarded by its store's lock.
 */
final class Segment implements Closeable {
  private static final byte[] FILE_HEADER = {'M', 'O', 'S', 'E', 'Y', 'O', 'U', 'T', 0, 0, 0, 1};
  private static final int WINDOW_BYTES = 1 << 18;

  private final Disk disk;
  private final int number;
  private final Disk.DiskFile file;
  private long size;
  private long syncedSize;
  private long liveBytes;
  private boolean full;
  private boolean ragged;
  private volatile boolean indexed;

  private Segment(Disk disk, int number, Disk.DiskFile file, long size) {
    this.disk = disk;
    this.number = number;
    this.file = file;
    this.size = size;
  }

  static Path fileOf(Path directory, int number) {
    return directory.resolve("%08d.segment".formatted(number));
  }

  static Path sidecarOf(Path directory, int number) {
    return directory.resolve("%08d.index".formatted(number));
  }

  /** Numbers of the segments; sidecars without one are left over from a deletion. */
  static List<Integer> numbers(Disk disk, Path directory) throws IOException {
    var numbers = new ArrayList<Integer>();
    var names = Set.copyOf(disk.list(directory));
    for (var name : names) {
      if (!name.matches("[0-9]{8}\\.(segment|index)")) continue;
      int number = Integer.parseInt(name.substring(0, 8));
      if (name.endsWith(".segment")) numbers.add(number);
      else if (!names.contains(fileOf(directory, number).getFileName().toString()))
        disk.delete(directory.resolve(name));
    }
    numbers.sort(null);
    return numbers;
  }

  static Segment create(Disk disk, Path directory, int number) throws IOException {
    var file = disk.create(fileOf(directory, number));
    file.write(ByteBuffer.wrap(FILE_HEADER), 0);
    return new Segment(disk, number, file, FILE_HEADER.length);
  }

  /**
   * Opens an existing segment and reports its records.
   *
   * @throws StoreException CORRUPT with file and offset; a torn tail of a segment that was never
   *     completed is cut off, since nothing in it was acknowledged
   */
  static Segment open(Disk disk, Path directory, int number, Consumer<OutputRecord> records)
      throws IOException {
    var file = disk.open(fileOf(directory, number));
    var segment = new Segment(disk, number, file, file.size());
    try {
      var sidecar = segment.readSidecar();
      if (sidecar != null) {
        segment.full = true;
        segment.indexed = true;
        segment.syncedSize = segment.size;
        sidecar.forEach(records);
      } else {
        segment.openUnindexed(records);
      }
      return segment;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void openUnindexed(Consumer<OutputRecord> records) throws IOException {
    if (size < FILE_HEADER.length) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(FILE_HEADER), 0);
      size = FILE_HEADER.length;
    }
    long end = scan(records);
    if (end < size) file.truncate(end);
    size = end;
  }

  int number() {
    return number;
  }

  long size() {
    return size;
  }

  long liveBytes() {
    return liveBytes;
  }

  void addLive(long bytes) {
    liveBytes += bytes;
  }

  /** No more appends: the next sync writes the sidecar. */
  void markFull() {
    full = true;
  }

  boolean isFull() {
    return full;
  }

  boolean isIndexed() {
    return indexed;
  }

  boolean needsSync() {
    return syncedSize < size || full && !indexed;
  }

  /** Appends; after a failure the next append first removes what was written in part. */
  long append(ByteBuffer record) throws IOException {
    long position = size;
    int bytes = record.remaining();
    if (ragged) file.truncate(position);
    ragged = true;
    file.write(record, position);
    ragged = false;
    size += bytes;
    return position;
  }

  /** Syncs what was written up to {@code upTo}; without the store's lock. */
  void sync() throws IOException {
    file.sync();
  }

  void synced(long upTo) {
    syncedSize = Math.max(syncedSize, upTo);
  }

  /** Writes the index of a full, synced segment. */
  void writeSidecar() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeLong(size);
    var homes = new HashMap<String, Integer>();
    scan(
        record -> {
          try {
            writeIndexed(out, record, homes);
          } catch (IOException e) {
            throw new IllegalStateException("an array can't fail to be written", e);
          }
        });
    new AtomicFile(disk, sidecarOf(file.path().getParent(), number)).write(bytes.toByteArray());
    indexed = true;
  }

  private static void writeIndexed(
      DataOutputStream out, OutputRecord record, Map<String, Integer> homes) throws IOException {
    out.writeByte(record.kind().code);
    var home = record.process().home().value();
    var known = homes.putIfAbsent(home, homes.size());
    out.writeShort(known == null ? -1 : known);
    if (known == null) out.writeUTF(home);
    out.writeLong(record.process().job());
    out.writeInt(record.process().task());
    out.writeByte(record.stream());
    out.writeInt(record.incarnation());
    out.writeInt(record.ordinal());
    out.writeLong(record.offset());
    out.writeInt(record.length());
    out.writeLong(record.position());
  }

  /**
   * The records from the sidecar, or null: there is none, or it is damaged and can be made again.
   */
  private List<OutputRecord> readSidecar() throws IOException {
    byte[] content;
    try {
      var read = new AtomicFile(disk, sidecarOf(file.path().getParent(), number)).read();
      if (read.isEmpty()) return null;
      content = read.get();
    } catch (StoreException damaged) {
      if (damaged.kind() != StoreException.Kind.CORRUPT) throw damaged;
      return scanComplete();
    }
    var in = new DataInputStream(new ByteArrayInputStream(content));
    if (in.readLong() != size)
      throw StoreException.corrupt(
          file.path().toString(), "it has " + size + " bytes and was completed with others", null);
    var records = new ArrayList<OutputRecord>();
    var homes = new ArrayList<NodeName>();
    while (in.available() > 0) records.add(readIndexed(in, homes));
    return records;
  }

  /** A segment that was completed has no torn tail: an early end is damage. */
  private List<OutputRecord> scanComplete() throws IOException {
    var records = new ArrayList<OutputRecord>();
    long end = scan(records::add);
    if (end < size) throw damaged("length", end);
    return records;
  }

  private static OutputRecord readIndexed(DataInputStream in, List<NodeName> homes)
      throws IOException {
    var kind = OutputRecord.Kind.of(in.readByte());
    int home = in.readShort();
    if (home < 0) {
      home = homes.size();
      homes.add(NodeName.of(in.readUTF()));
    }
    return new OutputRecord(
        kind,
        new ProcessId(homes.get(home), in.readLong(), in.readInt()),
        in.readByte(),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readInt(),
        in.readLong());
  }

  /** Reports all records; returns where the last whole one ends. */
  long scan(Consumer<OutputRecord> records) throws IOException {
    var window = new Window();
    var head = window.at(0, FILE_HEADER.length);
    for (int i = 0; i < FILE_HEADER.length; i++)
      if (head.get(head.position() + i) != FILE_HEADER[i]) throw damaged("file header", 0);
    long at = FILE_HEADER.length;
    var homes = new HashMap<String, NodeName>();
    while (size - at >= OutputRecord.HEADER_BYTES) {
      var header = OutputRecord.decodeHeader(window.at(at, OutputRecord.HEADER_BYTES));
      if (header == null) {
        if (isZeroFrom(window, at)) return at;
        throw damaged("header", at);
      }
      long body = at + OutputRecord.HEADER_BYTES;
      if (body + header.bodyBytes() > size) return at;
      var record = OutputRecord.decodeBody(header, window.at(body, header.bodyBytes()), at, homes);
      if (record == null) throw damaged("checksum", at);
      records.accept(record);
      at = body + header.bodyBytes();
    }
    return at;
  }

  /** A power cut may leave a tail of zeros; no single fault makes one out of records. */
  private boolean isZeroFrom(Window window, long from) throws IOException {
    for (long at = from; at < size; at++) {
      var one = window.at(at, 1);
      if (one.get(one.position()) != 0) return false;
    }
    return true;
  }

  private StoreException damaged(String what, long at) {
    return StoreException.corrupt(file.path().toString(), "wrong " + what + " at byte " + at, null);
  }

  /** The data of the record at a position, checked. */
  byte[] readData(long position) throws IOException {
    var header = headerAt(position);
    var body = ByteBuffer.allocate(header.bodyBytes());
    file.read(body, position + OutputRecord.HEADER_BYTES);
    if (body.hasRemaining()) throw damaged("length", position);
    if (!OutputRecord.isBodyRight(header, body.flip())) throw damaged("checksum", position);
    var data = new byte[header.length()];
    body.get(header.bodyBytes() - header.length(), data);
    return data;
  }

  private OutputRecord.Header headerAt(long position) throws IOException {
    var head = ByteBuffer.allocate(OutputRecord.HEADER_BYTES);
    file.read(head, position);
    var header = head.hasRemaining() ? null : OutputRecord.decodeHeader(head.flip());
    if (header == null) throw damaged("header", position);
    return header;
  }

  Path path() {
    return file.path();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** A buffer that moves over the file, so that a scan needs few reads. */
  private final class Window {
    private ByteBuffer buffer = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long start;

    /** A buffer whose position is at that byte of the file, with {@code count} bytes after it. */
    ByteBuffer at(long position, int count) throws IOException {
      if (position < start || position + count > start + buffer.limit()) {
        if (count > buffer.capacity()) buffer = ByteBuffer.allocate(count);
        buffer.clear();
        start = position;
        file.read(buffer, position);
        buffer.flip();
        if (buffer.limit() < count) throw damaged("length", position);
      }
      return buffer.position((int) (position - start));
    }
  }
}
