package dev.mosey.node.store;

import dev.mosey.protocol.job.Blob;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Blobs as files {@code ab/cdef...}. A put writes to {@code incoming/}, syncs, renames, syncs the
 * directory, and only then returns the name.
 */
public final class FileBlobStore implements BlobStore {
  private static final int CHUNK_BYTES = 1 << 16;

  private record Kept(long size, long generation) {}

  private final Disk disk;
  private final Path root;
  private final Path incoming;
  private final long bytesMax;
  private final SpaceWatch space;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final AtomicLong generation = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong temporaries = new AtomicLong();

  /** Held by a delete, and by a backup all along. Taken before {@link #placement}. */
  private final Object deletion = new Object();

  /** Held while a file is deleted or put in place. */
  private final Object placement = new Object();

  private FileBlobStore(Disk disk, Path root, long bytesMax, SpaceWatch space) {
    this.disk = disk;
    this.root = root;
    this.incoming = root.resolve("incoming");
    this.bytesMax = bytesMax;
    this.space = space;
  }

  /**
   * Opens or creates the blobs of a data directory. What a crash left half written is deleted.
   *
   * @throws StoreException FULL or FAILED
   */
  public static FileBlobStore open(DataDirectory directory, StoreSettings.Blobs settings) {
    return open(Disk.real(), directory.blobs(), settings, directory.space());
  }

  static FileBlobStore open(Disk disk, Path root, StoreSettings.Blobs settings, SpaceWatch space) {
    var store = new FileBlobStore(disk, root, settings.bytesMax(), space);
    try {
      Files.createDirectories(store.incoming);
      disk.syncDirectory(root);
      disk.syncDirectory(root.toAbsolutePath().getParent());
      try (var leftovers = Files.newDirectoryStream(store.incoming)) {
        for (var leftover : leftovers) disk.delete(leftover);
      }
      store.load();
    } catch (IOException e) {
      throw StoreException.io("open", root, e);
    }
    return store;
  }

  private void load() throws IOException {
    try (var directories = Files.newDirectoryStream(root, "[0-9a-f][0-9a-f]")) {
      for (var directory : directories) {
        try (var files = Files.newDirectoryStream(directory)) {
          for (var file : files) {
            var name = directory.getFileName().toString() + file.getFileName();
            if (!name.matches("[0-9a-f]{64}")) continue;
            long size = Files.size(file);
            kept.put(name, new Kept(size, 0));
            bytes.addAndGet(size);
          }
        }
      }
    }
  }

  @Override
  public Blob put(byte[] content) {
    try {
      return put(new ByteArrayInputStream(content));
    } catch (IOException impossible) {
      throw new IllegalStateException("an array can't fail to be read", impossible);
    }
  }

