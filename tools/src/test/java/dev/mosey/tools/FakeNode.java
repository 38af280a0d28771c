package dev.mosey.tools;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers with what it was told to, and remembers what it was asked. */
public final class FakeNode implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Map<String, Deque<Canned>> answers = new HashMap<>();
  private final Map<String, Runnable> effects = new HashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** What somebody asked. */
  public record Asked(String line, Map<String, String> headers, String body) {}

  private record Canned(int status, Map<String, String> headers, byte[] body, boolean dies) {}

  public FakeNode() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.setExecutor(executor);
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Said several times for one request, the answers come in turn, the last for ever. */
  public FakeNode on(String request, String json) {
    return on(request, 200, Map.of("Content-Type", "application/json"), json);
  }

  public FakeNode on(String request, int status, String json) {
    return on(request, status, Map.of("Content-Type", "application/json"), json);
  }

  public FakeNode on(String request, int status, Map<String, String> headers, String body) {
    return add(request, new Canned(status, headers, body.getBytes(StandardCharsets.UTF_8), false));
  }

  /** Does this before it answers. */
  public synchronized FakeNode doing(String request, Runnable effect) {
    effects.put(request, effect);
    return this;
  }

  /** Takes the request and closes the connection without an answer. */
  public FakeNode dies(String request) {
    return add(request, new Canned(0, Map.of(), new byte[0], true));
  }

  private synchronized FakeNode add(String request, Canned canned) {
    answers.computeIfAbsent(request, any -> new ArrayDeque<>()).add(canned);
    return this;
  }

  public List<Asked> asked() {
    return Collections.unmodifiableList(asked);
  }

  /** The request lines, without the prefix of the interface. */
  public List<String> lines() {
    return asked.stream().map(Asked::line).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target = exchange.getRequestURI().toString().replaceFirst("^/mosey/v1", "");
      String line = exchange.getRequestMethod() + " " + target;
      Map<String, String> headers = new HashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      byte[] body = exchange.getRequestBody().readAllBytes();
      asked.add(new Asked(line, headers, new String(body, StandardCharsets.UTF_8)));
      effect(line).run();
      Canned canned = next(line);
      if (canned.dies) {
        return;
      }
      canned.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      boolean empty = canned.body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(canned.status, empty ? -1 : canned.body.length);
      if (!empty) {
        exchange.getResponseBody().write(canned.body);
      }
    }
  }

  private synchronized Runnable effect(String line) {
    return effects.getOrDefault(line, () -> {});
  }

  private synchronized Canned next(String line) {
    Deque<Canned> queue = answers.get(line);
    if (queue == null) {
      String title = "nothing canned for " + line;
      String problem = "{\"title\":\"" + title + "\",\"status\":404,\"code\":\"not_found\"}";
      return new Canned(404, Map.of(), problem.getBytes(StandardCharsets.UTF_8), false);
    }
    return queue.size() > 1 ? queue.poll() : queue.peek();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
