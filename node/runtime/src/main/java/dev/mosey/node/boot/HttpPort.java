package dev.mosey.node.boot;

import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.node.config.NetworkSettings;
import dev.mosey.node.gateway.Gateway;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;

/** Where the HTTP interface is: plain on loopback, with TLS everywhere else. */
final class HttpPort {
  private HttpPort() {}

  /**
   * Binds the port; returns its address.
   *
   * @throws Refusal when it can't be had
   */
  static String open(Gateway gateway, NetworkSettings network, ClusterKey key) {
    String address = network.host();
    boolean loopback = isLoopback(address);
    int wanted = network.httpPort();
    try {
      int port =
          gateway
              .bind(network.bindHost(), wanted, loopback ? null : key.sslContext())
              .toCompletableFuture()
              .join()
              .localAddress()
              .getPort();
      return (loopback ? "http://" : "https://") + address + ":" + port;
    } catch (CompletionException inUse) {
      throw new Refusal(
          Refusal.REFUSED,
          "http-port "
              + wanted
              + " on "
              + address
              + " can't be opened: "
              + inUse.getCause().getMessage(),
          "give another one with --http-port (0 = any)");
    }
  }

  /** The names and addresses under which the interface may be asked. */
  static Set<String> hostNames(NetworkSettings network) {
    Set<String> names = new TreeSet<>(Set.of("127.0.0.1", "localhost", "::1"));
    names.add(network.host());
    names.add(network.bindHost());
    return names;
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }
}
