package dev.mosey.node.stream;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** Connections to blob servers; one that is done with a blob is used for the next. */
final class Connections implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Function<NodeName, Optional<InetSocketAddress>> addresses;
  private final SSLContext key;
  private final StreamSettings settings;
  private final Map<InetSocketAddress, Deque<Link>> idle = new HashMap<>();
  private boolean closed;

  Connections(
      Function<NodeName, Optional<InetSocketAddress>> addresses,
      SSLContext key,
      StreamSettings settings) {
    this.addresses = addresses;
    this.key = key;
    this.settings = settings;
  }

  private record Link(
      InetSocketAddress address, Socket socket, InputStream in, long idleSinceNanos) {}

  /**
   * Asks a node for the rest of a blob.
   *
   * @throws StreamException with the node's refusal
   * @throws IOException if it can't be reached
   */
  Transfer get(NodeName node, Blob blob, long offset) throws IOException {
    var address =
        addresses
            .apply(node)
            .orElseThrow(
                () -> new StreamException("the address of " + node + " is unknown", false, null));
    for (Link kept = takeIdle(address); kept != null; kept = takeIdle(address)) {
      try {
        return request(node, kept, blob, offset);
      } catch (StreamException e) {
        throw e;
      } catch (IOException stale) {
        close(kept); // the other side may have closed it long ago: only a new one tells
      }
    }
    return request(node, connect(node, address), blob, offset);
  }

  private Link connect(NodeName node, InetSocketAddress address) throws IOException {
    var socket = (SSLSocket) key.getSocketFactory().createSocket();
    try {
      socket.connect(
          new InetSocketAddress(address.getHostString(), address.getPort()),
          (int) settings.stall().toMillis());
      socket.setSoTimeout((int) settings.stall().toMillis());
      socket.setTcpNoDelay(true);
      socket.startHandshake();
      return new Link(
          address, socket, new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES), 0);
    } catch (SSLException e) {
      socket.close();
      throw refused(node, e);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Transfer request(NodeName node, Link link, Blob blob, long offset) throws IOException {
    try {
      String line = "GET " + blob.sha256() + " " + offset + "\n";
      link.socket().getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
      String answer = BlobServer.readLine(link.in());
      if (answer == null) throw new EOFException("it closed the connection");
      if (answer.startsWith("NO ")) {
        giveBack(link);
        throw new StreamException(node + " says of the blob: " + answer.substring(3), true, null);
      }
      if (!answer.equals("OK " + (blob.bytes() - offset))) {
        close(link);
        throw new StreamException(
            node + " has another length than " + blob.bytes() + " bytes", true, null);
      }
      return new Transfer(link);
    } catch (StreamException e) {
      throw e;
    } catch (SSLException e) {
      close(link);
      // With TLS 1.3 the client learns only now that its certificate was refused.
      throw refused(node, e);
    } catch (IOException e) {
      close(link);
      throw e;
    }
  }

  /** Another key is for good; a handshake that was cut off is not. */
  private static IOException refused(NodeName node, SSLException failure) {
    boolean lasting = String.valueOf(failure.getMessage()).contains("Received fatal alert");
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      lasting |= cause instanceof GeneralSecurityException;
    }
    return lasting
        ? new StreamException(node + " has another key: " + failure.getMessage(), true, failure)
        : failure;
  }

  private synchronized Link takeIdle(InetSocketAddress address) {
    var links = idle.get(address);
    if (links == null) return null;
    long now = System.nanoTime();
    Link fresh = null;
    while (fresh == null && !links.isEmpty()) {
      Link next = links.pop();
      // Half the server's patience: it is surely still open there.
      if (now - next.idleSinceNanos() < settings.idle().toNanos() / 2) fresh = next;
      else close(next);
    }
    if (links.isEmpty()) idle.remove(address);
    return fresh;
  }

  private synchronized void giveBack(Link link) {
    if (closed) {
      close(link);
      return;
    }
    idle.computeIfAbsent(link.address(), each -> new ArrayDeque<>())
        .push(new Link(link.address(), link.socket(), link.in(), System.nanoTime()));
  }

  private static void close(Link link) {
    try {
      link.socket().close();
    } catch (IOException alreadyBroken) {
      // It is given up either way.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.values().forEach(links -> links.forEach(Connections::close));
    idle.clear();
  }

  /** One blob on its way. */
  final class Transfer implements AutoCloseable {
    private Link link;

    private Transfer(Link link) {
      this.link = link;
    }

    /** At least one byte. */
    int read(byte[] into, int at, int length) throws IOException {
      int count = link.in().read(into, at, length);
      if (count < 0) throw new EOFException("it closed the connection");
      return count;
    }

    /** All has been read: the connection may carry the next. */
    void done() {
      if (link != null) giveBack(link);
      link = null;
    }

    @Override
    public void close() {
      if (link != null) Connections.close(link);
      link = null;
    }
  }
}
