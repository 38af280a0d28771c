package dev.mosey.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real disk, with a log of what was done to it. It can fail at a given operation, and it can
 * forget like a power cut: {@link #losePower} cuts every file back to what was synced.
 */
final class RecordingDisk implements Disk {
  final List<String> log = new ArrayList<>();

  /** The number of the operation that fails, from 1; 0 for none. Everything after fails too. */
  int failAt;

  /** The message of that failure. */
  String failure = "Input/output error";

  private final Map<Path, Long> syncedSizes = new HashMap<>();
  private final Map<Path, Long> sizes = new HashMap<>();

  private synchronized void step(String what) throws IOException {
    if (failAt > 0 && log.size() + 1 >= failAt) throw new IOException(failure);
    log.add(what);
  }

  synchronized long count(String prefix) {
    return log.stream().filter(line -> line.startsWith(prefix)).count();
  }

  /** Cuts files that were opened through this disk to {@code kept} of what was never synced. */
  synchronized void losePower(double kept) throws IOException {
    for (var each : sizes.entrySet()) {
      if (!each.getKey().toFile().exists()) continue;
      long synced = syncedSizes.getOrDefault(each.getKey(), 0L);
      long size = synced + (long) ((each.getValue() - synced) * kept);
      try (var file = Disk.real().open(each.getKey())) {
        if (size < file.size()) file.truncate(size);
      }
      each.setValue(size);
      // What is there after a power cut stays there.
      syncedSizes.put(each.getKey(), size);
    }
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    step("create " + file.getFileName());
    return new Recorded(Disk.real().create(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    var recorded = new Recorded(Disk.real().open(file));
    sizes.putIfAbsent(file, recorded.size());
    return recorded;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step("rename " + from.getFileName() + " " + to.getFileName());
    Disk.real().rename(from, to);
    sizes.put(to, sizes.getOrDefault(from, 0L));
    syncedSizes.put(to, syncedSizes.getOrDefault(from, 0L));
    sizes.remove(from);
  }

  @Override
  public void delete(Path file) throws IOException {
    Disk.real().delete(file);
    sizes.remove(file);
    syncedSizes.remove(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    step("sync-directory " + directory.getFileName());
    Disk.real().syncDirectory(directory);
  }

  private final class Recorded implements DiskFile {
    private final DiskFile file;

    Recorded(DiskFile file) {
      this.file = file;
    }

    @Override
    public Path path() {
      return file.path();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      step("write " + path().getFileName());
      file.write(bytes, position);
      synchronized (RecordingDisk.this) {
        sizes.put(path(), file.size());
      }
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      return file.read(bytes, position);
    }

    @Override
    public void truncate(long length) throws IOException {
      step("truncate " + path().getFileName());
      file.truncate(length);
      synchronized (RecordingDisk.this) {
        sizes.put(path(), length);
        syncedSizes.computeIfPresent(path(), (any, synced) -> Math.min(synced, length));
      }
    }

    @Override
    public void sync() throws IOException {
      long size = file.size();
      step("sync " + path().getFileName());
      file.sync();
      synchronized (RecordingDisk.this) {
        syncedSizes.put(path(), size);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
