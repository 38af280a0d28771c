package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The units in the distribution's {@code share/systemd}: no service manager runs here, so what they
 * say is done by hand.
 */
class SystemdIT {
  private static final String SYSTEM = "mosd.service";
  private static final String USER = "user/mosd.service";

  @ParameterizedTest
  @ValueSource(strings = {SYSTEM, USER})
  void aStopIsADrainForWhichThereIsTime(String name) throws IOException {
    List<String> unit = lines(name);
    assertThat(unit).contains("KillSignal=SIGTERM", "KillMode=mixed", "Delegate=yes");
    var shutdown = ConfigFactory.defaultReference().getConfig("mosd.shutdown");
    Duration needed = shutdown.getDuration("drain").plus(shutdown.getDuration("leave"));
    assertThat(Duration.ofSeconds(Long.parseLong(value(unit, "TimeoutStopSec"))))
        .isGreaterThan(needed);
  }

  @ParameterizedTest
  @ValueSource(strings = {SYSTEM, USER})
  void systemdFindsNothingToSay(String name) throws IOException {
    try (Installation mosey = new Installation()) {
      Path copy = mosey.folder().resolve("mosd.service");
      List<String> unit = new ArrayList<>(lines(name));
      unit.replaceAll(line -> here(mosey, line));
      Files.write(copy, unit);
      for (String line : unit) {
        assertThat(line).matches("|#.*|\\[(Unit|Service|Install)]|[A-Z][A-Za-z]+=.+");
      }
      assertThat(Path.of(value(unit, "ExecStart"))).isExecutable();
      if (onPath("systemd-analyze")) {
        String whose = name.equals(USER) ? "--user" : "--system";
        Said said = mosey.run("systemd-analyze", whose, "--man=no", "verify", copy.toString());
        assertThat(said.out() + said.err()).isEmpty();
        assertThat(said.status()).isZero();
      }
    }
  }

  @Test
  void itsCommandStartsANodeThatAReloadReplacesAndItsSignalEndsEvenThenWithStatusZero()
      throws Exception {
    try (Installation mosey = new Installation()) {
      List<String> unit = lines(SYSTEM);
      var builder = new ProcessBuilder(here(mosey, value(unit, "ExecStart")));
      builder.environment().putAll(mosey.environment());
      for (String setting : value(unit, "Environment").split(" ")) {
        String[] parts = setting.split("=", 2);
        builder.environment().put(parts[0], parts[1].replace("/var/lib", mosey.folder() + "/lib"));
      }
      // What the administrator would write to /etc/default/mosd.
      builder.environment().putAll(java.util.Map.of("MOSD_PORT", "0", "MOSD_HTTP_PORT", "0"));
      Path key = Path.of(builder.environment().get("MOSEY_KEY_DIR"));
      mosey.environment().put("MOSEY_KEY_DIR", key.toString());
      Process node = builder.redirectError(mosey.folder().resolve("mosd.log").toFile()).start();
      assertThat(node.inputReader().readLine()).contains(" is up in a cluster of 1, http://");
      Path script = mosey.folder().resolve("saves");
      Files.writeString(script, "trap 'exit 85' TERM; echo begun; while :; do sleep 0.1; done\n");
      String id =
          mosey
              .run("mosq", "submit", "--move", "checkpoint", "--", "sh", script.toString())
              .ok()
              .line();
      mosey.await("it to run", () -> mosey.run("mosq", "logs", id).out(), "begun\n"::equals);
      String[] reload = here(mosey, value(unit, "ExecReload")).split(" ");
      mosey.run(reload).ok();
      assertThat(node.inputReader().readLine()).contains(" is up in a cluster of 1, http://");
      assertThat(mosey.json("mosq", "show", id).path("restarts").asInt()).isZero();
      // A stop that comes while one daemon gives way to the other is the other's.
      mosey.run(reload).ok();
      node.destroy();
      long patience = Long.parseLong(value(unit, "TimeoutStopSec"));
      assertThat(node.waitFor(patience, TimeUnit.SECONDS)).isTrue();
      assertThat(node.exitValue()).isZero();
      assertThat(ProcessHandle.allProcesses())
          .noneMatch(p -> p.info().commandLine().orElse("").contains(script.toString()));
    }
  }

  /** The line with the places of this machine. */
  private static String here(Installation mosey, String line) {
    return line.replaceFirst("(%h/.local/lib|/opt)/mosey/bin", mosey.programs().toString())
        .replace("User=mosey", "User=root");
  }

  private static List<String> lines(String unit) throws IOException {
    Path home = Path.of(System.getProperty("mosey.root"), "deploy/target/mosey");
    return Files.readAllLines(home.resolve("share/systemd").resolve(unit));
  }

  private static String value(List<String> unit, String key) {
    return unit.stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the unit has no " + key));
  }

  private static boolean onPath(String program) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