  @Override
  public Blob put(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return put(in);
    }
  }

  @Override
  public Blob put(InputStream in) throws IOException {
    if (!space.admitsNewWork()) throw StoreException.full(root.toString(), null);
    var temporary = incoming.resolve("put-" + temporaries.incrementAndGet());
    long reserved = 0;
    try (var file = create(temporary)) {
      var digest = sha256();
      long size = 0;
      var chunk = new byte[CHUNK_BYTES];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        reserve(count);
        reserved += count;
        digest.update(chunk, 0, count);
        write(file, chunk, count, size);
        size += count;
      }
      var name = HexFormat.of().formatHex(digest.digest());
      boolean added = place(file, temporary, name, size);
      if (added) reserved = 0;
      return new Blob(name, size);
    } finally {
      bytes.addAndGet(-reserved);
      disk.delete(temporary);
    }
  }

  private Disk.DiskFile create(Path file) {
    try {
      return disk.create(file);
    } catch (IOException e) {
      throw StoreException.io("write", file, e);
    }
  }

  private void write(Disk.DiskFile file, byte[] chunk, int count, long at) {
    try {
      file.write(ByteBuffer.wrap(chunk, 0, count), at);
    } catch (IOException e) {
      throw StoreException.io("write", file.path(), e);
    }
  }

  private void reserve(int count) {
    long now = bytes.addAndGet(count);
    if (now <= bytesMax) return;
    bytes.addAndGet(-count);
    throw StoreException.refused(
        "the blob store is full: " + (now - count) + " of " + bytesMax + " bytes are used",
        "remove ended jobs, or raise mosd.store.blobs.bytes-max");
  }

  /** Gives the synced file its name, unless it is here already; whether it was added. */
  private boolean place(Disk.DiskFile file, Path temporary, String name, long size) {
    var target = path(name);
    try {
      if (!kept.containsKey(name)) file.sync();
      synchronized (placement) {
        boolean known = kept.containsKey(name);
        if (!known) {
          if (!Files.isDirectory(target.getParent())) {
            Files.createDirectories(target.getParent());
            disk.syncDirectory(root);
          }
          // It may have gone between the first look and this one.
          file.sync();
          disk.rename(temporary, target);
        }
        // Also for a known one: it may have been seen after a crash without being durable.
        disk.syncDirectory(target.getParent());
        kept.put(name, new Kept(size, generation.incrementAndGet()));
        return !known;
      }
    } catch (IOException e) {
      throw StoreException.io("write", target, e);
    }
  }

  @Override
  public boolean has(String sha256) {
    return kept.containsKey(sha256);
  }

  @Override
  public OptionalLong size(String sha256) {
    var entry = kept.get(sha256);
    return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.size());
  }

  @Override
  public Path path(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}"))
      throw new IllegalArgumentException("not the name of a blob: " + sha256);
    return root.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
  }

  @Override
  public InputStream open(String sha256) {
    try {
      if (has(sha256)) return new Checked(Files.newInputStream(path(sha256)), sha256);
    } catch (IOException e) {
      throw StoreException.io("read", path(sha256), e);
    }
    throw StoreException.refused("no blob " + sha256 + " in " + root, null);
  }

  @Override
  public void verify(String sha256) {
    try (var in = open(sha256)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw StoreException.io("read", path(sha256), e);
    }
  }

  @Override
  public boolean delete(String sha256) {
    return delete(sha256, Long.MAX_VALUE) > 0;
  }

  /** Deletes it if it was last put up to that generation; the bytes freed, at least 1, or 0. */
  private long delete(String sha256, long upTo) {
    synchronized (deletion) {
      synchronized (placement) {
        var entry = kept.get(sha256);
        if (entry == null || entry.generation() > upTo) return 0;
        try {
          disk.delete(path(sha256));
        } catch (IOException e) {
          throw StoreException.io("delete", path(sha256), e);
        }
        kept.remove(sha256);
        bytes.addAndGet(-entry.size());
        return Math.max(1, entry.size());
      }
    }
  }

  @Override
  public long generation() {
    return generation.get();
  }

  @Override
  public long sweep(Set<String> keep, long upTo) {
    long freed = 0;
    for (var name : List.copyOf(kept.keySet()))
      if (!keep.contains(name)) freed += delete(name, upTo);
    return freed;
  }

  @Override
  public List<Blob> list() {
    var blobs = new ArrayList<Blob>();
    kept.forEach((name, entry) -> blobs.add(new Blob(name, entry.size())));
    blobs.sort(Comparator.comparing(Blob::sha256));
    return blobs;
  }

  @Override
  public long bytes() {
    return bytes.get();
  }

  /** An action during which nothing is deleted. */
  interface Action {
    void run() throws IOException;
  }

  void withoutDeletion(Action action) throws IOException {
    synchronized (deletion) {
      action.run();
    }
  }

  /** Copies all blobs into a directory that does not exist yet. */
  void copyTo(Path target) throws IOException {
    Files.createDirectories(target);
    for (var blob : list()) {
      var copy = target.resolve(root.relativize(path(blob.sha256())).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(path(blob.sha256()), copy);
    }
  }

  /** Nothing is held open. */
  @Override
  public void close() {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Hashes what is read and compares at the end. */
  private final class Checked extends FilterInputStream {
    private final String name;
    private final MessageDigest digest = sha256();
    private boolean compared;

    Checked(InputStream in, String name) {
      super(in);
      this.name = name;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = in.read(target, offset, length);
      if (count > 0) digest.update(target, offset, count);
      if (count < 0 && !compared) {
        compared = true;
        if (!HexFormat.of().formatHex(digest.digest()).equals(name))
          throw StoreException.corrupt(
              path(name).toString(), "its content does not match its name", null);
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      // Through read, so that what is skipped is hashed as well.
      return readNBytes((int) Math.min(count, CHUNK_BYTES)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
