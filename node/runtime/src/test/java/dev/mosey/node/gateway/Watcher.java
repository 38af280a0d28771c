package dev.mosey.node.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.node.testcluster.Await;
import dev.mosey.node.testcluster.TestHttp;
import dev.mosey.protocol.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Follows the events of a node, as a browser would. */
final class Watcher implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final InputStream stream;
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private volatile String lastId;

  private Watcher(TestHttp node, String lastId) {
    this.lastId = lastId;
    this.stream =
        node.stream("/events", lastId == null ? Map.of() : Map.of("Last-Event-ID", lastId));
    Thread.ofVirtual().start(this::read);
    Await.until(PATIENCE, "it has a place", () -> this.lastId != null);
  }

  static Watcher of(TestHttp node) {
    return new Watcher(node, null);
  }

  /** Goes on after an event that another watcher has read last. */
  static Watcher of(TestHttp node, String lastId) {
    return new Watcher(node, lastId);
  }

  private void read() {
    String id = null;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          events.add(
              Json.parse(line.substring(6).getBytes(StandardCharsets.UTF_8), JsonNode.class));
        } else if (line.isEmpty() && id != null) {
          lastId = id;
        }
      }
    } catch (IOException closed) {
      // The test has closed it, or the node has ended.
    }
  }

  String lastId() {
    return lastId;
  }

  List<JsonNode> events() {
    return events;
  }

  /** The kinds of what happened to a job, in order. */
  List<String> of(String job) {
    return events.stream()
        .filter(event -> job.equals(event.path("job").asText()))
        .map(event -> event.get("event").asText())
        .toList();
  }

  void await(String what, Predicate<JsonNode> wanted) {
    Await.until(PATIENCE, what, () -> events.stream().anyMatch(wanted), events::toString);
  }

  void awaitEnd(String job) {
    await(job + " ends", event -> is(event, "job-ended") && is(event, "job", job));
  }

  static boolean is(JsonNode event, String kind) {
    return is(event, "event", kind);
  }

  static boolean is(JsonNode event, String field, String value) {
    return value.equals(event.path(field).asText());
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }
}
