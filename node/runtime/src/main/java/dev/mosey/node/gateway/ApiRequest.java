package dev.mosey.node.gateway;

import dev.mosey.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to the interface, however it came: over HTTP, or from another node's gateway. It has
 * been authorised.
 *
 * @param method as in HTTP
 * @param path segments below {@code /mosey/v1}
 * @param query parameters by name; of repeated ones the last
 * @param user who asks
 * @param key idempotency key, or null
 * @param body what was sent; empty when nothing was
 */
record ApiRequest(
    String method,
    List<String> path,
    Map<String, String> query,
    String user,
    String key,
    byte[] body) {
  /** A parameter, when it is there and not empty. */
  Optional<String> text(String name) {
    return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
  }

  /** Whether a parameter is {@code true}, {@code 1} or {@code yes}; other words are refused. */
  boolean flag(String name) {
    return switch (text(name).orElse("false")) {
      case "true", "1", "yes" -> true;
      case "false", "0", "no" -> false;
      default ->
          throw ApiException.badRequest(
              "'" + name + "' must be true or false, was '" + query.get(name) + "'", null);
    };
  }

  /** A whole number within a range, or the default when absent. */
  long number(String name, long absent, long min, long max) {
    String text = text(name).orElse(null);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // said below, like a number out of range
    }
    throw outside(name, text, min, max);
  }

  private static ApiException outside(String name, String text, Object min, Object max) {
    return ApiException.badRequest(
        "'" + name + "' must be a number from " + min + " to " + max + ", was '" + text + "'",
        null);
  }

  /** A number within a range, or the default when absent. */
  double decimal(String name, double absent, double min, double max) {
    String text = text(name).orElse(null);
    if (text == null) {
      return absent;
    }
    try {
      double value = Double.parseDouble(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // said below, like a number out of range
    }
    throw outside(name, text, min, max);
  }

  /**
   * The body, which a client wrote: a field that is not known is refused, because it was meant to
   * do something.
   *
   * @throws ApiException 400 with one sentence that says where it is wrong
   */
  <T> T json(Class<T> type) {
    try {
      return Json.parseStrictly(body, type);
    } catch (IllegalArgumentException wrong) {
      throw ApiException.badRequest(
          body.length == 0 ? "the request has no body" : wrong.getMessage(),
          "the body must be one JSON object, as the manual has it");
    }
  }

  /** The path with its query again, for another node. */
  String target() {
    StringBuilder target = new StringBuilder();
    for (String segment : path) {
      target.append('/').append(encode(segment));
    }
    char separator = '?';
    for (Map.Entry<String, String> entry : query.entrySet()) {
      target
          .append(separator)
          .append(encode(entry.getKey()))
          .append('=')
          .append(encode(entry.getValue()));
      separator = '&';
    }
    return target.toString();
  }

  /** The same request with one parameter more. */
  ApiRequest with(String name, String value) {
    Map<String, String> more = new java.util.LinkedHashMap<>(query);
    more.put(name, value);
    return new ApiRequest(method, path, more, user, key, body);
  }

  /** Parses {@code /a/b?c=d} as another node or a client wrote it. */
  static ApiRequest parse(String method, String target, String user, String key, byte[] body) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    List<String> segments =
        java.util.Arrays.stream(path.split("/"))
            .filter(s -> !s.isEmpty())
            .map(ApiRequest::decode)
            .toList();
    Map<String, String> query = new java.util.LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (!pair.isEmpty()) {
          query.put(
              decode(equals < 0 ? pair : pair.substring(0, equals)),
              equals < 0 ? "true" : decode(pair.substring(equals + 1)));
        }
      }
    }
    return new ApiRequest(method, segments, query, user, key, body == null ? new byte[0] : body);
  }

  private static String encode(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    try {
      return java.net.URLDecoder.decode(text, java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw ApiException.badRequest("the address has a malformed %-sequence", null);
    }
  }
}
