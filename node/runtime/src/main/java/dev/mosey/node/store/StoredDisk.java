package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Files that are only appended to, in a {@link BooksStore}: pieces under the file's name and their
 * position. What was not synced is in memory, and is read from there. So output is fenced with the
 * books: it is a write like all others.
 */
final class StoredDisk implements Disk {
  private static final int PIECE_BYTES = 256 * 1024;
  private static final int COMMIT_BYTES = 4 << 20;
  private static final long BUSY_PAUSE_NANOS = 20_000_000L;

  private final BooksStore store;

  StoredDisk(BooksStore store) {
    this.store = store;
  }

  private static byte[] prefix(Path file) {
    return Keys.prefix(file.toString());
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    if (sizeOf(file) > 0) throw new FileAlreadyExistsException(file.toString());
    return new Stored(file, 0);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    long size = sizeOf(file);
    if (size == 0) throw new NoSuchFileException(file.toString());
    return new Stored(file, size);
  }

  private long sizeOf(Path file) {
    var prefix = prefix(file);
    var size = new long[1];
    store.scanDown(
        Family.FILES,
        prefix,
        Keys.after(prefix),
        (key, piece) -> {
          size[0] = Keys.number(key) + piece.length;
          return false;
        });
    return size[0];
  }

  @Override
  public void rename(Path from, Path to) {
    var commit = new Commit();
    deleteInto(commit, to);
    var source = prefix(from);
    var target = prefix(to);
    store.scan(
        Family.FILES,
        source,
        Keys.after(source),
        (key, piece) -> {
          commit.put(Family.FILES, Keys.numbered(target, Keys.number(key)), piece);
          return true;
        });
    deleteInto(commit, from);
    commit(List.of(commit));
  }

  private static void deleteInto(Commit commit, Path file) {
    commit.deleteRange(Family.FILES, prefix(file), Keys.after(prefix(file)));
  }

  @Override
  public void delete(Path file) {
    var commit = new Commit();
    deleteInto(commit, file);
    commit(List.of(commit));
  }

  /** Nothing to do: what was committed is durable. */
  @Override
  public void syncDirectory(Path directory) {}

  @Override
  public void createDirectories(Path directory) {}

  @Override
  public List<String> list(Path directory) {
    var names = new TreeSet<String>();
    byte[] start = (directory + "/").getBytes(StandardCharsets.UTF_8);
    byte[] end = (directory + "0").getBytes(StandardCharsets.UTF_8);
    byte[] from = start;
    while (from != null) {
      var found = new String[1];
      store.scan(
          Family.FILES,
          from,
          end,
          (key, piece) -> {
            int length = key.length - Long.BYTES - 1 - start.length;
            found[0] = new String(key, start.length, length, StandardCharsets.UTF_8);
            return false;
          });
      if (found[0] != null) names.add(found[0]);
      from = found[0] == null ? null : Keys.after(prefix(directory.resolve(found[0])));
    }
    return List.copyOf(names);
  }

  @Override
  public Optional<byte[]> readWhole(Path file) {
    var prefix = prefix(file);
    var pieces = new ArrayList<byte[]>();
    store.scan(
        Family.FILES,
        prefix,
        Keys.after(prefix),
        (key, piece) -> {
          pieces.add(piece);
          return true;
        });
    if (pieces.isEmpty()) return Optional.empty();
    var whole = ByteBuffer.allocate(pieces.stream().mapToInt(piece -> piece.length).sum());
    pieces.forEach(whole::put);
    return Optional.of(whole.array());
  }

  /** Durable on return. That too much waits for the store is no failure: it is tried again. */
  private void commit(List<Commit> commits) {
    var pending = new ArrayList<CompletableFuture<Void>>();
    for (var commit : commits) pending.add(store.commit(commit));
    for (int i = 0; i < pending.size(); i++) {
      var done = pending.get(i);
      while (true) {
        try {
          done.join();
          break;
        } catch (CompletionException e) {
          if (!(e.getCause() instanceof StoreException cause)) throw e;
          if (cause.kind() != StoreException.Kind.REFUSED) throw cause;
          LockSupport.parkNanos(BUSY_PAUSE_NANOS);
          done = store.commit(commits.get(i));
        }
      }
    }
  }

