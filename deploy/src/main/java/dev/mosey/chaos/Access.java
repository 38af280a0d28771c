package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.protocol.key.KeyDirectory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;

/** A client with the cluster's key, which the first node makes. */
final class Access implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final Path keys;
  private ClusterKey key;
  private HttpClient client;

  /** With the key in this directory, which is read at first use. */
  Access(Path keys) {
    this.keys = keys;
  }

  synchronized HttpClient client() {
    open();
    return client;
  }

  synchronized String token() {
    open();
    return key.token();
  }

  private void open() {
    if (client != null) {
      return;
    }
    try {
      key = ClusterKey.open(new KeyDirectory(keys));
    } catch (IOException missing) {
      throw new DemoFailure("the cluster has no key: " + missing.getMessage());
    }
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .sslContext(key.sslContext())
            .build();
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
