package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.protocol.key.KeyDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterKeyTest {
  @TempDir static Path directory;
  private static ClusterKey ours;
  private static ClusterKey theirs;
  private SSLServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    if (ours == null) {
      ours = ClusterKey.open(new KeyDirectory(directory.resolve("ours")));
      theirs = ClusterKey.open(new KeyDirectory(directory.resolve("theirs")));
    }
    server =
        (SSLServerSocket)
            ours.sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    server.setSoTimeout(30_000);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void theKeyIsMadeOnceAndRead() throws IOException {
    ClusterKey again = ClusterKey.open(new KeyDirectory(directory.resolve("ours")));
    assertThat(again.fingerprint()).isEqualTo(ours.fingerprint());
    assertThat(again.token()).isEqualTo(ours.token()).hasSizeGreaterThan(20);
    assertThat(theirs.fingerprint()).isNotEqualTo(ours.fingerprint());
    assertThat(theirs.token()).isNotEqualTo(ours.token());
  }

  @Test
  void nodesWithTheSameKeyTalk() throws IOException {
    CompletableFuture<Integer> heard = serve();
    assertThat(say(ours.sslContext())).isEqualTo(43);
    assertThat(heard.join()).isEqualTo(42);
  }

  @Test
  void aNodeWithAnotherKeyRefusesTheServer() {
    serve();
    assertThatThrownBy(() -> say(theirs.sslContext()))
        .hasMessageContaining("has another cluster's key");
  }

  @Test
  void aClientThatShowsNoKeyIsRefused() {
    CompletableFuture<Integer> heard = serve();
    assertThatThrownBy(
            () -> {
              try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port())) {
                plain
                    .getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                // At most an alert comes back; the server must not have taken a byte for its own.
                plain.getInputStream().readAllBytes();
              }
              heard.join();
            })
        .isNotNull();
    assertThat(heard).isCompletedExceptionally();
  }

  private int port() {
    return server.getLocalPort();
  }

  /** Takes one connection, reads one byte and answers with the next number. */
  private CompletableFuture<Integer> serve() {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket socket = server.accept()) {
            int heard = socket.getInputStream().read();
            socket.getOutputStream().write(heard + 1);
            return heard;
          } catch (IOException refused) {
            throw new java.io.UncheckedIOException(refused);
          }
        },
        command -> Thread.ofVirtual().start(command));
  }

  private int say(SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(42);
      return socket.getInputStream().read();
    }
  }
}
