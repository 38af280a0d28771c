package dev.mosey.node.stream;

import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.node.store.BlobStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves this node's blobs to the other nodes of the cluster.
 *
 * <p>A client sends lines {@code GET SHA256 OFFSET}; each is answered by {@code OK BYTES} and so
 * many bytes, the blob from that offset to its end, or by {@code NO why}. What the client gets it
 * checks itself. Only who has the cluster's key gets as far as sending a line.
 */
public final class BlobServer implements AutoCloseable {
  /** Longest line either side sends. */
  static final int LINE_BYTES_MAX = 256;

  private static final Logger LOG = LoggerFactory.getLogger(BlobServer.class);
  private static final Pattern REQUEST = Pattern.compile("GET ([0-9a-f]{64}) ([0-9]{1,18})");
  private static final int CHUNK_BYTES = 64 * 1024;

  private final BlobStore blobs;
  private final StreamSettings settings;
  private final ServerSocket listening;
  private final Semaphore places;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private BlobServer(BlobStore blobs, StreamSettings settings, ServerSocket listening) {
    this.blobs = blobs;
    this.settings = settings;
    this.listening = listening;
    this.places = new Semaphore(settings.connectionsMax());
  }

  /**
   * Starts listening.
   *
   * @param address where; port 0 lets the system choose
   * @param key the cluster's key: both sides must have it
   * @throws UncheckedIOException if it can't listen there
   */
  public static BlobServer start(
      InetSocketAddress address, SSLContext key, BlobStore blobs, StreamSettings settings) {
    try {
      var listening = (SSLServerSocket) key.getServerSocketFactory().createServerSocket();
      listening.setSSLParameters(ClusterKey.serving(listening.getSSLParameters()));
      listening.setReuseAddress(true);
      listening.bind(address);
      var server = new BlobServer(blobs, settings, listening);
      Thread.ofVirtual().name("blob-server").start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("can't serve blobs at " + address + ": " + e.getMessage(), e);
    }
  }

  /** The address in use. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  private void accept() {
    while (!closed) {
      try {
        // Who finds no place waits in the kernel's queue, unanswered.
        places.acquire();
        Socket socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().name("blob-connection").start(() -> serve(socket));
      } catch (IOException e) {
        places.release();
        if (!closed) LOG.warn("event=blob-accept-failed reason=\"{}\"", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    closeQuietly(listening);
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) settings.idle().toMillis());
      var in = new BufferedInputStream(socket.getInputStream(), LINE_BYTES_MAX);
      OutputStream out = socket.getOutputStream();
      for (String line = readLine(in); line != null; line = readLine(in)) {
        if (!answer(line, out)) return;
      }
    } catch (IOException e) {
      // An idle connection, a client that left, or one without the key: nothing to mend here.
      LOG.debug("event=blob-connection-ended reason=\"{}\"", e.getMessage());
    } finally {
      open.remove(socket);
      places.release();
    }
  }

  /** Whether the connection is still in step. */
  private boolean answer(String line, OutputStream out) throws IOException {
    var request = REQUEST.matcher(line);
    if (!request.matches()) {
      send(out, "NO this is not a request for a blob");
      return false;
    }
    String name = request.group(1);
    long offset = Long.parseLong(request.group(2));
    if (!blobs.has(name)) {
      send(out, "NO it is not here");
      return true;
    }
    try (var file = FileChannel.open(blobs.path(name), StandardOpenOption.READ)) {
      long left = file.size() - offset;
      if (left < 0) {
        send(out, "NO it has only " + file.size() + " bytes");
        return true;
      }
      send(out, "OK " + left);
      var chunk = ByteBuffer.allocate(CHUNK_BYTES);
      for (long at = offset; left > 0; ) {
        chunk.clear();
        int count = file.read(chunk, at);
        if (count < 0) return false; // deleted and cut meanwhile: the client asks again
        out.write(chunk.array(), 0, (int) Math.min(count, left));
        at += count;
        left -= count;
      }
      out.flush();
      return true;
    }
  }

  private static void send(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** A line without its end; null where the stream ends. */
  static String readLine(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) return null;
      if (line.length() == LINE_BYTES_MAX) throw new IOException("a line without an end");
      line.append((char) next);
    }
    return line.toString();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("event=blob-close-failed reason=\"{}\"", e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    closeQuietly(listening);
    open.forEach(BlobServer::closeQuietly);
  }
}
