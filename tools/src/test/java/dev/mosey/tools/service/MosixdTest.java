package dev.mosey.tools.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import dev.mosey.tools.json.JsonText;
import dev.mosey.tools.json.JsonValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a script in the place of mosd, which leaves the note that mosd leaves when it is ready. */
class MosixdTest {
  private static final String SCRIPT =
      """
      #!/bin/bash
      echo "$@" >> %1$s/started
      words=("$@")
      while [ $# -gt 0 ]; do
        case $1 in --name) name=$2 ;; --key-dir) keys=$2 ;; esac
        shift
      done
      [ -e %1$s/broken ] && { echo 'mosd: port 1 is in use'; echo 'hint: another'; exit 1; }
      trap 'rm -f $keys/run/$name.json; exit 0' TERM
      trap 'rm -f $keys/run/$name.json; exec "$0" "${words[@]}"' USR1
      boot=$(cat /proc/sys/kernel/random/boot_id)
      ticks=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)
      booted=$(awk '/^btime/ {print $2}' /proc/stat)
      started=$((booted * 1000 + ticks * 1000 / $(getconf CLK_TCK)))
      mkdir -p $keys/run
      cat > $keys/run/$name.new <<END
      {"name":"$name","pid":$$,"started_at_millis":$started,"boot_id":"$boot","url":"%2$s"}
      END
      mv $keys/run/$name.new $keys/run/$name.json
      while :; do sleep 0.02; done
      """;

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Typist typist;

  @BeforeEach
  void sitDown() throws IOException {
    node.on("GET /ready", "OK");
    Path script = directory.resolve("mosd");
    Files.writeString(script, SCRIPT.formatted(directory, node.url()));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    typist =
        new Typist(directory)
            .with("PATH", System.getenv("PATH"))
            .with("MOSEY_MOSD", script.toString())
            .with("XDG_STATE_HOME", directory.resolve("state").toString());
  }

  @AfterEach
  void stop() {
    typist.types("mosixd stop");
    node.close();
  }

  private List<String> started() throws IOException {
    return Files.readAllLines(directory.resolve("started"));
  }

  @Test
  void startsThreeNodesOfWhichTheFirstFoundsTheCluster() throws IOException {
    Seen seen = typist.types("mosixd start --local 3");
    assertThat(seen.err()).isEmpty();
    assertThat(seen.out())
        .isEqualTo(
            """
            alpha is up: %1$s
            beta is up: %1$s
            gamma is up: %1$s
            """
                .formatted(node.url()));
    JsonValue nodes =
        JsonText.parse(Files.readString(directory.resolve("state/mosey/nodes.json"))).get("nodes");
    assertThat(nodes.items()).hasSize(3);
    String founder = "127.0.0.1:" + nodes.items().getFirst().text("port");
    assertThat(nodes.items().getFirst().texts("seeds")).isEmpty();
    assertThat(nodes.items().getLast().texts("seeds")).containsExactly(founder);
    assertThat(nodes.items().stream().map(n -> n.text("port")).distinct()).hasSize(3);
    assertThat(started())
        .hasSize(3)
        .allMatch(line -> line.contains("--key-dir " + directory.resolve(".config/mosey")));
  }

  @Test
  void resumesWhatWasStartedBefore() throws IOException {
    typist.types("mosixd start --local 2 -- --label fast");
    assertThat(typist.types("mosixd stop"))
        .isEqualTo(new Seen(0, "alpha has stopped\nbeta has stopped\n", ""));
    assertThat(typist.types("mosixd stop"))
        .isEqualTo(new Seen(0, "", "mosixd: none of your nodes runs here\n"));
    assertThat(typist.types("mosixd start").status()).isZero();
    List<String> lines = started();
    assertThat(lines).hasSize(4);
    assertThat(lines.subList(2, 4)).containsExactlyInAnyOrderElementsOf(lines.subList(0, 2));
    assertThat(lines).allMatch(line -> line.contains("--label fast"));
  }

