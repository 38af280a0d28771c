package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One node, driven by the commands a user types: a durable queue, bodies, their output and their
 * exit.
 */
class OneNodeIT {
  private static Installation mosey;

  @BeforeAll
  static void start() {
    mosey = new Installation();
    mosey.run("mosixd", "start").ok();
  }

  @AfterAll
  static void stop() {
    mosey.close();
  }

  @Test
  void nativeCodeIsTakenFromTheDistributionAndNothingIsUnpacked() throws IOException {
    String node = mosey.json("mosctl", "status").path("items").path(0).path("name").asText();
    Path maps = Path.of("/proc", Long.toString(mosey.daemon(node).pid()), "maps");
    List<String> ours =
        Files.readAllLines(maps).stream()
            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
            .filter(file -> file.matches(".*/lib(rocksdbjni|amazonCorretto).*"))
            .distinct()
            .toList();
    assertThat(ours)
        .hasSize(2)
        .allMatch(file -> Path.of(file).getParent().endsWith("lib/node/native"));
  }

  @Test
  void aCommandsOutputAndExitComeBack() {
    Said submitted =
        mosey.run("mosq", "submit", "--", "sh", "-c", "echo out; echo err >&2; exit 3").ok();
    String id = submitted.line();
    assertThat(id).matches("[a-z0-9_-]+\\.\\d+");
    assertThat(mosey.run("mosq", "wait", id).status()).isEqualTo(3);
    assertThat(mosey.run("mosq", "logs", id).ok().out()).isEqualTo("out\n");
    assertThat(mosey.run("mosq", "logs", "--stderr", id).ok().out()).isEqualTo("err\n");
    JsonNode job = mosey.json("mosq", "show", id);
    assertThat(job.path("state").asText()).isEqualTo("failed");
    assertThat(job.path("exit").path("code").asInt()).isEqualTo(3);
    assertThat(job.path("incarnation").asInt()).isEqualTo(1);
  }

