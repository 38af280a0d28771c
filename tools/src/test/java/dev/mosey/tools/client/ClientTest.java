package dev.mosey.tools.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.mosey.protocol.key.KeyDirectory;
import dev.mosey.tools.Caller;
import dev.mosey.tools.Failure;
import dev.mosey.tools.FakeNode;
import dev.mosey.tools.TestKeys;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTest {
  private static final String TUNES = "{\"items\":[{\"name\":\"differential\",\"value\":\"1\"}]}";

  @TempDir Path directory;

  private static HttpsServer secure(KeyStore key) throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(key, TestKeys.PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    answerInChunks(server);
    return server;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A length of 0 makes the JDK's server send chunks. */
  private static void answerInChunks(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            for (byte b : TUNES.getBytes(StandardCharsets.UTF_8)) {
              exchange.getResponseBody().write(b);
              exchange.getResponseBody().flush();
            }
          }
        });
    server.start();
  }

  private Seen tunesOver(HttpServer server, String scheme) {
    int port = server.getAddress().getPort();
    return new Typist(directory)
        .with("MOSEY_NODE", scheme + "://127.0.0.1:" + port)
        .types("tune -o quiet");
  }

  @Test
  void speaksTlsWithANodeThatHasTheClustersKey() throws Exception {
    KeyStore key = TestKeys.store();
    new KeyDirectory(directory.resolve(".config/mosey")).write(TestKeys.material(key));
    HttpsServer server = secure(key);
    try {
      assertThat(tunesOver(server, "https")).isEqualTo(new Seen(0, "differential=1\n", ""));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void doesNotTrustANodeWithAnotherKeyAndSendsItNothing() throws Exception {
    new KeyDirectory(directory.resolve(".config/mosey")).write(TestKeys.material());
    HttpsServer server = secure(TestKeys.store());
    try {
      Seen seen = tunesOver(server, "https");
      assertThat(seen.status()).isEqualTo(3);
      assertThat(seen.out()).isEmpty();
      assertThat(seen.err())
          .contains("belongs to a cluster with another key than ", "hint: moskey invite there ")
          .hasLineCount(2)
          .doesNotContain("SSL", "trusted", "Exception");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void saysThatAnAddressSpeaksNoHttps() throws Exception {
    new KeyDirectory(directory.resolve(".config/mosey")).write(TestKeys.material());
    try (ServerSocket plain = new ServerSocket()) {
      plain.bind(loopback());
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = plain.accept()) {
                  byte[] refusal = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII);
                  socket.getOutputStream().write(refusal);
                  socket.getInputStream().readAllBytes();
                } catch (IOException closed) {
                  // the tool has gone
                }
              });
      String url = "https://127.0.0.1:" + plain.getLocalPort();
      assertThat(new Typist(directory).with("MOSEY_NODE", url).types("tune").err())
          .contains(": it does not speak HTTPS)\n")
          .doesNotContain("SSL");
    }
  }

  @Test
  void readsAnAnswerInChunks() throws IOException {
    HttpServer server = HttpServer.create(loopback(), 0);
    answerInChunks(server);
    try {
      assertThat(tunesOver(server, "http")).isEqualTo(new Seen(0, "differential=1\n", ""));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void asksABusyNodeAgain() {
    try (FakeNode node = new FakeNode()) {
      node.on("GET /tunes", 503, Map.of("Retry-After", "0"), "{}").on("GET /tunes", TUNES);
      assertThat(new Typist(directory).at(node).types("tune -o quiet").status()).isZero();
      assertThat(node.asked()).hasSize(2);
    }
  }

  @Test
  void thatAHomeIsAwayIsAnAnswerToAQuestion() {
    try (FakeNode node = new FakeNode()) {
      away(node, "GET /jobs/alpha.45");
      assertThat(new Typist(directory).at(node).types("mosq show alpha.45"))
          .isEqualTo(
              new Seen(
                  1, "", "mosq: alpha does not answer\nhint: mosctl status tells which are up\n"));
      assertThat(node.asked()).hasSize(1);
    }
  }

  private static FakeNode away(FakeNode node, String request) {
    String problem =
        "{\"title\":\"alpha does not answer\",\"code\":\"away\",\"status\":503,"
            + "\"hint\":\"mosctl status tells which are up\"}";
    return node.on(request, 503, Map.of("Retry-After", "0"), problem);
  }

  @Test
  void whoFollowsOrSteersIsPatientWithAHomeThatIsAway() {
    try (FakeNode node = new FakeNode()) {
      Typist typist = new Typist(directory).at(node);
      away(node, "POST /jobs/alpha.45/hold")
          .on("POST /jobs/alpha.45/hold", "{\"id\":\"alpha.45\"}");
      assertThat(typist.types("mosq hold alpha.45").status()).isZero();

      String log = "GET /jobs/alpha.45.1/output?stream=stdout&offset=";
      node.on(log + "0", 200, Map.of(), "");
      Map<String, String> done = Map.of("Mosey-State", "done");
      away(node, log + "0&wait=20").on(log + "0&wait=20", 200, done, "late\n");
      node.on(log + "5&wait=20", 200, done, "");
      assertThat(typist.types("mosq logs -f alpha.45.1"))
          .isEqualTo(new Seen(0, "late\n", "mosq: alpha does not answer; waiting for it\n"));
    }
  }

  @Test
  void aStrangersNodeAtTheUsualPlaceIsNotTakenForOnesOwn() {
    try (FakeNode node = new FakeNode()) {
      node.on("GET /tunes", 401, "{\"title\":\"not the key\",\"code\":\"unauthorised\"}");
      Map<String, String> home = Map.of("HOME", directory.toString());
      Caller caller = new Caller(home, directory, null, null, null, Caller.Terminal.NONE);
      try (Client client = Client.of(caller, null, Keys.of(caller, null), node.url())) {
        assertThatThrownBy(() -> client.ask(Request.get("/tunes")))
            .isInstanceOf(Failure.class)
            .hasMessage(
                "none of your nodes runs here, and the one at " + node.url() + " has another key");
      }
      try (Client client = Client.of(caller, node.url(), Keys.of(caller, null), "nowhere")) {
        assertThat(client.ask(Request.get("/tunes")).failure()).hasMessage("not the key");
      }
    }
  }

  @Test
  void doesNotRepeatWhatMayHaveBeenDone() {
    try (FakeNode node = new FakeNode()) {
      node.dies("POST /jobs/alpha.1/retry");
      assertThat(new Typist(directory).at(node).types("mosq retry alpha.1"))
          .isEqualTo(
              new Seen(
                  3,
                  "",
                  "mosq: "
                      + node.url()
                      + " did not answer: whether it was done is not known\n"
                      + "hint: look before you repeat it: mosq show ID\n"));
      assertThat(node.asked()).hasSize(1);
    }
  }

  @Test
  void goesOnWithTheNextNodeWhenOneDiesWhileReading() {
    try (FakeNode dying = new FakeNode();
        FakeNode other = new FakeNode()) {
      dying.dies("GET /tunes");
      other.on("GET /tunes", TUNES);
      Typist typist = new Typist(directory).with("MOSEY_NODE", dying.url() + "," + other.url());
      assertThat(typist.types("tune -o quiet")).isEqualTo(new Seen(0, "differential=1\n", ""));
    }
  }

  @Test
  void anUnknownOutcomeEndsWithTheKeyToRepeatItWith() {
    try (FakeNode node = new FakeNode()) {
      node.dies("POST /jobs");
      Seen seen =
          new Typist(directory)
              .at(node)
              .with("MOSEY_TIMEOUT", "1")
              .types("mosq submit --key k1 true");
      assertThat(seen)
          .isEqualTo(
              new Seen(
                  3,
                  "",
                  "mosq: "
                      + node.url()
                      + " did not answer: whether it took the job is not known\n"
                      + "hint: repeat it with --key k1 to the same node: it takes a job with the"
                      + " same key only once\n"));
      assertThat(node.asked().size()).isGreaterThan(2);
    }
  }
}