  @Test
  void takesOtherPortsWhenItsOwnWereTakenInTheMeantime() throws IOException {
    typist.types("mosixd start --local 1");
    typist.types("mosixd stop");
    Matcher recorded = Pattern.compile("--http-port (\\d+)").matcher(started().getFirst());
    assertThat(recorded.find()).isTrue();
    int port = Integer.parseInt(recorded.group(1));
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(other.isBound()).isTrue();
      assertThat(typist.types("mosixd start").status()).isZero();
    }
    assertThat(started().getLast()).doesNotContain("--http-port " + port);
  }

  @Test
  void theOthersAreToldWhereTheFirstOneHasGone() throws IOException {
    typist.types("mosixd start --local 2");
    typist.types("mosixd stop");
    Matcher port = Pattern.compile("--port (\\d+)").matcher(started().getFirst());
    assertThat(port.find()).isTrue();
    int taken = Integer.parseInt(port.group(1));
    try (ServerSocket other = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
      assertThat(typist.types("mosixd start").err()).isEmpty();
      List<String> again = started().subList(2, 4);
      String beta = again.stream().filter(l -> l.contains("--name beta")).findFirst().orElseThrow();
      String alpha = again.stream().filter(l -> !l.equals(beta)).findFirst().orElseThrow();
      Matcher moved = Pattern.compile("--port (\\d+)").matcher(alpha);
      assertThat(moved.find()).isTrue();
      assertThat(moved.group(1)).isNotEqualTo(Integer.toString(other.getLocalPort()));
      assertThat(beta).contains("--seed 127.0.0.1:" + moved.group(1) + " ");
    }
  }

  @Test
  void aWordThatIsNoOptionIsRefusedAndNotRemembered() throws IOException {
    Seen wrong = typist.types("mosixd start foo");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).startsWith("mosixd: 'foo' is no option of mosd");
    assertThat(typist.types("mosixd start --local 1").status()).isZero();
    assertThat(started().getFirst()).doesNotContain("foo");
  }

  @Test
  void doesNotStartWhatRuns() throws IOException {
    typist.types("mosixd start --local 1");
    assertThat(typist.types("mosixd start --local 2").out())
        .isEqualTo(
            """
            alpha was up already: %1$s
            beta is up: %1$s
            """
                .formatted(node.url()));
    assertThat(started()).hasSize(2);
    assertThat(typist.types("mosixd start --local 2 --fresh").err())
        .isEqualTo(
            """
            mosixd: alpha is running
            hint: mosixd stop, then start --fresh
            """);
  }

  @Test
  void freshForgetsTheData() throws IOException {
    typist.types("mosixd start --local 1");
    typist.types("mosixd stop");
    Path kept = directory.resolve("state/mosey/alpha/journal");
    Files.createDirectories(kept.getParent());
    Files.writeString(kept, "x");
    assertThat(typist.types("mosixd start --local 1").status()).isZero();
    assertThat(kept).exists();
    typist.types("mosixd stop");
    assertThat(typist.types("mosixd start --local 1 --fresh").status()).isZero();
    assertThat(kept).doesNotExist();
  }

  @Test
  void statusFailsWhenOneIsDown() {
    assertThat(typist.types("mosixd status"))
        .isEqualTo(new Seen(1, "", "mosixd: none of your nodes was started here\n"));
    typist.types("mosixd start --local 2");
    assertThat(typist.types("mosixd status").status()).isZero();
    typist.types("mosixd stop beta");
    Seen status = typist.types("mosixd status");
    assertThat(status.status()).isEqualTo(1);
    assertThat(status.out()).contains("alpha  up").contains("beta   down");
    assertThat(typist.types("mosixd status --json").out())
        .contains("{\"name\":\"beta\",\"state\":\"down\"}");
  }

  @Test
  void restartHasTheDaemonReplaceItself() throws IOException {
    typist.types("mosixd start --local 2");
    long before = pid("beta");
    node.on("POST /nodes/beta/restart", "{\"node\":\"beta\",\"message\":\"beta restarts\"}");
    node.doing("POST /nodes/beta/restart", () -> signal("USR1", before));
    assertThat(typist.types("mosixd restart beta").status()).isZero();
    assertThat(started()).hasSize(3);
    assertThat(started().getLast()).contains("--name beta");
    assertThat(pid("beta")).isEqualTo(before);
  }

  @Test
  void aRestartThatIsRefusedSaysSoAtOnce() {
    typist.types("mosixd start --local 1");
    node.on("POST /nodes/alpha/restart", 422, "{\"title\":\"not now\",\"hint\":\"later\"}");
    Seen seen = typist.types("mosixd restart");
    assertThat(seen.status()).isEqualTo(1);
    assertThat(seen.err()).contains("not now").contains("hint: later");
  }

  private long pid(String name) throws IOException {
    Path note = directory.resolve(".config/mosey/run/" + name + ".json");
    return (long) JsonText.parse(Files.readString(note)).number("pid");
  }

  private static void signal(String signal, long pid) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void saysWhatTheDaemonSaid() throws IOException {
    Files.writeString(directory.resolve("broken"), "");
    assertThat(typist.types("mosixd start --local 1"))
        .isEqualTo(
            new Seen(
                1,
                "",
                """
                mosixd: alpha did not start: port 1 is in use
                hint: another
                """));
  }

  @Test
  void doesNotWaitForEver() {
    node.on("GET /ready", 503, "{}").on("GET /ready", 503, "{}");
    try (FakeNode never = new FakeNode()) {
      never.on("GET /ready", 503, "{}");
      Path script = directory.resolve("mosd");
      try {
        Files.writeString(script, SCRIPT.formatted(directory, never.url()));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      assertThat(typist.types("mosixd start --local 1 --patience 1s").err())
          .startsWith("mosixd: alpha is not ready yet\n");
    }
  }

  @Test
  void knowsWhatIsStartingAndStopsIt() throws IOException {
    Files.writeString(directory.resolve("mosd"), "#!/bin/sh\nexec sleep 100\n");
    assertThat(typist.types("mosixd start --local 1 --patience 100ms").status()).isEqualTo(1);
    assertThat(typist.types("mosixd status --json").out()).contains("\"state\":\"starting\"");
    assertThat(typist.types("mosixd start --patience 100ms").err())
        .startsWith("mosixd: alpha is not ready yet\n");
    assertThat(typist.types("mosixd stop")).isEqualTo(new Seen(0, "alpha has stopped\n", ""));
    assertThat(typist.types("mosixd status --json").out()).contains("\"state\":\"down\"");
  }
}
