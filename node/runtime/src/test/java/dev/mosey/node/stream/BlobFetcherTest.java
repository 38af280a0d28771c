package dev.mosey.node.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.key.KeyDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs travel whole or not at all, over connections that break, and only with the right key. */
class BlobFetcherTest {
  private static final NodeName ALPHA = NodeName.of("alpha");
  private static final NodeName BETA = NodeName.of("beta");
  private static final StreamSettings SETTINGS =
      new StreamSettings(8, Duration.ofSeconds(5), Duration.ofSeconds(5), 4, 6);

  @TempDir static Path keys;
  private static SSLContext key;
  private static SSLContext otherKey;

  @TempDir Path directory;
  private FileBlobs theirs;
  private FileBlobs ours;
  private BlobServer server;
  private BlobFetcher fetcher;

  @BeforeAll
  static void makeKeys() throws IOException {
    key = ClusterKey.open(new KeyDirectory(keys.resolve("one"))).sslContext();
    otherKey = ClusterKey.open(new KeyDirectory(keys.resolve("other"))).sslContext();
  }

  @BeforeEach
  void start() {
    theirs = new FileBlobs(directory.resolve("theirs"));
    ours = new FileBlobs(directory.resolve("ours"));
    server = BlobServer.start(loopback(0), key, theirs, SETTINGS);
    fetcher = fetcherTo(server.address(), key);
  }

  @AfterEach
  void stop() {
    fetcher.close();
    server.close();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private BlobFetcher fetcherTo(InetSocketAddress address, SSLContext with) {
    return new BlobFetcher(
        node -> node.equals(ALPHA) ? Optional.of(address) : Optional.empty(), with, ours, SETTINGS);
  }

  private static Blob get(CompletionStage<Blob> fetch) throws Exception {
    return fetch.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static byte[] bytes(int length, long seed) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void fetchesBlobsOfEverySizeOverOneConnection() throws Exception {
    for (int length : new int[] {0, 1, 70_000, 3 << 20}) {
      var content = bytes(length, length);
      Blob blob = theirs.put(content);
      assertThat(get(fetcher.fetch(ALPHA, blob))).isEqualTo(blob);
      assertThat(Files.readAllBytes(ours.path(blob.sha256()))).isEqualTo(content);
    }
  }

  @Test
  void aBlobWantedByManyAtOnceIsFetchedOnce() throws Exception {
    Blob blob = theirs.put(bytes(4 << 20, 1));
    List<CompletionStage<Blob>> all =
        IntStream.range(0, 20).mapToObj(each -> fetcher.fetch(ALPHA, blob)).toList();
    for (var each : all) assertThat(get(each)).isEqualTo(blob);
    assertThat(ours.puts()).isEqualTo(1);
    assertThat(get(fetcher.fetch(BETA, blob))).as("it is here already").isEqualTo(blob);
  }

  @Test
  void saysWhatEachOfThemAnswered() {
    var missing = new Blob("ab".repeat(32), 10);
    assertThatThrownBy(() -> get(fetcher.fetch(List.of(ALPHA), missing)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessage("alpha says of the blob: it is not here");
  }

  @Test
  void otherBytesThanNamedAreRefused() throws Exception {
    Blob blob = theirs.put(bytes(100_000, 5));
    Files.write(theirs.path(blob.sha256()), bytes(100_000, 6));
    assertThatThrownBy(() -> get(fetcher.fetch(ALPHA, blob)))
        .cause()
        .hasMessageContaining("alpha sent other bytes");
    assertThat(ours.has(blob.sha256())).isFalse();
  }

  @Test
  void anotherLengthThanNamedIsRefused() throws Exception {
    Blob blob = theirs.put(bytes(1000, 5));
    var longer = new Blob(blob.sha256(), 1001);
    assertThatThrownBy(() -> get(fetcher.fetch(ALPHA, longer)))
        .cause()
        .hasMessageContaining("another length");
  }

  @Test
  void aTransferThatIsCutOffGoesOnWhereItWas() throws Exception {
    Blob blob = theirs.put(bytes(8 << 20, 2));
    try (var cutting = new CuttingProxy(server.address().getPort(), 1 << 20);
        var through = fetcherTo(loopback(cutting.port()), key)) {
      assertThat(get(through.fetch(ALPHA, blob))).isEqualTo(blob);
      assertThat(cutting.connections.get()).isBetween(7, 14);
    }
  }

  @Test
  void withAnotherKeyNothingIsServed() {
    Blob blob = theirs.put(bytes(1000, 3));
    try (var stranger = fetcherTo(server.address(), otherKey)) {
      assertThatThrownBy(() -> get(stranger.fetch(ALPHA, blob)))
          .cause()
          .hasMessageContaining("alpha has another key");
    }
    assertThat(ours.has(blob.sha256())).isFalse();
  }

  @Test
  void aNodeThatIsAwayIsTriedSeveralTimesAndThenNamed() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Blob blob = theirs.put(bytes(1000, 3));
    try (var away = fetcherTo(loopback(port), key)) {
      assertThatThrownBy(() -> get(away.fetch(ALPHA, blob)))
          .cause()
          .hasMessageContaining("alpha can't be reached");
    }
  }

  /** Passes bytes on and cuts every connection after so many from the server. */
  private static final class CuttingProxy implements AutoCloseable {
    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket listening;

    CuttingProxy(int to, int bytesEach) throws IOException {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> run(to, bytesEach));
    }

    int port() {
      return listening.getLocalPort();
    }

    private void run(int to, int bytesEach) {
      while (!listening.isClosed()) {
        try (Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), to)) {
          connections.incrementAndGet();
          var up =
              CompletableFuture.runAsync(
                  () -> {
                    try {
                      client.getInputStream().transferTo(server.getOutputStream());
                    } catch (IOException cut) {
                      // The other direction has ended it.
                    }
                  });
          var buffer = new byte[16_384];
          int left = bytesEach;
          for (int count = 0; left > 0 && count >= 0; left -= count) {
            count = server.getInputStream().read(buffer);
            if (count > 0) client.getOutputStream().write(buffer, 0, count);
          }
          client.shutdownOutput();
          client.shutdownInput();
          server.shutdownInput();
          up.join();
        } catch (IOException closed) {
          // One connection more or less; the test sees what came of it.
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
