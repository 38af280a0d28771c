package dev.mosey.node.gateway;

import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/**
 * {@code PUT /blobs} and {@code HEAD /blobs/SHA256}: what is too large for a request's body goes
 * into this node's blob store first.
 */
final class Uploads {
  /** What uploads need of a blob store. */
  interface Store {
    /** Keeps the bytes, synced; the name is their content's. */
    Blob put(InputStream bytes) throws IOException;

    /** The blob of this name, when it is here. */
    Optional<Blob> find(String sha256);
  }

  private final ActorSystem<?> system;
  private final Store store;
  private final Executor blocking;

  Uploads(ActorSystem<?> system, Store store, Executor blocking) {
    this.system = system;
    this.store = store;
    this.blocking = blocking;
  }

  /** Serves a request whose path below the prefix is {@code path}. */
  CompletionStage<HttpResponse> serve(HttpRequest request, String path) {
    String method = request.method().value();
    if (path.equals("/blobs") && method.equals("PUT")) {
      InputStream body = HttpServer.input(request, system);
      return CompletableFuture.supplyAsync(() -> put(body), blocking);
    }
    request.discardEntityBytes(system);
    if (path.startsWith("/blobs/") && method.equals("HEAD")) {
      String name = path.substring("/blobs/".length());
      return CompletableFuture.completedStage(
          HttpResponse.create()
              .withStatus(store.find(name).isPresent() ? StatusCodes.OK : StatusCodes.NOT_FOUND));
    }
    throw new ApiException(
        405,
        "method_not_allowed",
        "/mosey/v1" + path + " does not take " + method,
        "blobs take PUT /mosey/v1/blobs and HEAD /mosey/v1/blobs/SHA256");
  }

  private HttpResponse put(InputStream body) {
    try (body) {
      Blob blob = store.put(body);
      return HttpResponse.create()
          .withStatus(StatusCodes.CREATED)
          .withEntity(ContentTypes.APPLICATION_JSON, Json.bytes(blob));
    } catch (IOException e) {
      throw new ApiException(
          507,
          "no_space",
          "the upload could not be kept: " + e.getMessage(),
          "mosctl status shows the space of each node");
    }
  }
}
