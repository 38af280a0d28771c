package dev.mosey.tools.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.tools.FakeNode;
import dev.mosey.tools.Typist;
import dev.mosey.tools.Typist.Seen;
import dev.mosey.tools.json.JsonText;
import dev.mosey.tools.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueToolTest {
  private static final String WAITS =
      "{\"id\":\"alpha.17\",\"job\":\"alpha.17\",\"command\":[\"gzip\",\"-9\",\"big.tar\"],"
          + "\"state\":\"waiting\",\"user\":\"ann\",\"priority\":50,\"home\":\"alpha\","
          + "\"resources\":{\"cores\":1.0,\"memory_mb\":2048.0}}";
  private static final String RUNS =
      "{\"id\":\"alpha.18\",\"job\":\"alpha.18\",\"command\":[\"sim\"],\"state\":\"running\","
          + "\"user\":\"ann\",\"priority\":20,\"home\":\"alpha\",\"array\":\"1-100\","
          + "\"tasks\":{\"waiting\":60,\"running\":4,\"done\":35,\"failed\":1}}";
  private static final String PAGE = "{\"items\":[" + RUNS + "," + WAITS + "]}";
  private static final String FAILED =
      "{\"id\":\"alpha.3\",\"job\":\"alpha.3\",\"command\":[\"false\"],\"state\":\"failed\","
          + "\"exit\":{\"code\":7}}";

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
  void listsWhatWaitsWithPidFirstAndPriorityFifth() {
    node.on("GET /jobs?state=waiting%2Cheld%2Cfrozen&scope=cluster&limit=500", PAGE);
    assertThat(typist.types("mosq list"))
        .isEqualTo(
            new Seen(
                0,
                """
                PID       USER   MEM   TASKS  PRI  FROM   STATE                 COMMAND
                alpha.18  ann      -  36/100  RUN  alpha  waiting:60,running:4  sim
                alpha.17  ann   2.0G       1   50  alpha  waiting               gzip -9 big.tar
                """,
                ""));
    assertThat(node.asked().getFirst().headers()).containsEntry("Authorization", "Bearer secret");
  }

  @Test
  void printsOneJsonValueAndWhatIsMissingInIt() {
    String incomplete =
        "{\"items\":[" + WAITS + "],\"incomplete\":[\"beta\"],\"notes\":[\"beta is away\"]}";
    node.on("GET /jobs?scope=local&limit=500", incomplete);
    assertThat(typist.types("mosq locallistall --json"))
        .isEqualTo(new Seen(0, incomplete + "\n", ""));
    assertThat(typist.types("mosq locallistall -o quiet"))
        .isEqualTo(new Seen(0, "alpha.17\n", "mosq: beta is away\n"));
  }

  @Test
  void putsThePartsOfALongListTogether() {
    node.on("GET /jobs?scope=cluster&limit=500", "{\"items\":[" + WAITS + "],\"next\":\"a/17\"}");
    node.on("GET /jobs?scope=cluster&limit=500&after=a%2F17", "{\"items\":[" + RUNS + "]}");
    assertThat(typist.types("mosq listall -o quiet").out()).isEqualTo("alpha.17\nalpha.18\n");
  }

  @Test
  void cutsTheCommandToTheWidthOfTheTerminal() {
    node.on("GET /jobs?scope=cluster&limit=500", PAGE.replace("big.tar", "b".repeat(200)));
    String table = typist.with("COLUMNS", "70").types("mosq listall").out();
    assertThat(table.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(70));
    assertThat(table).contains("gzip -9 bbb").endsWith("~\n");
  }

  @Test
  void coloursOnATerminalUnlessAskedNotTo() {
    node.on("GET /jobs?scope=cluster&limit=500", PAGE);
    assertThat(typist.types("mosq listall").out()).doesNotContain("\033[");
    assertThat(typist.onTerminal().types("mosq listall").out()).contains("\033[32mRUN\033[0m");
    assertThat(typist.with("NO_COLOR", "1").types("mosq listall").out()).doesNotContain("\033[");
  }

  @Test
  void submitsWithEverythingThatWasSaid() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.19\",\"home\":\"alpha\"}");
    Seen seen =
        typist
            .with("PATH", "/bin")
            .runs(
                List.of(
                    "mosq",
                    "submit",
                    "-J",
                    "a b",
                    "-p",
                    "10",
                    "-c",
                    "1.5",
                    "-m2G",
                    "-a",
                    "1-9%2",
                    "--after",
                    "alpha.3,alpha.4",
                    "-t",
                    "1h30m",
                    "--env",
                    "K=V=W",
                    "--export=none",
                    "--stdout",
                    "out.txt",
                    "--on",
                    "alpha,beta",
                    "--move",
                    "restart",
                    "--lease",
                    "5s",
                    "--begin",
                    "+90m",
                    "--lock",
                    "--hold",
                    "sh",
                    "-c",
                    "echo -x --json"));
    assertThat(seen).isEqualTo(new Seen(0, "alpha.19\n", ""));
    assertThat(node.asked().getFirst().headers().get("Idempotency-key")).matches("[0-9a-f]{32}");
    String body = node.asked().getFirst().body();
    assertThat(body)
        .isEqualTo(
            "{\"command\":[\"sh\",\"-c\",\"echo -x --json\"],\"kind\":\"command\",\"name\":\"a b\","
                + "\"priority\":10,\"resources\":{\"cores\":1.5,\"memory_mb\":2048},"
                + "\"array\":\"1-9%2\",\"env\":{\"K\":\"V=W\"},\"cwd\":\""
                + directory
                + "\",\"stdout_file\":\""
                + directory.resolve("out.txt")
                + "\",\"time_limit_seconds\":5400,\"lease_seconds\":5,\"move\":\"restart\","
                + "\"lock\":true,\"on\":[\"alpha\",\"beta\"],\"after\":[\"alpha.3\",\"alpha.4\"],"
                + "\"begin\":\"+5400.0\",\"hold\":true}");
  }

  @Test
  void whatNoNodeCanRunIsSaidOnStandardError() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.19\",\"note\":\"no node can run this now: x\"}");
    assertThat(typist.types("mosq submit --on delta true"))
        .isEqualTo(new Seen(0, "alpha.19\n", "mosq: no node can run this now: x\n"));
    assertThat(typist.types("mosq submit --on delta --json true").err()).isEmpty();
  }

  @Test
  void exportsTheEnvironmentButNotTheKeyNorAParentTasksOwnVariables() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.19\"}");
    typist.with("PATH", "/bin").with("MOSEY_ID", "alpha.1").types("mosq submit true");
    JsonValue env = JsonText.parse(node.asked().getFirst().body()).get("env");
    assertThat(env.members()).containsKeys("PATH", "HOME");
    assertThat(env.members()).doesNotContainKeys("MOSEY_TOKEN", "MOSEY_ID");
  }

  @Test
  void oneTaskForEachLineOfStandardInput() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.19\"}");
    typist.input("one\ntwo words\n").types("mosq submit --each-line - -- echo {}");
    assertThat(JsonText.parse(node.asked().getFirst().body()).texts("entries"))
        .containsExactly("one", "two words");
  }

  @Test
  void linesThatNoProgramCanBeGivenAreRefusedBeforeAnythingIsSent() {
    assertThat(typist.input("one\nt\0wo\n").types("mosq submit --each-line - -- echo {}").err())
        .isEqualTo(
            """
            mosq: '-' holds a zero byte, which no program can be given
            hint: each of its lines becomes an argument: it must be text
            """);
    assertThat(node.asked()).isEmpty();
  }

  @Test
  void uploadsAJarOnceByItsHash() throws IOException {
    Files.writeString(directory.resolve("a.jar"), "PK\003\004jar");
    String name = sha256("PK\003\004jar");
    node.on("HEAD /blobs/" + name, 404, "").on("HEAD /blobs/" + name, 200, "");
    node.on("PUT /blobs", 201, "{\"sha256\":\"" + name + "\",\"bytes\":7}");
    node.on("POST /jobs", 201, "{\"id\":\"alpha.19\"}");
    typist.types("mosq submit --jar a.jar --class x.Y -- 5");
    typist.types("mosq submit --jar a.jar --class x.Y -- 5");
    assertThat(node.lines())
        .containsExactly(
            "HEAD /blobs/" + name, "PUT /blobs", "POST /jobs", "HEAD /blobs/" + name, "POST /jobs");
    JsonValue body = JsonText.parse(node.asked().getLast().body());
    assertThat(body.text("kind")).isEqualTo("java");
    assertThat(body.text("class_name")).isEqualTo("x.Y");
    assertThat(body.get("jar")).hasToString("{\"sha256\":\"" + name + "\",\"bytes\":7}");
  }

  private static String sha256(String text) {
    try {
      return java.util.HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("SHA-256")
                  .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void repeatsASubmitOfUnknownOutcomeToTheSameNodeWithTheSameKey() {
    node.dies("POST /jobs").on("POST /jobs", 201, "{\"id\":\"alpha.19\",\"repeated\":true}");
    try (FakeNode other = new FakeNode()) {
      other.on("POST /jobs", 201, "{\"id\":\"beta.1\"}");
      Seen seen =
          typist.with("MOSEY_NODE", node.url() + "," + other.url()).types("mosq submit true");
      assertThat(seen.out()).isEqualTo("alpha.19\n");
      assertThat(other.asked()).isEmpty();
    }
    assertThat(node.asked().stream().map(a -> a.headers().get("Idempotency-key")).distinct())
        .hasSize(1);
  }

  @Test
  void asksTheNextNodeWhenOneIsDown() {
    node.on("GET /jobs?scope=cluster&limit=500", PAGE);
    typist.with("MOSEY_NODE", "http://127.0.0.1:1, " + node.url());
    assertThat(typist.types("mosq listall -o quiet").status()).isZero();
  }

  @Test
  void theStatusOfWaitIsTheProgramsAndOfSeveralTheHighest() {
    node.on("GET /jobs/alpha.2/wait?timeout=30", "{\"id\":\"alpha.2\",\"state\":\"running\"}");
    node.on(
        "GET /jobs/alpha.2/wait?timeout=30",
        "{\"id\":\"alpha.2\",\"state\":\"done\",\"exit\":{\"code\":0}}");
    node.on("GET /jobs/alpha.3/wait?timeout=30", FAILED);
    assertThat(typist.types("mosq wait alpha.2-3"))
        .isEqualTo(new Seen(7, "alpha.2 done\nalpha.3 failed: exit 7\n", ""));
    String killed = FAILED.replace("\"code\":7", "\"signal\":9,\"why\":\"time limit\"");
    node.on("GET /jobs/alpha.4/wait?timeout=30", killed.replace("alpha.3", "alpha.4"));
    assertThat(typist.types("mosq wait alpha.4"))
        .isEqualTo(new Seen(137, "alpha.4 failed: signal 9 (time limit)\n", ""));
  }

  @Test
  void whatWentWrongWithItsOutputIsSaidOnStandardError() {
    String noted =
        "{\"id\":\"alpha.2\",\"state\":\"done\",\"exit\":{\"code\":0},"
            + "\"note\":\"its output was not copied to /x/y\"}";
    node.on("GET /jobs/alpha.2/wait?timeout=30", noted).on("GET /jobs/alpha.2", noted);
    assertThat(typist.types("mosq wait alpha.2"))
        .isEqualTo(
            new Seen(0, "alpha.2 done\n", "mosq: alpha.2: its output was not copied to /x/y\n"));
    assertThat(typist.types("mosq show alpha.2").out())
        .contains("note        its output was not copied to /x/y\n");
  }

  @Test
  void whatIsMoseysOwnIs125WhileWaiting() {
    node.on("GET /jobs/alpha.2/wait?timeout=30", "{\"id\":\"alpha.2\",\"state\":\"cancelled\"}");
    assertThat(typist.types("mosq wait alpha.2").status()).isEqualTo(125);
    assertThat(typist.types("mosq wait alpha.9").status()).isEqualTo(125);
    assertThat(typist.types("mosq wait nonsense").status()).isEqualTo(125);
    assertThat(typist.types("mosq --node http://127.0.0.1:1 wait alpha.2").status()).isEqualTo(125);
    assertThat(typist.types("mosq submit --wait --no-such true").status()).isEqualTo(125);
    assertThat(typist.types("mosq submit --no-such true").status()).isEqualTo(2);
  }

  @Test
  void waitGivesUpWith124() {
    node.on("GET /jobs/alpha.2/wait?timeout=1", "{\"id\":\"alpha.2\",\"state\":\"running\"}");
    assertThat(typist.types("mosq wait alpha.2 --timeout 200ms"))
        .isEqualTo(new Seen(124, "", "mosq: alpha.2 has not ended in time\n"));
  }

  @Test
  void theStatusOfAnArrayIsTheHighestOfItsElements() {
    String ended =
        RUNS.replace("\"running\",\"user\"", "\"failed\",\"user\"").replace("1-100", "1-2");
    node.on("GET /jobs/alpha.18/wait?timeout=30", ended);
    node.on(
        "GET /jobs?ids=alpha.18.1%2Calpha.18.2&limit=500",
        "{\"items\":[" + FAILED + "," + FAILED.replace(":7", ":3") + "]}");
    assertThat(typist.types("mosq wait alpha.18").status()).isEqualTo(7);
  }

  @Test
  void submitWithWaitPrintsTheIdAndEndsAsTheProgramDid() {
    node.on("POST /jobs", 201, "{\"id\":\"alpha.3\"}");
    node.on("GET /jobs/alpha.3/wait?timeout=30", FAILED);
    assertThat(typist.types("mosq submit --wait false"))
        .isEqualTo(new Seen(7, "alpha.3\n", "mosq: alpha.3 failed: exit 7\n"));
  }

  @Test
  void opensANamedArray() {
    node.on(
        "GET /jobs?ids=alpha.18&limit=500", "{\"items\":[" + RUNS.replace("1-100", "2-6:2") + "]}");
    node.on(
        "GET /jobs?ids=alpha.18.2%2Calpha.18.4%2Calpha.18.6&limit=500",
        "{\"items\":[" + FAILED + "],\"incomplete\":[\"beta\"]}");
    assertThat(typist.types("mosq list --elements --all alpha.18 --json").out())
        .isEqualTo("{\"items\":[" + FAILED + "],\"incomplete\":[\"beta\"]}\n");
  }

  @Test
  void saysWhatItDidAndGoesOnAfterARefusal() {
    node.on("POST /jobs/alpha.17/cancel", WAITS.replace("waiting", "cancelled"));
    node.on(
        "POST /jobs/alpha.99/cancel",
        404,
        "{\"title\":\"there is no job alpha.99\",\"code\":\"not_found\",\"hint\":\"mosq list\"}");
    assertThat(typist.types("mosq delete alpha.99 alpha.17"))
        .isEqualTo(
            new Seen(
                1, "alpha.17 cancelled\n", "mosq: there is no job alpha.99\nhint: mosq list\n"));
    assertThat(typist.types("mosq cancel alpha.99 --json"))
        .isEqualTo(
            new Seen(
                1,
                "{\"error\":{\"code\":\"not_found\",\"message\":\"there is no job alpha.99\","
                    + "\"hint\":\"mosq list\"}}\n",
                ""));
  }

  @Test
  void elementsAreCancelledInOneRequestAndJobsOneByOne() {
    node.on("POST /jobs/alpha.18.1-10/cancel", RUNS);
    node.on("POST /jobs/alpha.1/cancel", WAITS).on("POST /jobs/alpha.2/cancel", WAITS);
    assertThat(typist.types("mosq cancel alpha.18.1-10 alpha.1-2").status()).isZero();
    assertThat(node.lines())
        .containsExactly(
            "POST /jobs/alpha.18.1-10/cancel",
            "POST /jobs/alpha.1/cancel",
            "POST /jobs/alpha.2/cancel");
  }

  @Test
  void asksBeforeItCancelsAllOnATerminal() {
    node.on("GET /jobs?scope=cluster&limit=500", PAGE);
    node.on("POST /jobs/alpha.17/cancel", WAITS).on("POST /jobs/alpha.18/cancel", RUNS);
    Seen refused = typist.onTerminal().input("n\n").types("mosq cancel all");
    assertThat(refused)
        .isEqualTo(new Seen(1, "", "mosq: cancel all of yours? [y/N] mosq: nothing was done\n"));
    assertThat(node.asked()).isEmpty();
    assertThat(typist.types("mosq cancel -y all").status()).isZero();
    assertThat(node.lines()).contains("POST /jobs/alpha.17/cancel", "POST /jobs/alpha.18/cancel");
  }

  @Test
  void steersTheQueue() {
    for (String verb : List.of("hold", "release", "run", "advance", "retard", "retry")) {
      node.on("POST /jobs/alpha.17/" + verb, WAITS);
      assertThat(typist.types("mosq " + verb + " alpha.17"))
          .isEqualTo(new Seen(0, "alpha.17 waiting, priority 50\n", ""));
    }
    node.on("POST /jobs/alpha.17/priority", WAITS.replace("50", "10"));
    assertThat(typist.types("mosq cngpri 10 alpha.17").out())
        .isEqualTo("alpha.17 waiting, priority 10\n");
    assertThat(node.asked().getLast().body()).isEqualTo("{\"priority\":10}");
    node.on("POST /jobs/alpha.17/signal", "{\"id\":\"alpha.17\",\"message\":\"signal 9 sent\"}");
    assertThat(typist.types("mosq signal -9 alpha.17").out())
        .isEqualTo("alpha.17: signal 9 sent\n");
    typist.types("mosq signal SIGUSR1 alpha.17");
    assertThat(node.asked().getLast().body()).isEqualTo("{\"signal\":10}");
  }

  @Test
  void lastIsTheNewestHere() {
    node.on("GET /jobs/last", WAITS).on("GET /jobs/alpha.17", WAITS);
    assertThat(typist.types("mosq show last --json")).isEqualTo(new Seen(0, WAITS + "\n", ""));
    node.on("GET /jobs/alpha.17.3", WAITS);
    assertThat(typist.types("mosq show last.3 --json")).isEqualTo(new Seen(0, WAITS + "\n", ""));
    assertThat(typist.types("mosq show last.x").status()).isEqualTo(2);
  }

  @Test
  void showsOneJobWhole() {
    String job =
        FAILED.replace(
            "}}",
            "},\"moves\":[{\"from\":\"alpha\",\"to\":\"beta\",\"at\":\"2030-01-01T00:00:00Z\","
                + "\"pause_seconds\":0.034,\"reason\":\"balance\"}],\"cpu_seconds\":192.5,"
                + "\"lease_seconds\":10.0,\"home\":\"alpha\",\"host\":\"beta\"}");
    node.on("GET /jobs/alpha.3", job);
    assertThat(typist.types("mosq show alpha.3"))
        .isEqualTo(
            new Seen(
                0,
                """
                id          alpha.3
                command     false
                state       failed, exit 7
                home        alpha
                host        beta
                lease       10s
                processor   3m12s
                moves
                  AT                    FROM   TO    PAUSE  GAIN  GAINED  REASON
                  2030-01-01T00:00:00Z  alpha  beta   34ms     -       -  balance
                """,
                ""));
  }

  @Test
  void saysOnceWhyItWasCancelled() {
    String job = "{\"id\":\"alpha.3\",\"state\":\"cancelled\",\"reason\":\"cancelled by ann\"";
    node.on("GET /jobs/alpha.3", job + ",\"exit\":{\"why\":\"cancelled by ann\"}}");
    assertThat(typist.types("mosq show alpha.3").out())
        .isEqualTo("id          alpha.3\nstate       cancelled, cancelled by ann\n");
    node.on("GET /jobs/alpha.4", job + ",\"exit\":{\"signal\":15}}");
    assertThat(typist.types("mosq show alpha.4").out())
        .contains("state       cancelled, signal 15\nreason      cancelled by ann\n");
  }

  @Test
  void saysWhyWithTheFigures() {
    node.on(
        "GET /jobs/alpha.17/why?node=beta",
        "{\"id\":\"alpha.17\",\"state\":\"waiting\",\"summary\":\"no node has 2 GiB free\","
            + "\"reason\":\"memory\",\"nodes\":[{\"node\":\"beta\",\"could\":false,"
            + "\"why\":\"1.5 GiB free\"}],\"figures\":{\"load\":1.5}}");
    assertThat(typist.types("mosq why alpha.17 beta"))
        .isEqualTo(
            new Seen(
                0,
                """
                no node has 2 GiB free

                NODE  COULD  WHY
                beta  no     1.5 GiB free
                figures: load 1.50
                """,
                ""));
    assertThat(typist.types("mosq why alpha.17 beta -o quiet").out()).isEqualTo("memory\n");
  }

  @Test
  void showsMineAtAGlance() {
    node.on("GET /jobs?scope=cluster&limit=500", PAGE);
    node.on("GET /history?limit=20", "{\"items\":[" + FAILED + "]}");
    node.on(
        "GET /jobs/alpha.3/output?stream=stderr&offset=0&limit=400",
        200,
        Map.of(),
        "\nno such thing\nmore\n");
    assertThat(typist.types("mosq"))
        .isEqualTo(
            new Seen(
                0,
                """
                4 running, 61 waiting; of the last 1 ended 0 went well
                PID       STATE    HOST  TIME    DONE  LEFT  WHAT
                alpha.18  running  -        -  36/100     -  sim
                alpha.3 failed, exit 7 (false): no such thing
                """,
                ""));
    assertThat(typist.types("mosq --json").out())
        .contains("\"running\":4")
        .contains("\"stderr\":\"no such thing\"");
  }
}