  /** Bytes up to {@link #stored} are in the store, those after it in {@link #tail}. */
  private final class Stored implements DiskFile {
    private final Path path;
    private final byte[] prefix;
    private long stored;
    private byte[] tail = new byte[1024];
    private int tailLength;

    Stored(Path path, long size) {
      this.path = path;
      this.prefix = prefix(path);
      this.stored = size;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public synchronized long size() {
      return stored + tailLength;
    }

    @Override
    public synchronized void write(ByteBuffer bytes, long position) throws IOException {
      if (position != size())
        throw new IOException(path + " is only appended to: " + position + " is not " + size());
      int count = bytes.remaining();
      if (tailLength + count > tail.length)
        tail = Arrays.copyOf(tail, Math.max(tailLength + count, 2 * tail.length));
      bytes.get(tail, tailLength, count);
      tailLength += count;
    }

    @Override
    public int read(ByteBuffer bytes, long position) {
      long inStore;
      byte[] rest;
      synchronized (this) {
        inStore = stored;
        int from = (int) Math.clamp(position - stored, 0L, tailLength);
        long end = position + bytes.remaining() - stored;
        rest = Arrays.copyOfRange(tail, from, (int) Math.clamp(end, (long) from, tailLength));
      }
      int before = bytes.remaining();
      if (position < inStore) readStored(bytes, position);
      bytes.put(rest, 0, Math.min(rest.length, bytes.remaining()));
      return before - bytes.remaining();
    }

    private void readStored(ByteBuffer bytes, long position) {
      var start = new long[] {position};
      store.scanDown(
          Family.FILES,
          prefix,
          Keys.numbered(prefix, position + 1),
          (key, piece) -> {
            start[0] = Keys.number(key);
            return false;
          });
      store.scan(
          Family.FILES,
          Keys.numbered(prefix, start[0]),
          Keys.numbered(prefix, position + bytes.remaining()),
          (key, piece) -> {
            int skip = (int) Math.max(0, position - Keys.number(key));
            int count = Math.min(piece.length - skip, bytes.remaining());
            if (count > 0) bytes.put(piece, skip, count);
            return true;
          });
    }

    @Override
    public synchronized void truncate(long length) {
      if (length >= stored) {
        tailLength = (int) Math.min(tailLength, length - stored);
        return;
      }
      var commit = new Commit();
      store.scanDown(
          Family.FILES,
          prefix,
          Keys.numbered(prefix, length),
          (key, piece) -> {
            int keep = (int) (length - Keys.number(key));
            if (keep < piece.length) commit.put(Family.FILES, key, Arrays.copyOf(piece, keep));
            return false;
          });
      commit.deleteRange(Family.FILES, Keys.numbered(prefix, length), Keys.after(prefix));
      commit(List.of(commit));
      stored = length;
      tailLength = 0;
    }

    @Override
    public void sync() {
      byte[] due;
      long at;
      synchronized (this) {
        due = Arrays.copyOf(tail, tailLength);
        at = stored;
      }
      if (due.length == 0) return;
      var commits = new ArrayList<Commit>();
      for (int from = 0; from < due.length; from += PIECE_BYTES) {
        if (commits.isEmpty() || commits.getLast().bytes() >= COMMIT_BYTES)
          commits.add(new Commit());
        var piece = Arrays.copyOfRange(due, from, Math.min(due.length, from + PIECE_BYTES));
        commits.getLast().put(Family.FILES, Keys.numbered(prefix, at + from), piece);
      }
      commit(commits);
      synchronized (this) {
        stored += due.length;
        tailLength -= due.length;
        tail = Arrays.copyOfRange(tail, due.length, due.length + Math.max(1024, tailLength));
      }
    }

    @Override
    public void close() {}
  }
}
