package dev.mosey.node.gateway;

import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
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
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.StreamConverters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one HTTP port: Mosey's interface, Pekko Management's routes, health and metrics. Turns
 * HTTP into {@link ApiRequest} and back; decides nothing. Whatever is wrong with a request, its
 * answer is problem+json with one line.
 */
final class HttpServer {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final String PREFIX = "/mosey/v1";
  private static final String MANAGEMENT = "/cluster/";
  private static final int WORD_MAX = 200;
  private static final ContentType PROBLEM =
      MediaTypes.applicationWithFixedCharset(
              "problem+json", org.apache.pekko.http.javadsl.model.HttpCharsets.UTF_8)
          .toContentType();

  /**
   * What the server needs.
   *
   * @param bodyBytesMax largest body of a request, blobs excepted
   * @param bodyTimeout how long a request's body may take to arrive
   */
  record Settings(long bodyBytesMax, Duration bodyTimeout) {}

  /**
   * What is served.
   *
   * @param api below {@code /mosey/v1}
   * @param uploads of blobs
   * @param pages by exact path, to be read by anyone who may
   * @param events opens a stream of events, after the id that the client has read last, or null
   * @param management Pekko Management's routes
   */
  record Routes(
      Api api,
      Uploads uploads,
      Map<String, Supplier<CompletionStage<HttpResponse>>> pages,
      Function<String, CompletionStage<HttpResponse>> events,
      Function<HttpRequest, CompletionStage<HttpResponse>> management) {}

  private final ActorSystem<?> system;
  private final Settings settings;
  private final Authority authority;
  private final String owner;
  private final Routes routes;

  HttpServer(
      ActorSystem<?> system, Settings settings, Authority authority, String owner, Routes routes) {
    this.system = system;
    this.settings = settings;
    this.authority = authority;
    this.owner = owner;
    this.routes = routes;
  }

  /** Binds the port; {@code tls} null for plain HTTP. The future fails when the port is in use. */
  CompletionStage<ServerBinding> bind(String host, int port, SSLContext tls) {
    ServerBuilder server = Http.get(system).newServerAt(host, port);
    return (tls == null ? server : server.enableHttps(ConnectionContext.httpsServer(tls)))
        .bind(this::serve);
  }

  private CompletionStage<HttpResponse> serve(HttpRequest request) {
    try {
      return route(request).exceptionally(HttpServer::failed);
    } catch (Exception refused) {
      request.discardEntityBytes(system);
      return done(failed(refused));
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
    Supplier<CompletionStage<HttpResponse>> page = routes.pages().get(path);
    if (page != null) {
      onlyRead(method, path);
      request.discardEntityBytes(system);
      return page.get();
    }
    if (path.startsWith(MANAGEMENT)) {
      onlyRead(method, path);
      return routes.management().apply(request);
    }
    if (!path.startsWith(PREFIX + "/") || path.startsWith(PREFIX + "/local/")) {
      // What is local is for other nodes' calls alone.
      throw ApiException.notFound(
          "there is no " + path, "GET " + PREFIX + "/openapi.json lists what there is");
    }
    if (path.equals(PREFIX + "/blobs") || path.startsWith(PREFIX + "/blobs/")) {
      return routes.uploads().serve(request, path.substring(PREFIX.length()));
    }
    if (path.equals(PREFIX + "/events") && method.equals("GET")) {
      request.discardEntityBytes(system);
      return routes.events().apply(header(request, "Last-Event-ID"));
    }
    checkType(request);
    return body(request).thenCompose(body -> answer(parse(request, path, body)));
  }

  /**
   * The body. One that is too large is read to its end all the same, and dropped: most clients look
   * for an answer only when they have sent everything.
   */
  private CompletionStage<byte[]> body(HttpRequest request) {
    if (request.entity() instanceof HttpEntity.Strict strict) {
      if (strict.getData().size() > settings.bodyBytesMax()) {
        throw tooLarge();
      }
      return CompletableFuture.completedStage(strict.getData().toArray());
    }
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    AtomicLong size = new AtomicLong();
    return request
        .entity()
        .withoutSizeLimit()
        .getDataBytes()
        .completionTimeout(settings.bodyTimeout())
        .runForeach(
            part -> {
              if (size.addAndGet(part.size()) <= settings.bodyBytesMax()) {
                kept.writeBytes(part.toArray());
              }
            },
            system)
        .handle(
            (done, failure) -> {
              if (size.get() > settings.bodyBytesMax()) {
                throw tooLarge();
              }
              if (failure != null) {
                throw unread(failure);
              }
              return kept.toByteArray();
            });
  }

  private ApiException tooLarge() {
    return new ApiException(
        413,
        "too_large",
        "the request's body is larger than " + settings.bodyBytesMax() + " bytes",
        "PUT /mosey/v1/blobs takes large files; mosd.gateway.body-bytes is the bound");
  }

  private static void onlyRead(String method, String path) {
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw new ApiException(
          405, "method_not_allowed", path + " does not take " + method, "it takes GET");
    }
  }

