package dev.mosey.node.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Describes the interface from its own table, so that the description can't leave an entry out. */
final class OpenApi {
  private OpenApi() {}

  /**
   * OpenAPI 3.1 of these entries, each {@code METHOD path} with {@code *} for a variable segment.
   */
  static ApiResponse describe(List<String> entries) {
    Map<String, Object> paths = new TreeMap<>();
    for (String entry : entries) {
      String[] parts = entry.split(" ");
      if (!parts[1].startsWith("local/")) {
        List<Map<String, Object>> variables = new ArrayList<>();
        String path = "/mosey/v1/" + named(parts[1], variables);
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put(
            "operationId",
            parts[0].toLowerCase(Locale.ROOT) + "_" + parts[1].replaceAll("[^a-z]+", "_"));
        if (!variables.isEmpty()) {
          operation.put("parameters", variables);
        }
        operation.put("responses", responses(parts[0]));
        methods(paths, path).put(parts[0].toLowerCase(Locale.ROOT), operation);
      }
    }
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
    Map<String, Object> refused =
        Map.of(
            "description",
            "refused",
            "content",
            Map.of(
                "application/problem+json",
                Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));
    return Map.of(
        method.equals("POST") ? "2XX" : "200", Map.of("description", "done"), "default", refused);
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
