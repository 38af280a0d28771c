package dev.mosey.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.demo.DemoFailure;
import dev.mosey.demo.Shell;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Nodes of the distribution on this machine, with key and data of their own; ends with them. */
final class Cluster implements AutoCloseable {
  private static final long PATIENCE_NANOS = 300_000_000_000L;

  private final Path directory;
  private final Path keys;
  private final List<String> names;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final Shell shell;

  /** Starts so many, 1 to 4, and waits until they are ready. */
  Cluster(Path distribution, int nodes) throws IOException {
    this(distribution, nodes, Map.of());
  }

  /** The same; each counts as a machine with one core of speed 1 and takes sixteen processes. */
  static Cluster ofOneCore(Path distribution, int nodes) throws IOException {
    return new Cluster(
        distribution, nodes, Map.of("MOSD_LOAD_CORES", "1", "MOSD_SPEED", "1", "MOSD_SLOTS", "16"));
  }

  private Cluster(Path distribution, int nodes, Map<String, String> settings) throws IOException {
    directory = Files.createTempDirectory("mosey-bench-");
    names = List.of("alpha", "beta", "gamma", "delta").subList(0, nodes);
    Map<String, String> environment = new HashMap<>(settings);
    for (String place :
        List.of("MOSEY_KEY_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")) {
      Path folder = Files.createDirectories(directory.resolve(place.toLowerCase(Locale.ROOT)));
      environment.put(place, folder.toString());
    }
    keys = Path.of(environment.get("MOSEY_KEY_DIR"));
    shell = new Shell(distribution.resolve("bin"), directory, environment);
    shell.run("mosixd", "start", "--local", Integer.toString(nodes), "--patience", "150s");
  }

  /** A folder that ends with the cluster. */
  Path directory() {
    return directory;
  }

  List<String> names() {
    return names;
  }

  /** The daemons; what they have started is below them. */
  List<ProcessHandle> daemons() {
    return names.stream()
        .map(name -> ProcessHandle.of(note(name).path("pid").asLong()).orElseThrow())
        .toList();
  }

  /** What that node answers. */
  JsonNode get(String node, String path) {
    return send(HttpRequest.newBuilder(uri(node, path)).GET(), node);
  }

  /** The same for a request with a body. */
  JsonNode post(String node, String path, Object body) {
    return send(
        HttpRequest.newBuilder(uri(node, path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
            .header("Content-Type", "application/json"),
        node);
  }

  /** Waits, asking now and then. */
  void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new DemoFailure("waited in vain for " + what);
      }
      pause(20);
    }
  }

  /** Lets time pass. */
  static void pause(long millis) {
    try {
      // sleeps because what is awaited is time itself, or another process that tells nobody
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  private URI uri(String node, String path) {
    return URI.create(note(node).path("url").asText() + "/mosey/v1/" + path);
  }

  private JsonNode note(String node) {
    try {
      return Json.MAPPER.readTree(keys.resolve("run").resolve(node + ".json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode send(HttpRequest.Builder request, String node) {
    try {
      String token = Files.readString(keys.resolve("token")).strip();
      HttpResponse<String> answer =
          client.send(
              request.header("Authorization", "Bearer " + token).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new DemoFailure(node + " answers " + answer.statusCode() + ": " + answer.body());
      }
      return Json.MAPPER.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  @Override
  public void close() {
    client.close();
    shell.run("mosixd", "stop");
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
