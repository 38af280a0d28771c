package dev.mosey.node.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Describes the interface from its own table, so that the description can't leave an entry out. */
final class OpenApi {
  private static final String EVENTS =
      "What happens in the whole cluster, as server-sent events: the event's kind, and as data an"
          + " object with event, at, node, job, tasks, count, name, user, state, from, to,"
          + " incarnation, exit, reason, pause_seconds, as far as they apply. Kinds: job-submitted"
          + " job-started job-moved job-requeued job-changed job-ended, told by the job's home;"
          + " move, a line of the move ledger, told by the source; tunes-changed, told by the node"
          + " at which they were; node-up node-away, as the node asked sees it; reread: events are"
          + " lost (too many came meanwhile, the id is of another node, a node was restarted or has"
          + " come), read the lists again. Kinds and fields are only ever added. Each event has an"
          + " id; without Last-Event-ID the stream begins now. Comments are heartbeats. Events of"
          + " different nodes have no common order. Who reads too slowly is cut off, and may come"
          + " back with its id.";

  private static final Map<String, Object> LAST_EVENT_ID =
      Map.of(
          "name",
          "Last-Event-ID",
          "in",
          "header",
          "required",
          false,
          "description",
          "the id that was read last: what came after it follows",
          "schema",
          Map.of("type", "string"));

  private static final Map<String, Object> EVENTS_RESPONSES =
      Map.of(
          "200",
          Map.of(
              "description",
              "a stream",
              "content",
              Map.of("text/event-stream", Map.of("schema", Map.of("type", "string")))),
          "default",
          refused());

  private OpenApi() {}

  /**
   * OpenAPI 3.1 of these entries, {@code parameters} naming those of the query of each. An entry is
   * {@code METHOD path} with {@code *} for a variable segment.
   */
  static ApiResponse describe(List<String> entries, Function<String, Set<String>> parameters) {
    Map<String, Object> paths = new TreeMap<>();
    for (String entry : entries) {
      String[] parts = entry.split(" ");
      if (!parts[1].startsWith("local/")) {
        List<Map<String, Object>> variables = new ArrayList<>();
        String path = "/mosey/v1/" + named(parts[1], variables);
        for (String name : parameters.apply(entry)) {
          variables.add(Map.of("name", name, "in", "query", "schema", Map.of("type", "string")));
        }
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put(
            "operationId",
            parts[0].toLowerCase(Locale.ROOT) + "_" + parts[1].replaceAll("[^a-z]+", "_"));
        if (!variables.isEmpty()) {
          operation.put("parameters", variables);
        }
        operation.put(
            "responses", parts[1].equals("events") ? EVENTS_RESPONSES : responses(parts[0]));
        if (parts[1].equals("events")) {
          operation.put("description", EVENTS);
          operation.put("parameters", List.of(LAST_EVENT_ID));
        }
        methods(paths, path).put(parts[0].toLowerCase(Locale.ROOT), operation);
      }
    }
    besides(paths);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put("info", Map.of("title", "Mosey", "version", "1"));
    document.put("paths", paths);
    document.put(
        "components",
        Map.of(
            "securitySchemes",
            Map.of("token", Map.of("type", "http", "scheme", "bearer")),
            "schemas",
            Map.of("Problem", problem())));
    document.put("security", List.of(Map.of("token", List.of())));
    return ApiResponse.ok(document);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> methods(Map<String, Object> paths, String path) {
    return (Map<String, Object>) paths.computeIfAbsent(path, p -> new TreeMap<String, Object>());
  }

  private static String named(String pattern, List<Map<String, Object>> variables) {
    StringBuilder path = new StringBuilder();
    for (String segment : pattern.split("/")) {
      String name = variables.isEmpty() ? (pattern.startsWith("nodes") ? "name" : "id") : "verb";
      path.append(path.isEmpty() ? "" : "/")
          .append(segment.equals("*") ? "{" + name + "}" : segment);
      if (segment.equals("*")) {
        variables.add(
            Map.of(
                "name", name, "in", "path", "required", true, "schema", Map.of("type", "string")));
      }
    }
    return path.toString();
  }

  private static Map<String, Object> responses(String method) {
    return Map.of(
        method.equals("POST") ? "2XX" : "200", Map.of("description", "done"), "default", refused());
  }

  private static Map<String, Object> refused() {
    return Map.of(
        "description",
        "refused",
        "content",
        Map.of(
            "application/problem+json",
            Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));
  }

  /** What the table does not have: uploads, and what is open to readers. */
  private static void besides(Map<String, Object> paths) {
    methods(paths, "/mosey/v1/blobs")
        .put("put", Map.of("operationId", "put_blobs", "responses", responses("POST")));
    methods(paths, "/mosey/v1/blobs/{sha256}")
        .put(
            "head",
            Map.of(
                "operationId",
                "head_blobs",
                "parameters",
                List.of(
                    Map.of(
                        "name",
                        "sha256",
                        "in",
                        "path",
                        "required",
                        true,
                        "schema",
                        Map.of("type", "string"))),
                "responses",
                responses("GET")));
    Map<String, String> open =
        Map.of(
            "/", "a live page of the cluster, for browsers: open /#token=TOKEN",
            "/alive", "200 while the daemon answers",
            "/ready", "200 while the node is Up and its books are open, else 503",
            "/health", "what is wrong: status ok, degraded or not_ready (503), and problems",
            "/metrics", "figures for Prometheus");
    open.forEach(
        (path, description) ->
            methods(paths, path)
                .put(
                    "get",
                    Map.of(
                        "operationId",
                        "get_" + (path.equals("/") ? "page" : path.substring(1)),
                        "description",
                        description,
                        "security",
                        List.of(),
                        "responses",
                        responses("GET"))));
  }

  private static Map<String, Object> problem() {
    Map<String, Object> text = Map.of("type", "string");
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of(
            "type",
            text,
            "title",
            text,
            "status",
            Map.of("type", "integer"),
            "code",
            text,
            "hint",
            text));
  }
}