  @Test
  void submitWaitGivesTheProgramsStatusAndASignalIs128Plus() {
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "true").status()).isZero();
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "sh", "-c", "kill -TERM $$").status())
        .isEqualTo(143);
  }

  @Test
  void aCommandThatIsNowhereIs127AndOneThatCantRunIs126() throws IOException {
    Path plain = Files.writeString(mosey.folder().resolve("plain.txt"), "no program");
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "no-such-program-anywhere").status())
        .isEqualTo(127);
    assertThat(mosey.run("mosq", "submit", "--wait", "--", plain.toString()).status())
        .isEqualTo(126);
  }

  @Test
  void environmentDirectoryAndStandardInputArriveWhole() throws IOException {
    Path in = Files.writeString(mosey.folder().resolve("in"), "first\nsecond\n");
    Path dir = Files.createDirectories(mosey.folder().resolve("a dir"));
    String id =
        mosey
            .run(
                "mosq",
                "submit",
                "--env",
                "GREETING=hello world",
                "--cwd",
                dir.toString(),
                "--stdin",
                in.toString(),
                "--",
                "sh",
                "-c",
                "echo \"$GREETING\"; pwd; cat; echo $MOSEY_ID $MOSEY_INCARNATION")
            .ok()
            .line();
    mosey.run("mosq", "wait", id).ok();
    assertThat(mosey.run("mosq", "logs", id).ok().out())
        .isEqualTo("hello world\n" + dir + "\nfirst\nsecond\n" + id + " 1\n");
  }

  @Test
  void anArrayIsOneRowAndEachElementHasItsOwnOutput() {
    String id =
        mosey
            .run("mosq", "submit", "--array", "1-5", "--", "sh", "-c", "echo $MOSEY_TASK")
            .ok()
            .line();
    mosey.run("mosq", "wait", id).ok();
    assertThat(mosey.json("mosq", "show", id).path("tasks").path("done").asInt()).isEqualTo(5);
    assertThat(mosey.run("mosq", "logs", id + ".4").ok().out()).isEqualTo("4\n");
  }

  @Test
  void aTimeLimitEndsAProgramThatIgnoresTerm() {
    String id =
        mosey
            .run(
                "mosq",
                "submit",
                "-t",
                "1s",
                "--grace",
                "1s",
                "--",
                "sh",
                "-c",
                "trap '' TERM; while :; do sleep 1; done")
            .ok()
            .line();
    assertThat(mosey.run("mosq", "wait", id).status()).isEqualTo(137);
    assertThat(mosey.json("mosq", "show", id).path("state").asText()).isEqualTo("failed");
  }

  @Test
  void cancelEndsWhatRunsAndWhatWaits() {
    String running = mosey.run("mosq", "submit", "--", "sleep", "600").ok().line();
    mosey.await("it to run", () -> mosey.state(running), "running"::equals);
    String held = mosey.run("mosq", "submit", "--hold", "--", "true").ok().line();
    mosey.run("mosq", "cancel", running, held).ok();
    mosey.await("it to end", () -> mosey.state(running), "cancelled"::equals);
    assertThat(mosey.state(held)).isEqualTo("cancelled");
  }

  @Test
  void holdReleaseAndDependenciesOrderWhatStarts() {
    String first = mosey.run("mosq", "submit", "--hold", "--", "true").ok().line();
    String second = mosey.run("mosq", "submit", "--after", first, "--", "true").ok().line();
    assertThat(mosey.state(first)).isEqualTo("held");
    assertThat(mosey.state(second)).isEqualTo("waiting");
    assertThat(mosey.run("mosq", "why", second).ok().out()).contains(first);
    mosey.run("mosq", "release", first).ok();
    mosey.run("mosq", "wait", first, second).ok();
    String failing = mosey.run("mosq", "submit", "--", "false").ok().line();
    String hanging = mosey.run("mosq", "submit", "--after", failing, "--", "true").ok().line();
    mosey.await("the dependent to be cancelled", () -> mosey.state(hanging), "cancelled"::equals);
  }

  @Test
  void aRepeatedSubmitWithTheSameKeyIsTheSameJob() {
    String first = mosey.run("mosq", "submit", "--key", "only-once", "--", "true").ok().line();
    assertThat(mosey.run("mosq", "submit", "--key", "only-once", "--", "true").ok().line())
        .isEqualTo(first);
  }

  @Test
  void wrongInputGetsOneLineAndAHintAndChangesNothing() {
    long before = mosey.json("mosq", "history").path("items").size();
    record Wrong(int status, String named, String... command) {}
    for (Wrong wrong :
        new Wrong[] {
          new Wrong(2, "--no-such-option", "mosq", "submit", "--no-such-option", "--", "true"),
          new Wrong(2, "submti", "mosq", "submti"),
          new Wrong(1, "no node nowhere", "mosq", "show", "nowhere.17"),
          new Wrong(
              1,
              "999999",
              "mosq",
              "show",
              mosey.json("mosctl", "status").path("items").path(0).path("name").asText()
                  + ".999999"),
          new Wrong(2, "in", "mosq", "submit", "--in", "file", "--", "true"),
          new Wrong(3, "127.0.0.1:1", "mosq", "--node", "http://127.0.0.1:1", "list"),
        }) {
      Said said = mosey.run(wrong.command());
      assertThat(said.status())
          .as("%s: %s", String.join(" ", wrong.command()), said.err())
          .isEqualTo(wrong.status());
      assertThat(said.err())
          .startsWith("mosq: ")
          .contains(wrong.named())
          .doesNotContain("Exception")
          .doesNotContain("\tat ");
      assertThat(said.out()).isEmpty();
    }
    assertThat(mosey.json("mosq", "history").path("items").size()).isEqualTo(before);
  }

  @Test
  void theQueueSurvivesKill9AndARestartOfTheNode() {
    String held =
        mosey
            .run("mosq", "submit", "--hold", "--name", "patient", "--", "echo", "still here")
            .ok()
            .line();
    String node = held.substring(0, held.indexOf('.'));
    mosey.kill9(node);
    mosey.run("mosixd", "start").ok();
    assertThat(mosey.state(held)).isEqualTo("held");
    mosey.run("mosq", "release", held).ok();
    mosey.run("mosq", "wait", held).ok();
    assertThat(mosey.run("mosq", "logs", held).ok().out()).isEqualTo("still here\n");
  }
}
