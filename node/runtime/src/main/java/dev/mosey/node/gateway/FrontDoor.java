package dev.mosey.node.gateway;

import dev.mosey.node.home.Home;
import dev.mosey.node.store.BlobStore;
import dev.mosey.protocol.job.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Puts the HTTP server together: the table, health, metrics, events, uploads, the live page. */
final class FrontDoor {
  private static final Duration INSPECT_PATIENCE = Duration.ofSeconds(1);
  private static final ContentType METRICS =
      ContentTypes.parse("text/plain; version=0.0.4; charset=UTF-8");

  private FrontDoor() {}

  static HttpServer of(
      Asking asking, Gateway.Parts parts, Everywhere everywhere, Api api, Executor blocking) {
    ActorSystem<?> system = asking.system();
    GatewaySettings settings = parts.settings();
    Health health = health(asking, parts);
    EventStream stream = events(system, parts, everywhere, api);
    Metrics metrics = new Metrics(asking, parts, api, health, () -> books(asking), stream::metrics);
    return new HttpServer(
        system,
        new HttpServer.Settings(settings.bodyBytesMax(), settings.bodyTimeout()),
        new Authority(parts.token(), parts.hosts()),
        parts.owner(),
        new HttpServer.Routes(
            api,
            new Uploads(system, new UploadStore(parts.blobs()), blocking),
            pages(health, metrics, WebPage.load()),
            stream::open,
            new ManagementRoutes(system, parts.clusterSystem())));
  }

  private static EventStream events(
      ActorSystem<?> system, Gateway.Parts parts, Everywhere everywhere, Api api) {
    GatewaySettings settings = parts.settings();
    ClusterFeed feed = new ClusterFeed(system, everywhere, parts.events());
    feed.register(api);
    api.on(
        "GET",
        "events",
        (request, none) -> {
          throw ApiException.badRequest("events are a stream: ask for them over HTTP", null);
        });
    return new EventStream(
        parts.events().all(),
        feed::wanted,
        new EventStream.Settings(
            settings.eventWatchers(), settings.eventHeartbeat(), settings.eventPatience()));
  }

  private static Map<String, Supplier<CompletionStage<HttpResponse>>> pages(
      Health health, Metrics metrics, WebPage page) {
    return Map.of(
        "/alive",
        () -> CompletableFuture.completedFuture(HttpServer.json(health.alive())),
        "/ready",
        () -> health.ready().thenApply(HttpServer::json),
        "/health",
        () -> health.health().thenApply(HttpServer::plainJson),
        "/",
        () -> CompletableFuture.completedFuture(page.response()),
        "/metrics",
        () ->
            metrics
                .text()
                .thenApply(
                    text ->
                        HttpResponse.create()
                            .withEntity(
                                HttpEntities.create(
                                    METRICS, text.getBytes(StandardCharsets.UTF_8)))));
  }

  private static Health health(Asking asking, Gateway.Parts parts) {
    return new Health(
        new Health.Sources(
            parts.post().self().node(),
            () -> status(parts.clusterSystem().get()),
            parts.cluster(),
            () -> books(asking),
            parts.takesNewWork(),
            parts.supervision()));
  }

  /** This node's status as the cluster has it; null while it has joined none. */
  private static String status(ActorSystem<?> cluster) {
    if (cluster == null || cluster.getWhenTerminated().toCompletableFuture().isDone()) {
      return null;
    }
    String status = Cluster.get(cluster).selfMember().status().toString();
    return status.equals("Removed") ? null : status.toLowerCase(Locale.ROOT);
  }

  private static CompletableFuture<Home.Condition> books(Asking asking) {
    return asking.within(INSPECT_PATIENCE).ask(asking.actors().home(), Home.Inspect::new);
  }

  private record UploadStore(BlobStore blobs) implements Uploads.Store {
    @Override
    public Blob put(InputStream bytes) throws IOException {
      return blobs.put(bytes);
    }

    @Override
    public Optional<Blob> find(String sha256) {
      OptionalLong size = blobs.size(sha256);
      return size.isPresent() ? Optional.of(new Blob(sha256, size.getAsLong())) : Optional.empty();
    }
  }
}
