package dev.mosey.tools.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.key.InvitationLine;
import dev.mosey.protocol.key.KeyDirectory;
import dev.mosey.protocol.key.KeyMaterial;
import dev.mosey.protocol.key.RunNote;
import dev.mosey.tools.FakeNode;
import dev.mosey.tools.TestKeys;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeToolsTest {
  private static final String NODES =
      "{\"items\":[{\"name\":\"alpha\",\"state\":\"up\",\"mode\":\"open\",\"load\":0.5,"
          + "\"speed\":1.0,\"cores\":2,\"slots\":2,\"running\":1,\"waiting\":3,"
          + "\"memory_total_mb\":8192,\"memory_free_mb\":1024,\"age_seconds\":0.4,"
          + "\"address\":\"10.0.0.5:17355\",\"http\":\"https://10.0.0.5:7626\"},"
          + "{\"name\":\"beta\",\"state\":\"away\",\"away\":\"2030-01-01T00:00:00Z\"}]}";
  private static final String RUNS =
      "{\"items\":[{\"id\":\"alpha.18.3\",\"job\":\"alpha.18\",\"user\":\"ann\",\"host\":\"beta\","
          + "\"state\":\"running\",\"cpu_seconds\":75.0,\"rss_bytes\":104857600,"
          + "\"home\":\"alpha\",\"incarnation\":2,\"lease_seconds\":10.0,\"move\":\"never\","
          + "\"moves\":[{}],\"command\":[\"sim\",\"--seed\",\"3\"]}]}";

  @TempDir Path directory;
  private final FakeNode node = new FakeNode();
  private Typist typist;

  @BeforeEach
  void sitDown() {
    typist = new Typist(directory).at(node);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void mospsShowsWhatRunsWhere() {
    node.on("GET /processes?limit=500", RUNS);
    assertThat(typist.types("mosps"))
        .isEqualTo(
            new Seen(
                0,
                """
                PID         USER  HOST  STATE    CPU   MEM   TIME  COMMAND
                alpha.18.3  ann   beta  running    -  100M  1m15s  sim --seed 3
                """,
                ""));
    assertThat(typist.types("mosps -o wide").out())
        .contains("HOME   INC  NMIGS  LEASE  JOB       CANTMOVE  FRZ  COMMAND")
        .contains(
            "alpha    2      1  10s    alpha.18  never     N/A  sim".replace("10s    ", "  10s  "));
    assertThat(typist.types("mosps --json").out()).isEqualTo(RUNS + "\n");
    assertThat(typist.types("mosps -o quiet").out()).isEqualTo("alpha.18.3\n");
    node.on("GET /processes?user=ann&all=true&node=beta&limit=500", RUNS);
    assertThat(typist.types("mosps -a --user ann --host beta -o quiet").out())
        .isEqualTo("alpha.18.3\n");
  }

  @Test
  void aTableThatIsTooWideForTheTerminalIsFolded() {
    node.on("GET /processes?limit=500", RUNS);
    String folded =
        typist
            .onTerminal()
            .with("NO_COLOR", "1")
            .with("COLUMNS", "80")
            .types("mosps -o wide")
            .out();
    assertThat(folded)
        .isEqualTo(
            """
            PID        USER HOST STATE   CPU  MEM  TIME HOME  INC NMIGS LEASE JOB
                CANTMOVE FRZ COMMAND
            alpha.18.3 ann  beta running   - 100M 1m15s alpha   2     1   10s alpha.18
                never    N/A sim --seed 3
            """);
  }

  @Test
  void migrateSaysWhatCameOfIt() {
    String result =
        "{\"id\":\"alpha.3\",\"from\":\"alpha\",\"to\":\"beta\",\"moved\":true,"
            + "\"message\":\"alpha.3 moved from alpha to beta in 34 ms\"}";
    node.on("POST /processes/alpha.3/migrate", result);
    assertThat(typist.types("migrate alpha.3 beta"))
        .isEqualTo(new Seen(0, "alpha.3 moved from alpha to beta in 34 ms\n", ""));
    assertThat(node.asked().getLast().body()).isEqualTo("{\"target\":\"beta\",\"wait\":true}");
    typist.types("migrate alpha.3 home --no-wait");
    assertThat(node.asked().getLast().body()).isEqualTo("{\"target\":\"home\",\"wait\":false}");
    String stayed = "{\"moved\":false,\"message\":\"beta has no room\"}";
    node.on("POST /processes/alpha.4/migrate", stayed);
    assertThat(typist.types("migrate alpha.4 beta"))
        .isEqualTo(
            new Seen(
                1,
                "",
                "migrate: beta has no room\nhint: mosq why alpha.4 says where it could go\n"));
    assertThat(typist.types("migrate alpha.4 beta --json"))
        .isEqualTo(new Seen(1, stayed + "\n", ""));
  }

  @Test
  void migrateFreezesAndSaysWhatWasPacked() {
    node.on(
        "POST /processes/alpha.3/migrate",
        "{\"id\":\"alpha.3\",\"moved\":true,\"bytes\":12,"
            + "\"message\":\"alpha.3 is frozen: 12 bytes at its home, in 40 ms\"}");
    assertThat(typist.types("migrate alpha.3 freeze"))
        .isEqualTo(new Seen(0, "alpha.3 is frozen: 12 bytes at its home, in 40 ms\n", ""));
    assertThat(node.asked().getLast().body()).isEqualTo("{\"target\":\"freeze\",\"wait\":true}");
  }

  @Test
  void mospsSaysWhoFrozeWhat() {
    node.on(
        "GET /processes?limit=500",
        "{\"items\":["
            + "{\"id\":\"alpha.1\",\"state\":\"frozen\",\"frozen\":\"hand\",\"move\":\"live\"},"
            + "{\"id\":\"alpha.2\",\"state\":\"frozen\",\"frozen\":\"load\",\"move\":\"live\"},"
            + "{\"id\":\"alpha.3\",\"state\":\"running\",\"move\":\"checkpoint\"}]}");
    assertThat(typist.with("COLUMNS", "200").types("mosps -o wide").out().lines())
        .satisfiesExactly(
            head -> assertThat(head).contains("FRZ"),
            first -> assertThat(first).contains("  M  "),
            second -> assertThat(second).contains("  A  "),
            third -> assertThat(third).doesNotContain("  M  ", "  A  ", "N/A"));
  }

  @Test
  void mosctlShowsNodes() {
    node.on("GET /nodes?limit=500", NODES);
    assertThat(typist.with("COLUMNS", "120").types("mosctl status"))
        .isEqualTo(
            new Seen(
                0,
                """
                NODE   STATE  MODE  LOAD  SPEED  CORES  RUN  WAIT  FREE   MEM   AGE  NOTE
                alpha  up     open  0.50   1.00      2  1/2     3  1.0G  8.0G  0.4s  -
                beta   away   -        -      -      -    -     -     -     -     -  away since %s
                """
                    .formatted("2030-01-01T00:00:00Z"),
                ""));
    assertThat(typist.types("mosctl status --json").out()).isEqualTo(NODES + "\n");
    assertThat(typist.types("mosctl whois 10.0.0.5"))
        .isEqualTo(
            new Seen(
                0,
                "NODE   ADDRESS         HTTP\nalpha  10.0.0.5:17355  https://10.0.0.5:7626\n",
                ""));
    assertThat(typist.types("mosctl whois 10.9.9.9").status()).isEqualTo(1);
  }

  @Test
  void mosctlNamesTheNodeAndSaysWhatIsLeft() {
    node.on(
        "POST /nodes/beta/drain",
        "{\"node\":\"beta\",\"message\":\"drained but for 1\",\"left\":[\"alpha.3\"]}");
    assertThat(typist.types("mosctl drain beta --deadline 2m"))
        .isEqualTo(new Seen(1, "beta: drained but for 1\n", "mosctl: beta still has alpha.3\n"));
    assertThat(node.asked().getLast().body()).isEqualTo("{\"deadline_seconds\":120}");
    node.on("POST /nodes/beta/setspeed", "{\"node\":\"beta\",\"message\":\"speed 1.5\"}");
    assertThat(typist.types("mosctl setspeed 1.5 beta").out()).isEqualTo("beta: speed 1.5\n");
    assertThat(node.asked().getLast().body()).isEqualTo("{\"speed\":1.5}");
  }

  @Test
  void aVerbAboutTheNodeThatIsAskedNeverGoesToAnother() {
    node.on("GET /status", "{\"node\":\"alpha\"}");
    node.on("POST /nodes/alpha/block", "{\"node\":\"alpha\",\"message\":\"takes no guests\"}");
    assertThat(typist.types("mosctl block").out()).isEqualTo("alpha: takes no guests\n");
    typist.with("MOSEY_NODE", "http://127.0.0.1:1," + node.url());
    assertThat(typist.types("mosctl block").status()).isEqualTo(3);
    assertThat(node.asked()).hasSize(2);
  }

  @Test
  void ofSeveralOwnNodesOneMustBeNamed() throws IOException {
    KeyDirectory keys = new KeyDirectory(directory.resolve(".config/mosey"));
    Files.createDirectories(keys.run());
    RunNote.ofThisProcess("alpha", node.url()).leave(keys);
    RunNote.ofThisProcess("beta", "http://127.0.0.1:1").leave(keys);
    typist.without("MOSEY_NODE");
    assertThat(typist.types("mosctl block"))
        .isEqualTo(
            new Seen(
                2,
                "",
                """
                mosctl: which node? several of yours run here: alpha, beta
                hint: name it: mosctl block alpha
                """));
    node.on("POST /nodes/beta/block", "{\"node\":\"beta\",\"message\":\"takes no guests\"}");
    assertThat(typist.types("mosctl block beta").status()).isZero();
  }

  @Test
  void forgettingAsksFirst() {
    node.on("POST /nodes/beta/forget", "{\"node\":\"beta\",\"message\":\"forgotten\"}");
    assertThat(typist.onTerminal().input("n\n").types("mosctl forget beta").status()).isEqualTo(1);
    assertThat(node.asked()).isEmpty();
    assertThat(typist.input("y\n").types("mosctl forget beta").status()).isZero();
  }

  @Test
  void bestnodeNamesNodes() {
    node.on(
        "GET /nodes/best?memory_mb=2048&count=2",
        "{\"nodes\":[{\"node\":\"beta\",\"load_after\":0.5,\"why\":\"least loaded\"},"
            + "{\"node\":\"alpha\",\"load_after\":1.0,\"why\":\"next\"}]}");
    assertThat(typist.types("bestnode -m 2G -p 2")).isEqualTo(new Seen(0, "beta\nalpha\n", ""));
    assertThat(typist.types("mosbestnode -v -m2G -p2").out())
        .isEqualTo("NODE   LOAD  WHY\nbeta   0.50  least loaded\nalpha  1.00  next\n");
    node.on("GET /nodes/best?count=1", "{\"nodes\":[]}");
    node.on("GET /nodes/best?count=1", "{\"nodes\":[{\"node\":\"beta\"}]}");
    assertThat(typist.types("bestnode"))
        .isEqualTo(
            new Seen(
                1, "", "bestnode: no node could take it now\nhint: bestnode -w waits for one\n"));
    assertThat(typist.types("bestnode -w").out()).isEqualTo("beta\n");
  }

  @Test
  void tunesAreShownAndSet() {
    String page =
        "{\"items\":[{\"name\":\"differential\",\"value\":\"0.3\",\"unit\":\"load\","
            + "\"default_value\":\"0.25\",\"range\":\"0 to 10\",\"meaning\":\"how much less\"}]}";
    node.on("GET /tunes", page).on("PATCH /tunes", page);
    assertThat(typist.types("tune").out())
        .isEqualTo(
            """
            TUNE          VALUE  UNIT  DEFAULT  MEANING
            differential  0.3    load  0.25     how much less
            """);
    assertThat(typist.types("mostune --set differential=0.3 -o quiet").out())
        .isEqualTo("differential=0.3\n");
    assertThat(node.asked().getLast().body()).isEqualTo("{\"differential\":\"0.3\"}");
  }

  @Test
  void anInvitationCarriesTheKeyToAnotherMachine() throws IOException {
    KeyMaterial key = TestKeys.material();
    new KeyDirectory(directory.resolve(".config/mosey")).write(key);
    node.on("GET /nodes?limit=500", NODES);
    String command = typist.types("moskey invite").out();
    assertThat(command).startsWith("moskey join mosey1-").endsWith("\n");
    String line = command.strip().substring("moskey join ".length());
    assertThat(InvitationLine.parse(line).seeds()).containsExactly("10.0.0.5:17355");

    Path other = directory.resolve("other");
    Typist elsewhere = new Typist(directory).with("MOSEY_KEY_DIR", other.toString());
    assertThat(elsewhere.runs(List.of("moskey", "join", "--no-start", line)))
        .isEqualTo(new Seen(0, "the key " + key.fingerprint() + " is in " + other + "\n", ""));
    assertThat(new KeyDirectory(other).read()).contains(key);
    assertThat(elsewhere.types("moskey show --token").out()).isEqualTo("secret\n");
    assertThat(elsewhere.without("MOSEY_TOKEN").types("moskey show --token").out())
        .isEqualTo("tok\n");
    assertThat(elsewhere.types("moskey show -o quiet").out()).isEqualTo(key.fingerprint() + "\n");
    new KeyDirectory(other).write(TestKeys.material());
    assertThat(elsewhere.runs(List.of("moskey", "join", "--no-start", line)))
        .isEqualTo(
            new Seen(
                1,
                "",
                "moskey: there is another cluster's key in "
                    + other
                    + "\n"
                    + "hint: --replace puts this one in its place; nodes with the other one must be"
                    + " stopped\n"));
  }

  @Test
  void aClusterThatOnlyThisMachineReachesCantInvite() throws IOException {
    new KeyDirectory(directory.resolve(".config/mosey")).write(TestKeys.material());
    node.on("GET /nodes?limit=500", NODES.replace("10.0.0.5", "127.0.0.1"));
    assertThat(typist.types("moskey invite").err())
        .startsWith("moskey: every node listens on this machine only");
    assertThat(typist.types("moskey invite --seed 10.1.1.1:17355").status()).isZero();
  }
}
