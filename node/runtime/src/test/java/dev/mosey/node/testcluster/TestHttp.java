package dev.mosey.node.testcluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.key.KeyDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Asks one node over HTTP, with the cluster's token. */
public final class TestHttp {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String url;
  private final Path keyDirectory;

  TestHttp(String url, Path keyDirectory) {
    this.url = url;
    this.keyDirectory = keyDirectory;
  }

  /** Its address. */
  public String url() {
    return url;
  }

  private HttpClient client() throws IOException {
    if (url.startsWith("http:")) {
      return CLIENT;
    }
    ClusterKey key = ClusterKey.open(new KeyDirectory(keyDirectory));
    return HttpClient.newBuilder().connectTimeout(CONNECT).sslContext(key.sslContext()).build();
  }

  /** What it answered. */
  public record Answer(int status, byte[] body, Map<String, String> headers) {
    /** As text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** As JSON; missing when it is none. */
    public JsonNode json() {
      try {
        return Json.MAPPER.readTree(body);
      } catch (IOException none) {
        return MissingNode.getInstance();
      }
    }
  }

  /** What the header {@code Authorization} carries. */
  public String bearer() throws IOException {
    return "Bearer " + Files.readString(keyDirectory.resolve("token")).strip();
  }

  /** GET below {@code /mosey/v1}, or of an absolute path that begins with two slashes. */
  public Answer get(String path) {
    return send("GET", path, null, Map.of());
  }

  /** POST of JSON. */
  public Answer post(String path, String json) {
    return send("POST", path, json.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** POST of JSON with an idempotency key. */
  public Answer post(String path, String json, String key) {
    return send(
        "POST", path, json.getBytes(StandardCharsets.UTF_8), Map.of("Idempotency-Key", key));
  }

  /** The lines of an answer that does not end; closing it ends the connection. */
  public InputStream stream(String path, Map<String, String> headers) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + "/mosey/v1" + path))
              .header("Authorization", bearer());
      headers.forEach(request::setHeader);
      var response = client().send(request.build(), BodyHandlers.ofInputStream());
      if (response.statusCode() != 200) {
        throw new AssertionError(path + " was answered " + response.statusCode());
      }
      return response.body();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }

  /** Any request. */
  public Answer send(String method, String path, byte[] body, Map<String, String> headers) {
    try {
      String target = path.startsWith("//") ? path.substring(1) : "/mosey/v1" + path;
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + target))
              .timeout(PATIENCE)
              .header("Authorization", bearer())
              .method(
                  method,
                  body == null
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(body));
      if (body != null) {
        request.header("Content-Type", "application/json");
      }
      headers.forEach(request::setHeader);
      var response = client().send(request.build(), BodyHandlers.ofByteArray());
      Map<String, String> first = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      response.headers().map().forEach((name, values) -> first.put(name, values.getFirst()));
      return new Answer(response.statusCode(), response.body(), first);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stopped);
    }
  }
}
