package dev.mosey.node.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where this node listens and whom it knows.
 *
 * @param host the address that other nodes reach it by
 * @param bindHost the address that it listens on; usually the same
 * @param port between nodes; 0 = any free one
 * @param httpPort of the HTTP interface; 0 = any free one
 * @param seeds nodes to ask for a cluster, beside those that are remembered
 */
public record NetworkSettings(
    String host, String bindHost, int port, int httpPort, List<Seed> seeds) {
  private static final int PORT_MAX = 65_535;

  /**
   * A node that may know a cluster.
   *
   * @param host name or address
   * @param port between nodes
   */
  public record Seed(String host, int port) {
    /**
     * Parses {@code HOST:PORT}.
     *
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static Seed parse(String text) {
      int colon = text.lastIndexOf(':');
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (colon > 0 && port > 0 && port <= PORT_MAX) {
          return new Seed(text.substring(0, colon), port);
        }
      } catch (NumberFormatException notAPort) {
        // Said below.
      }
      throw new IllegalArgumentException(
          "'" + text + "' is not a seed: expected HOST:PORT, like 10.0.0.5:17355");
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** Copies the list. */
  public NetworkSettings {
    seeds = List.copyOf(seeds);
  }

  /** Whether only this machine can reach it; elsewhere the HTTP interface wants TLS. */
  public boolean loopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  static NetworkSettings read(Section section) {
    String host = section.text("host");
    if (host.isBlank() || host.equals("0.0.0.0") || host.equals("::")) {
      section.refuse(
          "host",
          "'" + host + "' is no address that other nodes could reach this one by",
          "name the address of one interface, and use bind-host to listen on all");
    } else {
      checkKnown(section, host);
    }
    List<Seed> seeds = new ArrayList<>();
    for (String seed : section.list("seed")) {
      try {
        seeds.add(Seed.parse(seed));
      } catch (IllegalArgumentException malformed) {
        section.refuse("seed", malformed.getMessage(), null);
      }
    }
    return new NetworkSettings(
        host,
        section.isAuto("bind-host") ? host : section.text("bind-host"),
        section.whole("port", 0, PORT_MAX),
        section.whole("http-port", 0, PORT_MAX),
        seeds);
  }

  private static void checkKnown(Section section, String host) {
    try {
      InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      section.refuse("host", "'" + host + "' is unknown here", "use an address, like 10.0.0.5");
    }
  }
}
