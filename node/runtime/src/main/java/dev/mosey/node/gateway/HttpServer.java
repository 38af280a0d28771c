package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.StreamConverters;

/**
 * The node's one HTTP port: Mosey's interface, Pekko Management's routes, health and metrics. Turns
 * HTTP into {@link ApiRequest} and back; decides nothing.
 */
final class HttpServer {
  private static final String PREFIX = "/mosey/v1";
  private static final ContentType PROBLEM =
      MediaTypes.applicationWithFixedCharset(
              "problem+json", org.apache.pekko.http.javadsl.model.HttpCharsets.UTF_8)
          .toContentType();
  private static final ContentType METRICS =
      ContentTypes.parse("text/plain; version=0.0.4; charset=UTF-8");

  /**
   * What the server needs.
   *
   * @param bodyBytesMax largest body of a request, blobs excepted
   * @param bodyTimeout how long a request's body may take to arrive
   */
  record Settings(long bodyBytesMax, Duration bodyTimeout) {}

  private final ActorSystem<?> system;
  private final Settings settings;
  private final Authority authority;
  private final Api api;
  private final Uploads uploads;
  private final Supplier<CompletableFuture<String>> metrics;
  private final Function<HttpRequest, CompletionStage<HttpResponse>> management;
  private final String owner;

  HttpServer(
      ActorSystem<?> system,
      Settings settings,
      Authority authority,
      String owner,
      Api api,
      Uploads uploads,
      Supplier<CompletableFuture<String>> metrics,
      Function<HttpRequest, CompletionStage<HttpResponse>> management) {
    this.system = system;
    this.settings = settings;
    this.authority = authority;
    this.owner = owner;
    this.api = api;
    this.uploads = uploads;
    this.metrics = metrics;
    this.management = management;
  }

  /** Binds the port; {@code tls} null for plain HTTP. The future fails when the port is in use. */
  CompletionStage<ServerBinding> bind(String host, int port, SSLContext tls) {
    ServerBuilder server = Http.get(system).newServerAt(host, port);
    return (tls == null ? server : server.enableHttps(ConnectionContext.httpsServer(tls)))
        .bind(this::serve);
  }

  private CompletionStage<HttpResponse> serve(HttpRequest request) {
    try {
      return route(request);
    } catch (ApiException refused) {
      request.discardEntityBytes(system);
      return done(problem(refused.problem()));
    } catch (Exception e) {
      request.discardEntityBytes(system);
      return done(
          problem(
              Problem.of(400, "bad_request", "the request is malformed: " + e.getMessage(), null)));
    }
  }

  private CompletionStage<HttpResponse> route(HttpRequest request) throws Exception {
    String path = request.getUri().path();
    String method = request.method().value();
    authority.admit(
        method,
        path,
        header(request, "Authorization"),
        header(request, "Host"),
        header(request, "Origin"));
    if (path.equals("/metrics")) {
      request.discardEntityBytes(system);
      return metrics
          .get()
          .thenApply(
              text ->
                  HttpResponse.create()
                      .withEntity(
                          HttpEntities.create(METRICS, text.getBytes(StandardCharsets.UTF_8))));
    }
    if (!path.startsWith(PREFIX + "/")) {
      return management.apply(request);
    }
    if (path.startsWith(PREFIX + "/blobs")) {
      return uploads
          .serve(request, path.substring(PREFIX.length()))
          .exceptionally(HttpServer::failedUpload);
    }
    return request
        .entity()
        .withSizeLimit(settings.bodyBytesMax())
        .toStrict(settings.bodyTimeout().toMillis(), system)
        .handle((strict, failure) -> failure == null ? strict.getData().toArray() : tooLarge())
        .thenCompose(body -> answer(parse(request, path, body)));
  }

  private ApiRequest parse(HttpRequest request, String path, byte[] body) {
    String query = request.getUri().rawQueryString().map(q -> "?" + q).orElse("");
    String raw = request.getUri().getPathString();
    String user =
        Optional.ofNullable(header(request, "Mosey-User")).filter(u -> !u.isBlank()).orElse(owner);
    String target = (raw.startsWith(PREFIX) ? raw : path).substring(PREFIX.length()) + query;
    return ApiRequest.parse(
        request.method().value(), target, user, header(request, "Idempotency-Key"), body);
  }

  private CompletionStage<HttpResponse> answer(ApiRequest request) {
    boolean output =
        request.method().equals("GET")
            && request.path().size() == 3
            && request.path().get(2).equals("output");
    return api.handle(request)
        .thenApply(
            response -> output && response.status() == 200 ? output(response) : json(response));
  }

  private byte[] tooLarge() {
    throw new java.util.concurrent.CompletionException(
        new ApiException(
            413,
            "too_large",
            "the request's body is larger than " + settings.bodyBytesMax() + " bytes",
            null));
  }

  private static HttpResponse failedUpload(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause instanceof ApiException refused
        ? problem(refused.problem())
        : problem(Problem.of(500, "internal", "the upload failed: " + cause.getMessage(), null));
  }

  /** Output travels between nodes as JSON and leaves the cluster as plain bytes. */
  private static HttpResponse output(ApiResponse response) {
    OutputPart part = Json.parse(response.body(), OutputPart.class);
    List<HttpHeader> headers = new ArrayList<>();
    headers.add(RawHeader.create("Mosey-Offset", Long.toString(part.offset())));
    headers.add(RawHeader.create("Mosey-Size", Long.toString(part.size())));
    headers.add(RawHeader.create("Mosey-State", part.state()));
    headers.add(RawHeader.create("Mosey-Truncated", Boolean.toString(part.truncated())));
    headers.add(RawHeader.create("Mosey-Incarnation", Integer.toString(part.incarnation())));
    return HttpResponse.create()
        .addHeaders(headers)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, part.bytes()));
  }

  private static HttpResponse json(ApiResponse response) {
    ContentType type = response.status() >= 400 ? PROBLEM : ContentTypes.APPLICATION_JSON;
    HttpResponse answer =
        HttpResponse.create()
            .withStatus(StatusCodes.get(response.status()))
            .withEntity(HttpEntities.create(type, response.body()));
    return response.status() == 503
        ? answer.addHeader(RawHeader.create("Retry-After", "1"))
        : answer;
  }

  static HttpResponse problem(Problem problem) {
    return json(ApiResponse.of(problem));
  }

  private static String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse(null);
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return java.util.concurrent.CompletableFuture.completedStage(response);
  }

  /**
   * The stream of a request's body as blocking input, for whoever reads it on a thread that may
   * block.
   */
  static java.io.InputStream input(HttpRequest request, ActorSystem<?> system) {
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .runWith(StreamConverters.asInputStream(), system);
  }
}
