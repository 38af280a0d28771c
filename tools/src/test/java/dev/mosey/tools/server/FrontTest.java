package dev.mosey.tools.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native front, as built, with launchers that only say that they were called. */
class FrontTest {
  private static final Path FRONT =
      Path.of(System.getProperty("mosey.root", ".."), "tools/target/native/mosey-front");

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Path home;
  private Path config;
  private ToolServer server;

  @BeforeEach
  void install() throws IOException {
    assumeTrue(Files.isExecutable(FRONT), "the native front is not built");
    home = directory.resolve("home");
    config = directory.resolve("config");
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(
        config.resolve("mosey"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.copy(FRONT, home.resolve("bin/mosey-front"));
    for (String tool : List.of("mosq", "mosixd")) {
      Files.createSymbolicLink(home.resolve("bin").resolve(tool), Path.of("mosey-front"));
      script(tool, "echo \"java $(basename $0) $*\"; exit 7\n");
    }
    script("tool-server", "echo $1 > %1$s/new; mv %1$s/new %1$s/path\n".formatted(directory));
  }

  private void script(String name, String body) throws IOException {
    Path file = home.resolve("libexec").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    if (server != null) {
      server.close();
    }
  }

  private Process start(String input, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/" + words[0]).toString()));
    command.addAll(Arrays.asList(words).subList(1, words.length));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeAll(List.of("XDG_RUNTIME_DIR", "MOSEY_FORMAT"));
    builder.environment().put("XDG_CONFIG_HOME", config.toString());
    builder.environment().put("MOSEY_NODE", node.url());
    builder.environment().put("MOSEY_TOKEN", "secret");
    Process process = builder.start();
    process.getOutputStream().write(input.getBytes(UTF_8));
    process.getOutputStream().close();
    return process;
  }

  private Seen types(String input, String... words) throws Exception {
    Process process = start(input, words);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Seen(process.waitFor(), out, err);
  }

  /** Where the front looks for a server; told by its second attempt to start one. */
  private Path socket() throws Exception {
    types("", "mosq", "list");
    assertThat(directory.resolve("path")).doesNotExist();
    types("", "mosq", "list");
    while (!Files.exists(directory.resolve("path"))) {
      Thread.onSpinWait();
    }
    return Path.of(Files.readString(directory.resolve("path")).strip());
  }

  private void serve() throws Exception {
    server = new ToolServer(socket());
    Thread.ofPlatform().daemon().start(server::serve);
  }

  @Test
  void withoutAServerTheLauncherRunsTheCommand() throws Exception {
    assertThat(types("", "mosq", "list", "-o", "wide"))
        .isEqualTo(new Seen(7, "java mosq list -o wide\n", ""));
    assertThat(types("", "mosixd", "status").out()).isEqualTo("java mosixd status\n");
  }

  @Test
  void aServerRunsTheCommandAsIfHere() throws Exception {
    serve();
    node.on("POST /jobs", 201, "{\"id\":\"alpha.1\"}");
    assertThat(types("one\ntwo\n", "mosq", "submit", "--each-line", "-", "--", "echo", "{}"))
        .isEqualTo(new Seen(0, "alpha.1\n", ""));
    assertThat(node.asked().getFirst().body())
        .contains("\"entries\":[\"one\",\"two\"]")
        .contains("\"cwd\":\"" + directory + "\"")
        .contains("\"XDG_CONFIG_HOME\":\"" + config + "\"");
    assertThat(types("", "mosq", "lsit"))
        .isEqualTo(
            new Seen(2, "", "mosq: there is no verb 'lsit'\nhint: did you mean mosq list?\n"));
    node.on(
        "GET /jobs/alpha.3/wait?timeout=30",
        "{\"id\":\"alpha.3\",\"state\":\"failed\",\"exit\":{\"code\":9}}");
    assertThat(types("", "mosq", "wait", "alpha.3").status()).isEqualTo(9);
  }

  @Test
  void largeOutputComesWhole() throws Exception {
    serve();
    String text = "0123456789".repeat(300_000) + "\n";
    String prefix = "GET /jobs/alpha.1.1/output?stream=stdout&offset=";
    node.on(prefix + "0", 200, Map.of("Mosey-Offset", "0"), text);
    node.on(prefix + text.length(), 200, Map.of(), "");
    assertThat(types("", "mosq", "logs", "alpha.1.1").out()).isEqualTo(text);
  }

  @Test
  void onlyTheOwnerCanConnect() throws Exception {
    Path path = socket();
    server = new ToolServer(path);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(
        config.resolve("mosey"), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(types("", "mosq", "list").out()).isEqualTo("java mosq list\n");
  }

  @Test
  void someToolsAndOptionsAreNotForwarded() throws Exception {
    serve();
    assertThat(types("", "mosixd", "status").out()).isEqualTo("java mosixd status\n");
    assertThat(types("", "mosq", "logs", "alpha.1", "--to", "d").out())
        .isEqualTo("java mosq logs alpha.1 --to d\n");
  }

  /** A server that says one frame and ends. */
  private void serveOnce(byte[] frame) throws Exception {
    Path path = socket();
    ServerSocketChannel broken = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    broken.bind(UnixDomainSocketAddress.of(path));
    Thread.ofVirtual()
        .start(
            () -> {
              try (broken;
                  SocketChannel front = broken.accept()) {
                front.read(ByteBuffer.allocate(1 << 20));
                front.write(ByteBuffer.wrap(frame));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  @Test
  void fallsBackWhenTheServerEndsBeforeItObeyed() throws Exception {
    serveOnce(new byte[0]);
    assertThat(types("", "mosq", "list").out()).isEqualTo("java mosq list\n");
  }

  @Test
  void fallsBackWhenTheServerLivesElsewhere() throws Exception {
    serveOnce(new byte[] {'f', 0, 0, 0, 0});
    assertThat(types("", "mosq", "list").out()).isEqualTo("java mosq list\n");
  }

  @Test
  void doesNotDoTwiceWhatTheServerHasBegun() throws Exception {
    serveOnce(new byte[] {'a', 0, 0, 0, 0});
    Seen seen = types("", "mosq", "submit", "true");
    assertThat(seen.status()).isEqualTo(1);
    assertThat(seen.out()).isEmpty();
    assertThat(seen.err()).startsWith("mosq: the tool server ended: whether it was done");
  }

  @Test
  void aCommandWhoseFrontIsKilledEnds() throws Exception {
    serve();
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Process front =
          start("", "mosq", "--node", "http://127.0.0.1:" + silent.getLocalPort(), "list");
      try (Socket asked = silent.accept()) {
        asked.getInputStream().read();
        front.destroyForcibly();
        asked.getInputStream().readAllBytes();
      }
    }
    while (server.active() > 0) {
      Thread.onSpinWait();
    }
  }
}
