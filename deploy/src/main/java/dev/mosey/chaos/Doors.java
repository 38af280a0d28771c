package dev.mosey.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.demo.DemoFailure;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The cluster as a client sees it: any node will do, and each may fail at any time. */
final class Doors {
  private static final Duration ANSWER = Duration.ofSeconds(8);

  private final List<Daemon> nodes;
  private final Access access;
  private final Random random;

  /** What was answered. */
  record Answer(int status, byte[] bytes) {
    /** As JSON; the empty object where it is none. */
    JsonNode body() {
      try {
        return Json.MAPPER.readTree(bytes);
      } catch (IOException other) {
        return Json.MAPPER.createObjectNode();
      }
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  Doors(List<Daemon> nodes, Access access, Random random) {
    this.nodes = nodes;
    this.access = access;
    this.random = random;
  }

  /** Asks one node, by chance which; nothing where it does not answer, or can't now. */
  Optional<Answer> ask(String method, String path, Object body, String key) {
    return ask(any(), method, path, body, key);
  }

  /** One of the nodes, by chance. */
  Daemon any() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** Asks this node. */
  Optional<Answer> ask(Daemon node, String method, String path, Object body, String key) {
    var bytes =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
    return ask(node, method, path, bytes, "application/json", key);
  }

  /** Gives this node a file. */
  Optional<Answer> put(Daemon node, String path, Path file) {
    try {
      var bytes = HttpRequest.BodyPublishers.ofFile(file);
      return ask(node, "PUT", path, bytes, "application/octet-stream", null);
    } catch (IOException missing) {
      throw new DemoFailure(file + " can't be read");
    }
  }

  private Optional<Answer> ask(
      Daemon node,
      String method,
      String path,
      HttpRequest.BodyPublisher body,
      String type,
      String key) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(node.url() + "/mosey/v1/" + path))
              .timeout(ANSWER)
              .header("Authorization", "Bearer " + access.token())
              .header("Content-Type", type)
              .method(method, body);
      if (key != null) {
        request.header("Idempotency-Key", key);
      }
      HttpResponse<byte[]> answer =
          access.client().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      boolean later = answer.statusCode() >= 500 || answer.statusCode() == 429;
      return later ? Optional.empty() : Optional.of(new Answer(answer.statusCode(), answer.body()));
    } catch (IOException unreachable) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  /** Whether this node says that it is ready, in a cluster of so many. */
  boolean isReady(Daemon node, int members) {
    return ask(node, "GET", "nodes", null, null)
        .filter(answer -> answer.status() == 200)
        .map(answer -> answer.body().path("items"))
        .map(
            items -> {
              int up = 0;
              for (JsonNode item : items) {
                up += item.path("state").asText().equals("up") ? 1 : 0;
              }
              return up == members;
            })
        .orElse(false);
  }
}
