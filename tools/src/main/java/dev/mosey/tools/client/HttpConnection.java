package dev.mosey.tools.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection to a node, for one request after the other. Plain HTTP/1.1 by hand: {@code
 * java.net.http} takes longer to load than a whole tool may.
 */
final class HttpConnection implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int LINE_MOST = 16 * 1024;

  private final Endpoint endpoint;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private boolean usable = true;

  private HttpConnection(Endpoint endpoint, Socket socket) throws IOException {
    this.endpoint = endpoint;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    this.out = socket.getOutputStream();
  }

  /**
   * Connects.
   *
   * @param tls used when the endpoint is secure
   * @throws IOException nothing has been sent then
   */
  static HttpConnection open(Endpoint endpoint, SSLSocketFactory tls) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(address(endpoint.host()), endpoint.port()), CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      if (endpoint.secure()) {
        return new HttpConnection(
            endpoint, tls.createSocket(socket, endpoint.host(), endpoint.port(), true));
      }
      return new HttpConnection(endpoint, socket);
    } catch (IOException failed) {
      socket.close();
      throw failed;
    }
  }

  /** Addresses as numbers are by far the most, and need no resolver. */
  private static InetAddress address(String host) throws UnknownHostException {
    if (host.equals("127.0.0.1") || host.equals("localhost")) {
      return InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1});
    }
    return InetAddress.getByName(host);
  }

  /** To whom. */
  Endpoint to() {
    return endpoint;
  }

  /** Whether another request can be sent over it. */
  boolean usable() {
    return usable;
  }

  /**
   * Sends and waits for the answer.
   *
   * @param token of the cluster, or null
   * @param timeout until the first byte and between any two
   * @throws IOException whether the request was obeyed is not known then
   */
  Answer exchange(Request request, String token, Duration timeout) throws IOException {
    usable = false;
    socket.setSoTimeout(Math.toIntExact(timeout.plus(request.patience()).toMillis()));
    out.write(head(request, token).getBytes(StandardCharsets.UTF_8));
    if (request.body() != null) {
      out.write(request.body());
    }
    out.flush();
    Answer answer;
    try {
      answer = read(request.method());
    } catch (NumberFormatException malformed) {
      throw new IOException("it does not speak HTTP", malformed);
    }
    usable = !"close".equalsIgnoreCase(answer.header("connection"));
    return answer;
  }

  private String head(Request request, String token) {
    StringBuilder head = new StringBuilder(256);
    head.append(request.method())
        .append(' ')
        .append(request.target())
        .append(" HTTP/1.1\r\nHost: ");
    head.append(endpoint.authority()).append("\r\nAccept: */*\r\n");
    if (token != null) {
      head.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (request.body() != null) {
      head.append("Content-Length: ").append(request.body().length).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private Answer read(String method) throws IOException {
    String first = line();
    int space = first.indexOf(' ');
    int status;
    try {
      status = Integer.parseInt(first.substring(space + 1, Math.min(first.length(), space + 4)));
    } catch (IndexOutOfBoundsException | NumberFormatException notHttp) {
      throw new IOException("it does not speak HTTP");
    }
    if (!first.startsWith("HTTP/1.")) {
      throw new IOException("it does not speak HTTP");
    }
    Map<String, String> headers = new HashMap<>();
    for (String header = line(); !header.isEmpty(); header = line()) {
      int colon = header.indexOf(':');
      if (colon > 0) {
        headers.put(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).trim());
      }
    }
    if (status / 100 == 1) {
      return read(method);
    }
    return new Answer(endpoint, status, headers, body(method, status, headers));
  }

  private byte[] body(String method, int status, Map<String, String> headers) throws IOException {
    if (method.equals("HEAD") || status == 204 || status == 304) {
      return new byte[0];
    }
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return chunks();
    }
    String length = headers.get("content-length");
    if (length == null) {
      headers.put("connection", "close");
      return in.readAllBytes();
    }
    int expected = Integer.parseInt(length);
    byte[] body = in.readNBytes(expected);
    if (body.length < expected) {
      throw new EOFException("the answer ended too soon");
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      int end = size.indexOf(';');
      int expected = Integer.parseInt(end < 0 ? size.trim() : size.substring(0, end).trim(), 16);
      byte[] chunk = in.readNBytes(expected);
      if (chunk.length < expected) {
        throw new EOFException("the answer ended too soon");
      }
      body.write(chunk);
      if (!line().isEmpty() || expected == 0) {
        return body.toByteArray();
      }
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(80);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || line.size() > LINE_MOST) {
        throw new EOFException("the answer ended too soon");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException ignored) {
      // Nothing is pending: every answer has been read whole.
    }
  }
}
