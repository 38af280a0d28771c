package dev.mosey.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.config.Problems.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsLoaderTest {
  @TempDir Path directory;
  private final Problems problems = new Problems();
  private final Map<String, Object> flags = new TreeMap<>(Map.of("name", "alpha"));
  private final Map<String, String> environment = new TreeMap<>(Map.of("HOME", "/home/ann"));

  @Test
  void everyKeyHasADefaultThatIsInItsRange() {
    NodeSettings settings = load(null);
    assertThat(problems.refusals()).isEmpty();
    assertThat(problems.warnings()).isEmpty();
    assertThat(settings.network().port()).isEqualTo(17_355);
    assertThat(settings.network().httpPort()).isEqualTo(7626);
    assertThat(settings.network().loopback()).isTrue();
    assertThat(settings.machine().slots()).isEmpty();
    assertThat(settings.roles()).containsExactlyInAnyOrder("home", "host");
    assertThat(settings.data()).isEqualTo(Path.of("/home/ann/.local/state/mosey/alpha"));
    assertThat(settings.keyDirectory()).isEqualTo(Path.of("/home/ann/.config/mosey"));
  }

  @Test
  void flagsWinOverTheEnvironmentAndThatOverTheFile() throws IOException {
    Path file = file("mosd { port = 1, http-port = 1, slots = 1, seed = [\"c:3\"] }");
    environment.put("MOSD_PORT", "2");
    environment.put("MOSD_HTTP_PORT", "2");
    environment.put("MOSD_CLUSTER_STABLE_AFTER", "7s");
    environment.put("MOSD_RESOURCE", "gpu=2,licence=1.5");
    flags.put("port", "3");
    flags.put("seed", List.of("a:1", "b:2"));
    NodeSettings settings = load(file);
    assertThat(problems.refusals()).isEmpty();
    assertThat(settings.network().port()).isEqualTo(3);
    assertThat(settings.network().httpPort()).isEqualTo(2);
    assertThat(settings.machine().slots()).hasValue(1);
    assertThat(settings.network().seeds()).hasToString("[a:1, b:2]");
    assertThat(settings.cluster().stableAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.machine().resources()).isEqualTo(Map.of("gpu", 2.0, "licence", 1.5));
  }

  @Test
  void allThatIsWrongIsReportedAtOnceWithFileAndLine() throws IOException {
    Path file =
        file(
            """
            mosd {
              port = 99999
              role = [home, boss]
              cluster {
                heartbeat-interval = 2s
                stable-after = soon
                stable-afterr = 3s
              }
              seed = ["nowhere"]
            }
            """);
    flags.put("name", "a.b");
    load(file);
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .containsExactlyInAnyOrder(
            file + ":2: mosd.port = 99999 must be between 0 and 65535",
            file + ":3: 'boss,home' are not roles",
            file
                + ":6: mosd.cluster.stable-after = soon is not a length of time like 500ms, 10s"
                + " or 5m",
            file + ":7: there is no setting mosd.cluster.stable-afterr",
            file + ":9: 'nowhere' is not a seed: expected HOST:PORT, like 10.0.0.5:17355",
            "--name: 'a.b' is not a node name: use 1 to 63 of a-z, 0-9, - and _, no dots",
            file + ":5: a pause shorter than two heartbeats takes healthy nodes for" + " dead");
    assertThat(problems.refusals())
        .extracting(Problem::hint)
        .contains("did you mean mosd.cluster.stable-after?", "use home, host or both");
  }

  @Test
  void theMarksOfFreezingMustLeaveAGap() throws IOException {
    load(file("mosd.schedule.freeze { above-load = 3, below-load = 2, for-memory = on }"));
    assertThat(problems.refusals()).isEmpty();
    assertThat(load(file("mosd.port = 1")).schedule().freeze().byLoad()).isFalse();
    Path file = file("mosd.schedule.freeze { above-load = 2, below-load = 2 }");
    load(file);
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .containsExactly(
            file + ":1: freeze.below-load = 2.0 must be lower than freeze.above-load = 2.0");
  }

  @Test
  void allThatIsWrongWithADatabaseIsReportedAtOnceWithFileAndLine() throws IOException {
    Path file =
        file(
            """
            mosd.store {
              kind = postgresql
              postgresql {
                url = "postgres://somewhere"
                password-file = "/no/such/file"
                schema = "Mosey!"
                connections = 1
                right = 10m
              }
            }
            """);
    load(file);
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .containsExactlyInAnyOrder(
            file
                + ":4: mosd.store.postgresql.url = 'postgres://somewhere' is no address of a"
                + " PostgreSQL database",
            file + ":5: mosd.store.postgresql.password-file /no/such/file can't be read",
            file + ":6: mosd.store.postgresql.schema = 'Mosey!' is no name",
            file + ":7: mosd.store.postgresql.connections = 1 must be between 2 and 100",
            file + ":8: mosd.store.postgresql.right is longer than open-timeout");
  }

  @Test
  void whatIsWrongWithADatabaseThatIsNotUsedDoesNotMatter() throws IOException {
    NodeSettings settings = load(file("mosd.store.postgresql.schema = \"No!\""));
    assertThat(problems.refusals()).isEmpty();
    assertThat(settings.sharing().shared()).isFalse();
    load(file("mosd.store.kind = mysql"));
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .containsExactly(
            directory.resolve("mosd.conf") + ":1: mosd.store.kind = mysql is no store");
  }

  @Test
  void aWrongNumberWhereAutoIsTheDefaultIsOneLine() {
    flags.put("slots", "-1");
    flags.put("speed", "fast");
    load(null);
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .hasSize(2)
        .anyMatch(what -> what.contains("slots = -1 must be between"))
        .anyMatch(what -> what.contains("speed = fast is not a number"));
  }

  @Test
  void aRenamedKeyStillWorksAndIsWarnedAbout() throws IOException {
    Path file = file("mosd.seeds = [\"a:1\"]");
    assertThat(load(file).network().seeds()).hasToString("[a:1]");
    assertThat(problems.refusals()).isEmpty();
    assertThat(problems.warnings())
        .containsExactly(
            new Problem(
                file + ":1: mosd.seeds is called mosd.seed",
                "rename it; the old name still works"));
  }

  @Test
  void anUnknownVariableIsWarnedAbout() {
    environment.put("MOSD_HTPP_PORT", "1");
    load(null);
    assertThat(problems.warnings())
        .containsExactly(
            new Problem(
                "MOSD_HTPP_PORT is set, but there is no such setting",
                "did you mean MOSD_HTTP_PORT?"));
  }

  @Test
  void aMissingOrMalformedFileIsOneLine() throws IOException {
    load(directory.resolve("none.conf"));
    assertThat(problems.refusals())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .startsWith("the configuration file ")
        .endsWith("can't be read");
    Problems others = new Problems();
    Path file = file("mosd {\n port = [\n");
    SettingsLoader.load(flags, file, environment, others);
    assertThat(others.refusals())
        .singleElement()
        .extracting(Problem::what)
        .asString()
        .startsWith(file + ":3: ");
  }

  @Test
  void nodesMustAgreeInWhatDecidesWhoIsDead() {
    String usual = load(null).cluster().digest();
    environment.put("MOSD_CLUSTER_GOSSIP_INTERVAL", "1s");
    assertThat(load(null).cluster().digest()).isEqualTo(usual);
    environment.put("MOSD_CLUSTER_HEARTBEAT_PAUSE", "9s");
    assertThat(load(null).cluster().digest()).isNotEqualTo(usual);
  }

  private NodeSettings load(Path file) {
    return SettingsLoader.load(flags, file, environment, problems);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("mosd.conf"), text);
  }
}
