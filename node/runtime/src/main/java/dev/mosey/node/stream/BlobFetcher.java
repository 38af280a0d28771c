package dev.mosey.node.stream;

import dev.mosey.node.store.BlobStore;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * Brings blobs of other nodes into this node's store. A blob that is wanted several times at once
 * is fetched once; what breaks is resumed where it broke. Safe for use by every thread; nothing
 * blocks its caller.
 */
public final class BlobFetcher implements BlobSource, AutoCloseable {
  private static final long FIRST_BACKOFF_MILLIS = 50;

  private final BlobStore blobs;
  private final StreamSettings settings;
  private final Connections connections;
  private final Semaphore places;
  private final Map<Blob, CompletableFuture<Blob>> underWay = new ConcurrentHashMap<>();

  /**
   * Nothing is connected yet.
   *
   * @param addresses where the stream server of a node is, empty while unknown
   * @param key the cluster's key
   */
  public BlobFetcher(
      Function<NodeName, Optional<InetSocketAddress>> addresses,
      SSLContext key,
      BlobStore blobs,
      StreamSettings settings) {
    this.blobs = blobs;
    this.settings = settings;
    this.connections = new Connections(addresses, key, settings);
    this.places = new Semaphore(settings.fetchesMax());
  }

  /** {@link #fetch(List, Blob)} with one source. */
  public CompletionStage<Blob> fetch(NodeName from, Blob blob) {
    return fetch(List.of(from), blob);
  }

  @Override
  public CompletionStage<Blob> fetch(List<NodeName> from, Blob blob) {
    if (blobs.has(blob.sha256())) return CompletableFuture.completedFuture(blob);
    var mine = new CompletableFuture<Blob>();
    var other = underWay.putIfAbsent(blob, mine);
    if (other != null) return other.copy();
    Thread.ofVirtual().name("blob-fetch").start(() -> run(from, blob, mine));
    return mine.copy();
  }

  private void run(List<NodeName> from, Blob blob, CompletableFuture<Blob> result) {
    try {
      places.acquire();
      try {
        fetchFromAny(from, blob);
      } finally {
        places.release();
      }
      underWay.remove(blob, result);
      result.complete(blob);
    } catch (Throwable failure) {
      underWay.remove(blob, result);
      result.completeExceptionally(failure);
    }
  }

  private void fetchFromAny(List<NodeName> from, Blob blob)
      throws IOException, InterruptedException {
    if (from.isEmpty()) throw new StreamException("nobody is known to have it", true, null);
    StreamException last = null;
    var said = new StringBuilder();
    for (NodeName node : from) {
      if (blobs.obtain(blob.sha256())) return;
      try {
        fetchFrom(node, blob);
        return;
      } catch (StreamException e) {
        said.append(said.isEmpty() ? "" : "; ").append(e.getMessage());
        last = e;
      }
    }
    throw new StreamException(said.toString(), last.lasting(), last);
  }

  private void fetchFrom(NodeName node, Blob blob) throws IOException {
    try (var source = new Resuming(node, blob)) {
      Blob stored = blobs.put(source);
      if (!stored.equals(blob)) {
        // What came instead is named by nobody: the store's next sweep takes it.
        throw new StreamException(node + " sent other bytes than " + blob.sha256(), true, null);
      }
    }
  }

  @Override
  public void close() {
    connections.close();
  }

  /** The bytes of a blob, over as many connections as it takes. */
  private final class Resuming extends InputStream {
    private final NodeName node;
    private final Blob blob;
    private long offset;
    private int failures;
    private Connections.Transfer transfer;

    Resuming(NodeName node, Blob blob) {
      this.node = node;
      this.blob = blob;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      while (true) {
        try {
          if (transfer == null) transfer = connections.get(node, blob, offset);
          if (offset == blob.bytes()) {
            transfer.done();
            return -1;
          }
          int count = transfer.read(into, at, (int) Math.min(length, blob.bytes() - offset));
          offset += count;
          failures = 0;
          return count;
        } catch (StreamException e) {
          if (e.lasting()) throw e;
          retry(e);
        } catch (IOException e) {
          retry(new StreamException(node + " can't be reached: " + e.getMessage(), false, e));
        }
      }
    }

    private void retry(StreamException failure) throws StreamException {
      if (transfer != null) transfer.close();
      transfer = null;
      if (++failures >= settings.attempts()) throw failure;
      try {
        // sleeps because the other side's trouble has no condition that could be awaited here
        Thread.sleep(FIRST_BACKOFF_MILLIS << Math.min(failures - 1, 6));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure;
      }
    }

    @Override
    public void close() {
      if (transfer != null) transfer.close();
    }
  }
}
