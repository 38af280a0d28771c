package dev.mosey.tools.client;

import dev.mosey.tools.Failure;

/**
 * Where a node answers.
 *
 * @param secure whether by https
 * @param host name or address
 * @param port of its HTTP interface
 * @param node its name, or null when not known
 */
public record Endpoint(boolean secure, String host, int port, String node) {
  private static final int PORT_DEFAULT = 7626;
  private static final int PORT_MOST = 65_535;

  /**
   * Parses {@code http://HOST:PORT}, {@code https://HOST:PORT} or {@code HOST[:PORT]}.
   *
   * @throws Failure wrong usage
   */
  public static Endpoint parse(String url, String node) {
    String rest = url;
    boolean secure = false;
    if (rest.startsWith("https://")) {
      secure = true;
      rest = rest.substring("https://".length());
    } else if (rest.startsWith("http://")) {
      rest = rest.substring("http://".length());
    }
    while (rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    int colon = rest.endsWith("]") ? -1 : rest.lastIndexOf(':');
    String host = colon < 0 ? rest : rest.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = colon < 0 ? PORT_DEFAULT : port(rest.substring(colon + 1));
    boolean odd =
        host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || "/?#@\\".indexOf(c) >= 0);
    if (odd || port < 1 || port > PORT_MOST) {
      throw Failure.usage(
          "'" + url + "' is not the address of a node",
          "it is like http://127.0.0.1:7626; mosixd status shows yours");
    }
    return new Endpoint(secure, host, port, node);
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  /** What the header Host says. */
  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority();
  }
}
