package dev.mosey.tools.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request.
 *
 * @param method as in HTTP
 * @param target path and query, from the root
 * @param headers beside those that each request has
 * @param body null for none
 * @param patience how much longer than usual an answer may take
 */
public record Request(
    String method, String target, Map<String, String> headers, byte[] body, Duration patience) {
  private static final String PREFIX = "/mosey/v1";

  /** Asks for something below {@code /mosey/v1}. */
  public static Request get(String path) {
    return new Request("GET", PREFIX + path, Map.of(), null, Duration.ZERO);
  }

  /** Asks for something from the root: what Pekko Management serves. */
  public static Request at(String target) {
    return new Request("GET", target, Map.of(), null, Duration.ZERO);
  }

  /** Sends something below {@code /mosey/v1}; the body is JSON. */
  public static Request send(String method, String path, Object json) {
    return new Request(
        method,
        PREFIX + path,
        Map.of("Content-Type", "application/json"),
        json == null
            ? new byte[0]
            : json.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
        Duration.ZERO);
  }

  /** Sends bytes to something below {@code /mosey/v1}. */
  public static Request raw(String method, String path, Map<String, String> headers, byte[] body) {
    return new Request(method, PREFIX + path, headers, body, Duration.ZERO);
  }

  /** Only whether it is there. */
  public Request head() {
    return new Request("HEAD", target, headers, null, patience);
  }

  /** With one header more. */
  public Request with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Request(method, target, more, body, patience);
  }

  /** With more time to answer. */
  public Request patient(Duration more) {
    return new Request(method, target, headers, body, more);
  }

  /** With one query parameter more. */
  Request withQuery(String pair) {
    String longer = target + (target.indexOf('?') < 0 ? "?" : "&") + pair;
    return new Request(method, longer, headers, body, patience);
  }

  /** Whether it changes nothing. */
  boolean isQuestion() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** Whether sending it twice does what sending it once does. */
  boolean repeatable() {
    return isQuestion() || method.equals("PUT");
  }
}