  /** A body is JSON; one that does not say what it is is taken for it. */
  private static void checkType(HttpRequest request) {
    ContentType type = request.entity().getContentType();
    boolean none = request.entity().isKnownEmpty() || type.equals(ContentTypes.NO_CONTENT_TYPE);
    String media = type.mediaType().toString();
    if (!none && !media.equals("application/json")) {
      throw new ApiException(
          415,
          "unsupported_type",
          "the request's body is " + media + ", not JSON",
          "send it with Content-Type: application/json");
    }
  }

  private ApiRequest parse(HttpRequest request, String path, byte[] body) {
    String query = request.getUri().rawQueryString().map(q -> "?" + q).orElse("");
    String raw = request.getUri().getPathString();
    String user = word(request, "Mosey-User");
    String target = (raw.startsWith(PREFIX) ? raw : path).substring(PREFIX.length()) + query;
    return ApiRequest.parse(
        request.method().value(),
        target,
        user == null ? owner : user,
        word(request, "Idempotency-Key"),
        body);
  }

  /** A header that is kept: bounded, and fit to be printed; null when it is absent or blank. */
  private static String word(HttpRequest request, String name) {
    String value = header(request, name);
    if (value == null || value.isBlank()) {
      return null;
    }
    if (value.length() > WORD_MAX || value.chars().anyMatch(Character::isISOControl)) {
      throw ApiException.badRequest(
          "the header " + name + " must have at most " + WORD_MAX + " printable characters",
          "leave it out or shorten it");
    }
    return value;
  }

  private CompletionStage<HttpResponse> answer(ApiRequest request) {
    boolean output =
        request.method().equals("GET")
            && request.path().size() == 3
            && request.path().get(2).equals("output");
    routes.api().checkQuery(request);
    return routes
        .api()
        .handle(request)
        .thenApply(
            response -> output && response.status() == 200 ? output(response) : json(response));
  }

  private ApiException unread(Throwable failure) {
    if (cause(failure) instanceof TimeoutException) {
      return new ApiException(
          408,
          "too_slow",
          "the request's body did not arrive within " + settings.bodyTimeout().toMillis() + " ms",
          "send it faster; mosd.gateway.body-timeout is the bound");
    }
    return ApiException.badRequest("the request's body could not be read", "send it again");
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static HttpResponse failed(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof ApiException refused) {
      return problem(refused.problem());
    }
    if (cause instanceof IllegalUriException) {
      return problem(
          Problem.of(400, "bad_request", "the address is malformed", "encode it with %XX"));
    }
    LOG.error("event=request-failed", cause);
    return problem(
        Problem.of(
            500,
            "internal",
            "the node failed to answer; its log says why",
            "look for event=request-failed in it"));
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

  /** As JSON, or as problem+json. */
  static HttpResponse json(ApiResponse response) {
    ContentType type = response.status() >= 400 ? PROBLEM : ContentTypes.APPLICATION_JSON;
    HttpResponse answer =
        HttpResponse.create()
            .withStatus(StatusCodes.get(response.status()))
            .withEntity(HttpEntities.create(type, response.body()));
    return response.status() == 503
        ? answer.addHeader(RawHeader.create("Retry-After", "1"))
        : answer;
  }

  /** JSON that is no problem+json, whatever its status. */
  static HttpResponse plainJson(ApiResponse response) {
    return HttpResponse.create()
        .withStatus(StatusCodes.get(response.status()))
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, response.body()));
  }

  static HttpResponse problem(Problem problem) {
    return json(ApiResponse.of(problem));
  }

  private static String header(HttpRequest request, String name) {
    return request.getHeader(name).map(HttpHeader::value).orElse(null);
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedStage(response);
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
