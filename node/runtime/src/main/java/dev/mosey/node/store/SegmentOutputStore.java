package dev.mosey.node.store;

import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Output in segments shared by all processes: one write per append, no file per process. The index
 * is in memory; at an open it comes from the sidecars of full segments and from a scan of the rest.
 */
public final class SegmentOutputStore implements OutputStore {
  private static final byte[] NOTHING = {};
  private static final int STREAMS = 2;

  private final Disk disk;
  private final Path directory;
  private final StoreSettings.Output settings;
  private final SpaceWatch space;
  private final TreeMap<Integer, Segment> segments = new TreeMap<>();
  private final Map<ProcessId, StreamLog[]> logs = new HashMap<>();
  private Segment active;
  private long bytes;
  private long written;
  private final AtomicBoolean directoryChanged = new AtomicBoolean(true);
  private StoreException broken;

  /** Guards all of the above; reads of segments share it. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Held during a sync; taken before {@link #lock}. */
  private final Object syncing = new Object();

  private long synced;

  /** Held by a compaction, and by a backup all along; taken before {@link #syncing}. */
  private final Object deletion = new Object();

  private SegmentOutputStore(
      Disk disk, Path directory, StoreSettings.Output settings, SpaceWatch space) {
    this.disk = disk;
    this.directory = directory;
    this.settings = settings;
    this.space = space;
  }

  /**
   * Opens or creates the output of a data directory.
   *
   * @throws StoreException CORRUPT with file and offset, FULL or FAILED
   */
  public static SegmentOutputStore open(DataDirectory directory, StoreSettings.Output settings) {
    return open(Disk.real(), directory.output(), settings, directory.space());
  }

  static SegmentOutputStore open(
      Disk disk, Path directory, StoreSettings.Output settings, SpaceWatch space) {
    var store = new SegmentOutputStore(disk, directory, settings, space);
    try {
      disk.createDirectories(directory);
      disk.syncDirectory(directory.toAbsolutePath().getParent());
      store.load();
    } catch (IOException e) {
      store.closeFiles();
      throw StoreException.io("open", directory, e);
    } catch (RuntimeException e) {
      store.closeFiles();
      throw e;
    }
    return store;
  }

  private void load() throws IOException {
    var deleted = new HashSet<ProcessId>();
    for (int number : Segment.numbers(disk, directory)) {
      var found = new ArrayList<OutputRecord>();
      var segment = Segment.open(disk, directory, number, found::add);
      segments.put(number, segment);
      bytes += segment.size();
      for (var record : found) {
        if (record.kind() == OutputRecord.Kind.DELETED) deleted.add(record.process());
        else log(record.process(), record.stream()).load(entryOf(record, segment));
      }
    }
    logs.keySet().removeAll(deleted);
    logs.forEach(this::settle);
    for (var segment : segments.values())
      if (segment != segments.lastEntry().getValue()) segment.markFull();
    if (!segments.isEmpty() && !segments.lastEntry().getValue().isFull())
      active = segments.lastEntry().getValue();
  }

  private void settle(ProcessId process, StreamLog[] streams) {
    for (var log : streams) {
      if (log == null) continue;
      log.loaded();
      log.forgetCut(settings.cutBytesMax());
      for (var entry : log.entries()) entry.segment().addLive(recordBytes(process, entry));
    }
  }

  private static StreamLog.Entry entryOf(OutputRecord record, Segment segment) {
    return new StreamLog.Entry(
        record.kind(),
        record.ordinal(),
        record.incarnation(),
        record.offset(),
        record.length(),
        segment,
        record.position());
  }

  private static long recordBytes(ProcessId process, StreamLog.Entry entry) {
    return (long) OutputRecord.HEADER_BYTES + OutputRecord.idBytes(process) + entry.length();
  }

  private StreamLog log(ProcessId process, int stream) {
    checkStream(stream);
    var streams = logs.computeIfAbsent(process, any -> new StreamLog[STREAMS]);
    if (streams[stream - 1] == null) streams[stream - 1] = new StreamLog();
    return streams[stream - 1];
  }

  /** The log, or an empty one that is not kept. */
  private StreamLog peek(ProcessId process, int stream) {
    checkStream(stream);
    var streams = logs.get(process);
    return streams == null || streams[stream - 1] == null ? new StreamLog() : streams[stream - 1];
  }

  private static void checkStream(int stream) {
    if (stream < STDOUT || stream > STDERR)
      throw new IllegalArgumentException("no such stream: " + stream + "; 1 or 2");
  }

