package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The blobs of a home in its shared store, with the node's own files as a cache before them: in
 * pieces, and with a mark that is written last. What {@link #has} is in the shared store.
 */
final class SharedBlobs implements BlobStore {
  private static final int PIECE_BYTES = 256 * 1024;

  /** Pieces of one blob that may wait for the store at once. */
  private static final int PIECES_WAITING_MAX = 16;

  private static final byte[] MARKS = Keys.prefix("blob");
  private static final byte[] INCOMING = Keys.prefix("incoming-blob");

  private record Kept(long size, long generation) {}

  private final FileBlobStore cache;
  private final BooksStore store;
  private final long bytesMax;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  /** Held while a mark is set or deleted, so that both reach the store in the order of the map. */
  private final Object marking = new Object();

  /** Finds what is there, and deletes what was put in part only. */
  SharedBlobs(FileBlobStore cache, BooksStore store, StoreSettings.Blobs settings) {
    this.cache = cache;
    this.store = store;
    this.bytesMax = settings.bytesMax();
    store.scan(
        Family.META,
        MARKS,
        Keys.after(MARKS),
        (key, value) -> {
          long size = ByteBuffer.wrap(value).getLong();
          kept.put(nameIn(key, MARKS), new Kept(size, 0));
          bytes.addAndGet(size);
          return true;
        });
    var commit = new Commit();
    store.scan(
        Family.META,
        INCOMING,
        Keys.after(INCOMING),
        (key, value) -> {
          commit.delete(Family.META, key);
          if (!kept.containsKey(nameIn(key, INCOMING))) deleteInto(commit, nameIn(key, INCOMING));
          return true;
        });
    if (!commit.isEmpty()) join(store.commit(commit));
  }

  /** Whether a key of the family META is one of these marks. */
  static boolean isMark(byte[] key) {
    return Conversion.startsWith(key, MARKS) || Conversion.startsWith(key, INCOMING);
  }

  private static String nameIn(byte[] key, byte[] prefix) {
    return new String(key, prefix.length, key.length - prefix.length, StandardCharsets.US_ASCII);
  }

  private static byte[] keyOf(byte[] prefix, String name) {
    var ascii = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(prefix.length + ascii.length).put(prefix).put(ascii).array();
  }

  private static void deleteInto(Commit commit, String name) {
    commit.deleteRange(Family.BLOBS, Keys.prefix(name), Keys.after(Keys.prefix(name)));
  }

  private static void join(CompletableFuture<Void> done) {
    try {
      done.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException cause ? cause : e;
    }
  }

  @Override
  public Blob put(InputStream in) throws IOException {
    return keep(cache.put(in));
  }

  @Override
  public Blob put(byte[] content) {
    return keep(cache.put(content));
  }

  @Override
  public Blob put(Path file) throws IOException {
    return keep(cache.put(file));
  }

  @Override
  public boolean obtain(String sha256) {
    try {
      if (!has(sha256) && cache.has(sha256)) put(cache.path(sha256));
    } catch (IOException e) {
      throw StoreException.io("read", cache.path(sha256), e);
    }
    return has(sha256);
  }

  private Blob keep(Blob blob) {
    if (!touch(blob.sha256())) {
      if (bytes.get() + blob.bytes() > bytesMax)
        throw StoreException.refused(
            "the blob store is full: " + bytes + " of " + bytesMax + " bytes are used",
            "remove ended jobs, or raise mosd.store.blobs.bytes-max");
      upload(blob);
    }
    return blob;
  }

  /** Spares it from sweeps that have begun; whether it is there. */
  private boolean touch(String name) {
    return kept.computeIfPresent(name, (any, found) -> new Kept(found.size, cache.generation()))
        != null;
  }

  private void upload(Blob blob) {
    var name = blob.sha256();
    CompletableFuture<Void> begun;
    synchronized (marking) {
      // A deletion of the same name reaches the store before the pieces, not between them.
      begun = store.commit(new Commit().put(Family.META, keyOf(INCOMING, name), new byte[0]));
    }
    join(begun);
    var prefix = Keys.prefix(name);
    Queue<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    try (var in = cache.open(name)) {
      long at = 0;
      for (byte[] piece = in.readNBytes(PIECE_BYTES);
          piece.length > 0;
          piece = in.readNBytes(PIECE_BYTES)) {
        if (waiting.size() == PIECES_WAITING_MAX) join(waiting.remove());
        waiting.add(store.commit(new Commit().put(Family.BLOBS, Keys.numbered(prefix, at), piece)));
        at += piece.length;
      }
    } catch (IOException e) {
      throw StoreException.io("read", cache.path(name), e);
    }
    while (!waiting.isEmpty()) join(waiting.remove());
    CompletableFuture<Void> marked;
    synchronized (marking) {
      var size = ByteBuffer.allocate(Long.BYTES).putLong(blob.bytes()).array();
      marked =
          store.commit(
              new Commit()
                  .put(Family.META, keyOf(MARKS, name), size)
                  .delete(Family.META, keyOf(INCOMING, name)));
      var before = kept.put(name, new Kept(blob.bytes(), cache.generation()));
      if (before == null) bytes.addAndGet(blob.bytes());
    }
    join(marked);
  }

  @Override
  public boolean has(String sha256) {
    return kept.containsKey(sha256);
  }

  @Override
  public OptionalLong size(String sha256) {
    var found = kept.get(sha256);
    return found == null ? OptionalLong.empty() : OptionalLong.of(found.size());
  }

  /** Brings it from the shared store if it is not among this node's files. */
  @Override
  public Path path(String sha256) {
    if (!cache.has(sha256) && has(sha256)) {
      try (var in = new Pieces(sha256)) {
        var brought = cache.put(in);
        if (!brought.sha256().equals(sha256))
          throw new StoreException(
              StoreException.Kind.CORRUPT,
              "the blob " + sha256 + " in the shared store does not match its name",
              "nothing was changed; bring back a backup of the database",
              null);
      } catch (IOException e) {
        throw StoreException.io("write", cache.path(sha256), e);
      }
    }
    return cache.path(sha256);
  }

  @Override
  public InputStream open(String sha256) {
    if (has(sha256)) path(sha256);
    return cache.open(sha256);
  }

  @Override
  public void verify(String sha256) {
    path(sha256);
    cache.verify(sha256);
  }

  @Override
  public boolean delete(String sha256) {
    return deleteUpTo(sha256, Long.MAX_VALUE) > 0;
  }

  private long deleteUpTo(String name, long upTo) {
    CompletableFuture<Void> deleted;
    long size;
    synchronized (marking) {
      var found = kept.get(name);
      if (found == null || found.generation > upTo || !kept.remove(name, found)) return 0;
      size = found.size;
      bytes.addAndGet(-size);
      var commit = new Commit().delete(Family.META, keyOf(MARKS, name));
      deleteInto(commit, name);
      deleted = store.commit(commit);
    }
    join(deleted);
    return Math.max(1, size);
  }

  @Override
  public long generation() {
    return cache.generation();
  }

  /** The node's files are swept with it: what is needed again is brought again. */
  @Override
  public long sweep(Set<String> keep, long upTo) {
    long freed = 0;
    for (var name : List.copyOf(kept.keySet()))
      if (!keep.contains(name)) freed += deleteUpTo(name, upTo);
    cache.sweep(keep, upTo);
    return freed;
  }

  @Override
  public List<Blob> list() {
    var blobs = new ArrayList<Blob>();
    kept.forEach((name, found) -> blobs.add(new Blob(name, found.size)));
    blobs.sort(Comparator.comparing(Blob::sha256));
    return blobs;
  }

  @Override
  public long bytes() {
    return bytes.get();
  }

  /** Nothing is held open. */
  @Override
  public void close() {}

  /** What guests work with: their own blobs stay on this node, the home's are brought to it. */
  BlobStore ofGuests() {
    return new OfGuests();
  }

  private final class OfGuests implements BlobStore {
    @Override
    public Blob put(InputStream in) throws IOException {
      return cache.put(in);
    }

    @Override
    public Blob put(byte[] content) {
      return cache.put(content);
    }

    @Override
    public Blob put(Path file) throws IOException {
      return cache.put(file);
    }

    @Override
    public boolean has(String sha256) {
      return cache.has(sha256) || SharedBlobs.this.has(sha256);
    }

    @Override
    public OptionalLong size(String sha256) {
      var here = cache.size(sha256);
      return here.isPresent() ? here : SharedBlobs.this.size(sha256);
    }

    @Override
    public InputStream open(String sha256) {
      return SharedBlobs.this.open(sha256);
    }

    @Override
    public Path path(String sha256) {
      return SharedBlobs.this.path(sha256);
    }

    @Override
    public void verify(String sha256) {
      SharedBlobs.this.verify(sha256);
    }

    @Override
    public boolean delete(String sha256) {
      return cache.delete(sha256);
    }

    @Override
    public long generation() {
      return cache.generation();
    }

    @Override
    public long sweep(Set<String> keep, long upTo) {
      return cache.sweep(keep, upTo);
    }

    @Override
    public List<Blob> list() {
      return cache.list();
    }

    @Override
    public long bytes() {
      return cache.bytes();
    }

    @Override
    public void close() {
      cache.close();
    }
  }

  /** The bytes of a blob, piece by piece. */
  private final class Pieces extends InputStream {
    private final byte[] prefix;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long at;
    private boolean ended;

    Pieces(String name) {
      this.prefix = Keys.prefix(name);
    }

    private boolean hasMore() {
      if (piece.hasRemaining() || ended) return !ended;
      var found = store.get(Family.BLOBS, Keys.numbered(prefix, at));
      ended = found.isEmpty();
      piece = ByteBuffer.wrap(found.orElse(new byte[0]));
      at += piece.remaining();
      return !ended;
    }

    @Override
    public int read() {
      return hasMore() ? Byte.toUnsignedInt(piece.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) return 0;
      if (!hasMore()) return -1;
      int count = Math.min(length, piece.remaining());
      piece.get(target, offset, count);
      return count;
    }
  }
}
