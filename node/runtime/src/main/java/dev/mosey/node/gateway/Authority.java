package dev.mosey.node.gateway;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;

/**
 * Who may ask what. Readers of health and metrics need no token; all else wants the cluster's. A
 * browser that was lured to a node by a foreign name (DNS rebinding), or a foreign page, is refused
 * whatever it knows.
 *
 * @param token the cluster's token
 * @param hosts the host names and addresses under which this node may be asked, without port
 */
record Authority(String token, Set<String> hosts) {
  private static final Set<String> OPEN =
      Set.of("/ready", "/alive", "/health", "/metrics", "/cluster/members", "/");

  /**
   * Lets a request pass or says why not.
   *
   * @param method as in HTTP
   * @param path with no query
   * @param authorization the header, or null
   * @param host the header, or null
   * @param origin the header, or null
   * @throws ApiException 401 or 403
   */
  void admit(String method, String path, String authorization, String host, String origin) {
    if (host != null && !hosts.contains(withoutPort(host))) {
      throw new ApiException(
          403,
          "forbidden",
          "this node is not called '" + withoutPort(host) + "'",
          "ask it by its address");
    }
    if (origin != null && !hosts.contains(withoutPort(origin.replaceFirst("^https?://", "")))) {
      throw new ApiException(
          403,
          "forbidden",
          "a page of another site may not ask this node",
          "open the page of this node");
    }
    if (isOpen(method, path) || token(authorization).filter(this::isOurs).isPresent()) {
      return;
    }
    throw new ApiException(
        401,
        "unauthorised",
        authorization == null ? "this needs the cluster's key" : "this is not the cluster's key",
        "moskey invite on one of its nodes prints a line that brings it; curl gives it as"
            + " Authorization: Bearer $(moskey show --token)");
  }

  private static boolean isOpen(String method, String path) {
    return ("GET".equals(method) || "HEAD".equals(method))
        && (OPEN.contains(path) || path.startsWith("/cluster/members/"));
  }

  private static Optional<String> token(String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
        ? Optional.of(authorization.substring(7).trim())
        : Optional.empty();
  }

  /** Compares in a time that does not depend on where they differ. */
  private boolean isOurs(String candidate) {
    return MessageDigest.isEqual(
        candidate.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }

  private static String withoutPort(String host) {
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      return end < 0 ? host : host.substring(1, end);
    }
    int colon = host.indexOf(':');
    return colon < 0 ? host : host.substring(0, colon);
  }
}