  @Override
  public Answer append(ProcessId process, int incarnation, int stream, long offset, byte[] data) {
    if (data.length > APPEND_BYTES_MAX || offset < 0)
      throw StoreException.refused(
          "cannot append " + data.length + " bytes at " + offset + " to " + process,
          "at most " + APPEND_BYTES_MAX + " bytes, at an offset of 0 or more");
    lock.writeLock().lock();
    try {
      var log = peek(process, stream);
      if (incarnation < log.incarnation()) return Answer.STALE;
      if (offset + data.length <= log.size()) return Answer.DUPLICATE;
      if (log.truncated()) return Answer.TRUNCATED;
      if (offset > log.size()) return Answer.GAP;
      int skip = (int) (log.size() - offset);
      long room = bytes >= settings.bytesMax() ? 0 : settings.streamBytesMax() - log.size();
      int length = (int) Math.clamp(room, 0L, (long) data.length - skip);
      if (length > 0) {
        var kind = OutputRecord.Kind.DATA;
        write(kind, process, stream, incarnation, log.size(), data, skip, length);
      }
      if (length == data.length - skip) return Answer.STORED;
      var kind = OutputRecord.Kind.TRUNCATED;
      write(kind, process, stream, incarnation, peek(process, stream).size(), NOTHING, 0, 0);
      return Answer.TRUNCATED;
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public Answer cut(ProcessId process, int stream, long offset, int incarnation) {
    lock.writeLock().lock();
    try {
      var log = peek(process, stream);
      var cuts = log.cuts();
      if (incarnation == log.incarnation()
          && !cuts.isEmpty()
          && cuts.getLast().incarnation() == incarnation
          && cuts.getLast().offset() == offset) return Answer.DUPLICATE;
      if (incarnation <= log.incarnation()) return Answer.STALE;
      if (offset < 0 || offset > log.size()) return Answer.GAP;
      write(OutputRecord.Kind.CUT, process, stream, incarnation, offset, NOTHING, 0, 0);
      for (var entry : log(process, stream).forgetCut(settings.cutBytesMax()))
        entry.segment().addLive(-recordBytes(process, entry));
      return Answer.STORED;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Appends a record and adds it to the index. With the write lock. */
  private void write(
      OutputRecord.Kind kind,
      ProcessId process,
      int stream,
      int incarnation,
      long offset,
      byte[] data,
      int from,
      int length) {
    int ordinal = peek(process, stream).nextOrdinal();
    var record = new OutputRecord(kind, process, stream, incarnation, ordinal, offset, length, 0);
    if (space.announce(record.recordBytes()) == SpaceWatch.Level.FULL)
      throw StoreException.full(directory.toString(), null);
    long position = appendRaw(record.encode(data, from));
    var entry = new StreamLog.Entry(kind, ordinal, incarnation, offset, length, active, position);
    log(process, stream).add(entry);
    active.addLive(record.recordBytes());
  }

  /** With the write lock. */
  private long appendRaw(ByteBuffer record) {
    if (broken != null) throw broken;
    try {
      if (active == null || active.size() >= settings.segmentBytes()) roll();
      int length = record.remaining();
      long position = active.append(record);
      bytes += length;
      written++;
      return position;
    } catch (IOException e) {
      throw StoreException.io("write output to", directory, e);
    }
  }

  private void roll() throws IOException {
    int number = segments.isEmpty() ? 1 : segments.lastKey() + 1;
    var next = Segment.create(disk, directory, number);
    if (active != null) active.markFull();
    active = next;
    segments.put(number, next);
    bytes += next.size();
    directoryChanged.set(true);
  }

  @Override
  public void sync() {
    long wanted = whileReading(() -> written);
    synchronized (syncing) {
      // Everything is synced at least once after an open: a crash may have left unsynced bytes.
      if (synced >= wanted && !anyNeedsSync()) return;
      syncNow();
    }
  }

  private boolean anyNeedsSync() {
    return whileReading(
        () -> directoryChanged.get() || segments.values().stream().anyMatch(Segment::needsSync));
  }

  private record Due(Segment segment, long size, boolean full) {}

  private void syncNow() {
    var due = new ArrayList<Due>();
    long upTo = whileWriting(() -> collectDue(due));
    boolean syncDirectory = directoryChanged.getAndSet(false);
    try {
      for (var each : due) each.segment.sync();
      if (syncDirectory) disk.syncDirectory(directory);
      for (var each : due) if (each.full && !each.segment.isIndexed()) each.segment.writeSidecar();
    } catch (IOException | RuntimeException e) {
      throw broken(e);
    }
    whileWriting(
        () -> {
          for (var each : due) each.segment.synced(each.size);
          return synced = upTo;
        });
  }

  private long collectDue(List<Due> due) {
    if (broken != null) throw broken;
    for (var segment : segments.values())
      if (segment.needsSync()) due.add(new Due(segment, segment.size(), segment.isFull()));
    return written;
  }

  /** A failed sync is not repeated: what it lost can't be found out. */
  private StoreException broken(Exception cause) {
    return whileWriting(
        () ->
            broken =
                new StoreException(
                    StoreException.Kind.BROKEN,
                    "output in " + directory + " is written no more since: " + cause.getMessage(),
                    "restart the node; what was acknowledged is safe",
                    cause));
  }

  @Override
  public Chunk follow(ProcessId process, int attempt, int stream, long from, int seen, int max) {
    return whileReading(
        () -> {
          var log = peek(process, stream);
          try {
            return OutputReader.read(log, attempt, Math.min(from, log.cutBack(seen, attempt)), max);
          } catch (IOException e) {
            throw StoreException.io("read output of " + process + " in", directory, e);
          }
        });
  }

  @Override
  public StreamState state(ProcessId process, int stream) {
    return whileReading(
        () -> {
          var log = peek(process, stream);
          return new StreamState(log.size(), log.incarnation(), log.truncated(), log.cuts());
        });
  }

  private interface Reading<T> {
    T run();
  }

  private <T> T whileWriting(Reading<T> writing) {
    lock.writeLock().lock();
    try {
      return writing.run();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private <T> T whileReading(Reading<T> reading) {
    lock.readLock().lock();
    try {
      return reading.run();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void delete(Collection<ProcessId> processes) {
    lock.writeLock().lock();
    try {
      for (var process : processes) {
        var streams = logs.get(process);
        if (streams == null) continue;
        appendRaw(tombstone(process).encode(NOTHING, 0));
        logs.remove(process);
        for (var log : streams)
          if (log != null)
            for (var entry : log.entries()) entry.segment().addLive(-recordBytes(process, entry));
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static OutputRecord tombstone(ProcessId process) {
    return new OutputRecord(OutputRecord.Kind.DELETED, process, STDOUT, 0, 0, 0, 0, 0);
  }

  @Override
  public Set<ProcessId> processes() {
    return whileReading(() -> Set.copyOf(logs.keySet()));
  }

  @Override
  public long compact() {
    long freed = 0;
    synchronized (deletion) {
      for (var segment : mostlyDead()) freed += compact(segment);
    }
    return freed;
  }

  private List<Segment> mostlyDead() {
    return whileReading(
        () ->
            segments.values().stream()
                .filter(segment -> segment.isIndexed())
                .filter(s -> s.liveBytes() < s.size() * settings.compactBelow())
                .toList());
  }

  /** Copies what is wanted, makes it durable, then deletes. A crash between leaves it twice. */
  private long compact(Segment segment) {
    long before;
    lock.writeLock().lock();
    try {
      before = bytes;
      // Deletions are needed only as long as an older segment may hold what they delete.
      boolean oldest = segments.firstKey() == segment.number();
      segment.scan(record -> copyIfWanted(record, segment, !oldest));
    } catch (IOException e) {
      throw StoreException.io("compact", segment.path(), e);
    } finally {
      lock.writeLock().unlock();
    }
    sync();
    lock.writeLock().lock();
    try {
      segments.remove(segment.number());
      bytes -= segment.size();
      segment.close();
      disk.delete(Segment.sidecarOf(directory, segment.number()));
      disk.delete(segment.path());
      disk.syncDirectory(directory);
      return before - bytes;
    } catch (IOException e) {
      throw StoreException.io("delete", segment.path(), e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void copyIfWanted(OutputRecord record, Segment from, boolean keepDeletions) {
    var process = record.process();
    if (record.kind() == OutputRecord.Kind.DELETED) {
      if (keepDeletions) appendRaw(tombstone(process).encode(NOTHING, 0));
      return;
    }
    var log = peek(process, record.stream());
    var entry = log.find(record.ordinal());
    if (entry == null || entry.segment() != from) return;
    try {
      long position = appendRaw(record.encode(from.readData(record.position()), 0));
      log.moved(record.ordinal(), active, position);
      active.addLive(record.recordBytes());
    } catch (IOException e) {
      throw StoreException.io("compact", from.path(), e);
    }
  }

  @Override
  public long bytes() {
    return whileReading(() -> bytes);
  }

  void withoutDeletion(FileBlobStore.Action action) throws IOException {
    synchronized (deletion) {
      action.run();
    }
  }

  /** Copies the segments as they are now into a directory that does not exist yet. */
  void copyTo(Path target) throws IOException {
    Files.createDirectories(target);
    sync();
    var due =
        whileReading(
            () ->
                segments.values().stream().map(s -> new Due(s, s.size(), s.isIndexed())).toList());
    for (var each : due) {
      var copy = Segment.fileOf(target, each.segment.number());
      Files.copy(each.segment.path(), copy);
      try (var file = disk.open(copy)) {
        // The copy may have caught a record that was being written.
        file.truncate(each.size);
      }
      var sidecar = Segment.sidecarOf(directory, each.segment.number());
      if (each.full) Files.copy(sidecar, Segment.sidecarOf(target, each.segment.number()));
    }
  }

  /** Syncs and closes. */
  @Override
  public void close() {
    try {
      if (broken == null) sync();
    } finally {
      closeFiles();
    }
  }

  private void closeFiles() {
    lock.writeLock().lock();
    try {
      for (var segment : segments.values()) segment.close();
      segments.clear();
      logs.clear();
      broken =
          new StoreException(
              StoreException.Kind.BROKEN, "output in " + directory + " is closed", null, null);
    } catch (IOException e) {
      throw StoreException.io("close", directory, e);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
