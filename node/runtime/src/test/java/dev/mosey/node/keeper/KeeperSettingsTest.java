package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.config.Problems;
import dev.mosey.node.config.Problems.Problem;
import dev.mosey.node.config.SettingsLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeeperSettingsTest {
  private final Map<String, String> environment = new TreeMap<>(Map.of("HOME", "/home/ann"));
  private final Problems problems = new Problems();

  private KeeperSettings load() {
    return SettingsLoader.load(Map.of("name", "alpha"), null, environment, problems).keeper();
  }

  @Test
  void hasDefaultsThatAreInRange() {
    assertThat(load())
        .isEqualTo(
            new KeeperSettings(
                Optional.empty(),
                Duration.ofSeconds(10),
                256,
                16,
                1 << 20,
                16 << 20,
                Duration.ofSeconds(3)));
    assertThat(problems.refusals()).isEmpty();
  }

  @Test
  void mapsEveryKey() {
    environment.put("MOSD_KEEPER_PATH", "/opt/mosd-keeper");
    environment.put("MOSD_KEEPER_SILENCE_LIMIT", "2s");
    environment.put("MOSD_KEEPER_BODIES_MAX", "7");
    environment.put("MOSD_KEEPER_IDLE_WARDENS_MAX", "0");
    environment.put("MOSD_KEEPER_FRAME_BYTES_MAX", "256K");
    environment.put("MOSD_KEEPER_QUEUE_BYTES_MAX", "4M");
    environment.put("MOSD_KEEPER_KILL_PATIENCE", "10ms");
    assertThat(load())
        .isEqualTo(
            new KeeperSettings(
                Optional.of(Path.of("/opt/mosd-keeper")),
                Duration.ofSeconds(2),
                7,
                0,
                256 << 10,
                4 << 20,
                Duration.ofMillis(10)));
    assertThat(problems.refusals()).isEmpty();
  }

  @Test
  void refusesWhatTheKeeperWouldRefuse() {
    environment.put("MOSD_KEEPER_SILENCE_LIMIT", "10ms");
    environment.put("MOSD_KEEPER_BODIES_MAX", "5000");
    environment.put("MOSD_KEEPER_FRAME_BYTES_MAX", "8M");
    load();
    assertThat(problems.refusals())
        .extracting(Problem::what)
        .anyMatch(what -> what.contains("mosd.keeper.silence-limit"))
        .anyMatch(what -> what.contains("mosd.keeper.bodies-max"))
        .anyMatch(what -> what.contains("mosd.keeper.frame-bytes-max"))
        .hasSize(3);
  }
}
