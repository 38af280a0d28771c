package dev.mosey.tools.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillallTest {
  private static final String LIST = "GET /jobs?scope=cluster&limit=500";
  private static final String CANCEL = "{\"waiting_only\":true}";

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Typist typist;

  @BeforeEach
  void sitDown() {
    typist = new Typist(directory).at(node);
    node.on(
        LIST,
        "{\"items\":[{\"id\":\"alpha.1\",\"name\":\"nightly\",\"state\":\"running\"},"
            + "{\"id\":\"alpha.2\",\"name\":\"nightly\",\"state\":\"waiting\"},"
            + "{\"id\":\"beta.3\",\"name\":\"\",\"state\":\"running\"}]}");
    node.on("POST /jobs/alpha.1/cancel", "{\"id\":\"alpha.1\",\"state\":\"running\"}");
    node.on("POST /jobs/alpha.2/cancel", "{\"id\":\"alpha.2\",\"state\":\"cancelled\"}");
    node.on("POST /jobs/beta.3/cancel", "{\"id\":\"beta.3\",\"state\":\"running\"}");
    node.on("POST /jobs/alpha.1/signal", "{\"id\":\"alpha.1\",\"state\":\"running\"}");
    node.on("POST /jobs/beta.3/signal", "{\"id\":\"beta.3\",\"state\":\"running\"}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void whatWaitsIsCancelledBeforeAnythingIsSignalled() {
    assertThat(typist.types("moskillall"))
        .isEqualTo(new Seen(0, "alpha.2 cancelled\nalpha.1 TERM\nbeta.3 TERM\n", ""));
    assertThat(node.lines())
        .containsExactly(
            LIST,
            "POST /jobs/alpha.1/cancel",
            "POST /jobs/alpha.2/cancel",
            "POST /jobs/beta.3/cancel",
            "POST /jobs/alpha.1/signal",
            "POST /jobs/beta.3/signal");
    assertThat(node.asked().get(1).body()).isEqualTo(CANCEL);
    assertThat(node.asked().getLast().body()).isEqualTo("{\"signal\":15}");
  }

  @Test
  void aSignalThatEndsNothingLeavesWhatWaitsAlone() {
    node.on("POST /jobs/alpha.2/signal", 409, "{\"title\":\"x\",\"code\":\"not_running\"}");
    assertThat(typist.types("moskillall -SIGUSR1"))
        .isEqualTo(new Seen(0, "alpha.1 USR1\nbeta.3 USR1\n", ""));
    assertThat(node.lines()).noneMatch(line -> line.endsWith("cancel"));
    assertThat(node.asked().getLast().body()).isEqualTo("{\"signal\":10}");
  }

  @Test
  void aJobIsChosenByItsNameOrItsId() {
    assertThat(typist.types("moskillall -9 -J nightly").out())
        .isEqualTo("alpha.2 cancelled\nalpha.1 KILL\n");
    assertThat(typist.types("moskillall -KILL -Jbeta.3 -o quiet").out()).isEqualTo("beta.3\n");
    assertThat(typist.types("moskillall -J beta.3 --json").out())
        .isEqualTo("{\"items\":[{\"id\":\"beta.3\",\"state\":\"running\"}]}\n");
  }

  @Test
  void ofNothingItSaysSoAndFails() {
    Seen none =
        new Seen(
            1,
            "",
            "moskillall: nothing of yours is there that this could mean\nhint: mosq listall\n");
    assertThat(typist.types("moskillall -J other")).isEqualTo(none);
    assertThat(typist.types("moskillall -G 7")).isEqualTo(none);
    assertThat(typist.types("moskillall -G1").status()).isZero();
  }

  @Test
  void whatWentBackToTheQueueInBetweenIsCancelledThere() {
    node.on("POST /jobs/alpha.9/cancel", "{\"id\":\"alpha.9\",\"state\":\"running\"}");
    node.on("POST /jobs/alpha.9/cancel", "{\"id\":\"alpha.9\",\"state\":\"cancelled\"}");
    node.on("POST /jobs/alpha.9/signal", 409, "{\"title\":\"x\",\"code\":\"not_running\"}");
    node.on(LIST, "{\"items\":[{\"id\":\"alpha.9\",\"state\":\"running\"}]}");
    typist.types("mosq listall -o quiet");
    assertThat(typist.types("moskillall")).isEqualTo(new Seen(0, "alpha.9 cancelled\n", ""));
  }

  @Test
  void onATerminalItAsks() {
    Seen asked = typist.onTerminal().input("n\n").types("moskillall -9");
    assertThat(asked.err())
        .isEqualTo("moskillall: KILL to 3 jobs of yours? [y/N] moskillall: nothing was done\n");
    assertThat(asked.status()).isEqualTo(1);
    assertThat(node.lines()).containsExactly(LIST);
    assertThat(typist.types("moskillall -9 -y").status()).isZero();
  }
}
