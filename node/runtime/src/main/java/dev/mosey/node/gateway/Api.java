package dev.mosey.node.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of what can be asked below {@code /mosey/v1}: method and path pattern to handler.
 * Requests over HTTP and calls of other nodes go through the same table.
 */
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);

  /** Answers one kind of request. {@code captures} are the path's variable segments, in order. */
  @FunctionalInterface
  interface Handler {
    CompletableFuture<ApiResponse> handle(ApiRequest request, List<String> captures);
  }

  private record Route(
      String method, List<String> pattern, Handler handler, Set<String> parameters) {
    String entry() {
      return method + " " + String.join("/", pattern);
    }

    /** The captured segments, or null when the path is another. */
    List<String> match(List<String> path) {
      if (path.size() != pattern.size()) {
        return null;
      }
      List<String> captures = new ArrayList<>();
      for (int i = 0; i < path.size(); i++) {
        if (pattern.get(i).equals("*")) {
          captures.add(path.get(i));
        } else if (!pattern.get(i).equals(path.get(i))) {
          return null;
        }
      }
      return captures;
    }
  }

  private final List<Route> routes = new ArrayList<>();
  private final Map<String, Long> counts = new HashMap<>();

  /**
   * Adds an entry: {@code pattern} like {@code jobs/*}{@code /cancel}. Fixed segments must be added
   * before variable ones. {@code parameters} are those of its query.
   */
  Api on(String method, String pattern, Handler handler, String... parameters) {
    routes.add(new Route(method, List.of(pattern.split("/")), handler, Set.of(parameters)));
    return this;
  }

  /**
   * Refuses a parameter that the entry does not know, so that a mistyped one is not passed over.
   * Not for calls of other nodes, which may be newer.
   *
   * @throws ApiException 400
   */
  void checkQuery(ApiRequest request) {
    for (Route route : routes) {
      if (!route.method().equals(request.method()) || route.match(request.path()) == null) {
        continue;
      }
      for (String name : request.query().keySet()) {
        if (!route.parameters().contains(name)) {
          throw ApiException.badRequest(
              "'" + name + "' is not a parameter of this",
              route.parameters().isEmpty()
                  ? "it takes none"
                  : "it takes " + String.join(", ", new TreeSet<>(route.parameters())));
        }
      }
      return;
    }
  }

  /** The parameters of an entry's query, as {@link #entries} has it, by name. */
  Set<String> parameters(String entry) {
    return routes.stream()
        .filter(route -> route.entry().equals(entry))
        .findFirst()
        .map(route -> new TreeSet<>(route.parameters()))
        .orElseGet(TreeSet::new);
  }

  /** Answers a request; the future never fails, errors are answers too. */
  CompletableFuture<ApiResponse> handle(ApiRequest request) {
    CompletableFuture<ApiResponse> answer;
    try {
      answer = dispatch(request);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer.exceptionally(failure -> failed(request, failure));
  }

  private CompletableFuture<ApiResponse> dispatch(ApiRequest request) {
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      List<String> captures = route.match(request.path());
      if (captures == null) {
        continue;
      }
      if (route.method().equals(request.method())) {
        count(route);
        return route.handler().handle(request, captures);
      }
      allowed.add(route.method());
    }
    String path = "/mosey/v1/" + String.join("/", request.path());
    if (allowed.isEmpty()) {
      throw ApiException.notFound(
          "there is no " + path, "GET /mosey/v1/openapi.json lists what there is");
    }
    throw new ApiException(
        405,
        "method_not_allowed",
        path + " does not take " + request.method(),
        "it takes " + String.join(", ", allowed));
  }

  private synchronized void count(Route route) {
    counts.merge(route.entry(), 1L, Long::sum);
  }

  /** How often each entry was asked, for the metrics. */
  synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** What can be asked: {@code GET jobs/*}, in the order of the table. */
  List<String> entries() {
    return routes.stream().map(Route::entry).toList();
  }

  private static ApiResponse failed(ApiRequest request, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ApiException refused) {
      return ApiResponse.of(refused.problem());
    }
    if (cause instanceof IllegalArgumentException malformed) {
      return ApiResponse.of(ApiException.badRequest(malformed.getMessage(), null).problem());
    }
    if (cause instanceof java.util.concurrent.TimeoutException) {
      return ApiResponse.of(
          ApiException.busy("the node is too busy to answer", "try again").problem());
    }
    LOG.error("event=request-failed method={} path={}", request.method(), request.path(), cause);
    return ApiResponse.of(
        new ApiException(500, "internal", "the node failed to answer; its log says why", null)
            .problem());
  }
}
