package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.deploy.Installation.Said;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The benchmarks work; what they say on a machine that tests is of no interest. */
class BenchIT {
  @Test
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void theQuickRunMeasuresEverythingAndKeepsIt() throws IOException {
    try (Installation mosey = new Installation()) {
      Instant begun = Instant.now();
      Path bench = mosey.root().resolve("deploy/bench");
      Said said = mosey.run(Duration.ofMinutes(5), bench.toString(), "--quick").ok();
      assertThat(said.err()).isEmpty();
      Path file = mosey.root().resolve("deploy/target/bench/bench.json");
      JsonNode result = Json.MAPPER.readTree(Files.readAllBytes(file));
      assertThat(Instant.parse(result.path("at").asText())).isAfterOrEqualTo(begun);
      assertThat(result.path("quick").asBoolean()).isTrue();
      var aims = new TreeMap<String, TreeSet<String>>();
      for (JsonNode figure : result.path("figures")) {
        assertThat(figure.path("value").asDouble()).as("%s", figure).isNotNegative();
        assertThat(said.out()).contains(figure.path("name").asText());
        var ofBench = aims.computeIfAbsent(figure.path("bench").asText(), name -> new TreeSet<>());
        if (figure.hasNonNull("aim")) {
          ofBench.add(figure.path("aim").asText());
        }
      }
      assertThat(aims)
          .containsOnlyKeys("spawn", "home", "idle", "start", "throughput", "moves", "balance")
          .containsEntry("home", new TreeSet<>(java.util.List.of("< 1", "> 10000")))
          .containsEntry("idle", new TreeSet<>(java.util.List.of("< 1", "< 200")))
          .containsEntry("start", new TreeSet<>(java.util.List.of("< 10")))
          .containsEntry("throughput", new TreeSet<>(java.util.List.of("< 4", "> 500")))
          .containsEntry("moves", new TreeSet<>(java.util.List.of("< 20", "< 50", "< 500")));
    }
  }

  @Test
  void aNameThatIsNoneGetsOneLineAndAHint() {
    try (Installation mosey = new Installation()) {
      Said said = mosey.run(mosey.root().resolve("deploy/bench").toString(), "movse");
      assertThat(said.status()).isEqualTo(2);
      assertThat(said.err()).contains("no benchmark is named movse").contains("moves");
    }
  }
}
