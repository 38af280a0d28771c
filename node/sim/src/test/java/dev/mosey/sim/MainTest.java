package dev.mosey.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... words) {
    return Main.run(
        List.of(words),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "fly, no subcommand 'fly'",
    "run --fast, no option --fast",
    "run --seed, wants a value",
    "run --seed x, not a whole number",
    "run --nodes 1, not a whole number from 2",
    "run nothing, no 'nothing'",
    "run poisson bursty, one word too many",
    "run --policy best, no 'best'",
    "run --tunes differential, not NAME=VALUE",
    "run --tunes differential=-1, not a number",
    "run --trace /nonexistent/trace, /nonexistent/trace",
    "paper rock, no 'rock'",
    "compare --check fast, no 'fast'",
    "compare bag --check threshold --seeds 1, two seeds or more",
    "'compare bag --check static --policies static,random', to all baselines",
    "curve --tune speed, speed: ",
    "curve --values 0;x, not a number",
    "curve scale, no 'scale'",
  })
  void wrongUsageGetsOneLineAndAHint(String line, String message) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(out.size()).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .satisfies(
            lines -> {
              assertThat(lines.getFirst()).startsWith("mosim: ").contains(message);
              assertThat(lines.getLast()).startsWith("hint: ");
            });
  }

  @Test
  void helpNamesAllWorkloadsAndPolicies() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("opportunity-cost", "round-robin", "heavy-memory", "paper gossip");
  }

  @Test
  void printsFiguresAsJsonWithTheirSeed() throws IOException {
    assertThat(run("run", "bursty", "--tasks", "60", "--seed", "5", "-o", "json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toByteArray());
    assertThat(json).hasSize(6);
    assertThat(json.get(0).get("seed").asLong()).isEqualTo(5);
    assertThat(json.get(0).get("meanSlowdown").asDouble()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void failsWhenABalancerIsWorseThanTheBestBaseline() {
    String compare =
        "compare heavy-memory --nodes 8 --tasks 60 --seeds 5 --check opportunity-cost"
            + " --policies opportunity-cost,static,random,round-robin";
    assertThat(run(compare.split(" "))).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("%!").contains("%*");
    assertThat(err.size()).isZero();
    String fleeing = " --tunes memory-low=80,memory-high=95,cost.setup=100,residency=0";
    assertThat(run((compare + fleeing).split(" "))).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("%!");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("mosim: opportunity-cost is worse than static on heavy-memory beyond chance");
  }

  @Test
  void oneSeedProvesNothing() {
    assertThat(run("compare unequal --tasks 60 --seeds 1".split(" "))).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().skip(2))
        .noneMatch(line -> line.contains("%*") || line.contains("%!"));
  }

  @Test
  void drawsATuneAgainstMakespanAndMoves(@TempDir Path folder) throws IOException {
    Path svg = folder.resolve("curve.svg");
    String line = "curve tides bursty --values 0,8 --tasks 200 --seeds 3 -o json --svg " + svg;
    assertThat(run(line.split(" "))).isZero();
    JsonNode points = new ObjectMapper().readTree(out.toByteArray());
    assertThat(points).hasSize(4);
    for (int workload = 0; workload < 4; workload += 2) {
      assertThat(points.get(workload).get("movesPerTask").get("mean").asDouble())
          .as("a larger differential moves less")
          .isGreaterThan(points.get(workload + 1).get("movesPerTask").get("mean").asDouble());
    }
    assertThat(Files.readString(svg))
        .startsWith("<svg")
        .endsWith("</svg>\n")
        .contains("tides", "makespan", "moves per task");
  }

  @Test
  void replaysATraceAndNamesTheLineThatIsWrong(@TempDir Path folder) throws IOException {
    Path trace = folder.resolve("day.jsonl");
    Files.writeString(
        trace,
        """
        {"machine": "alpha", "cores": 2}
        {"machine": "beta", "cores": 2, "speed": 2}
        {"arrival": 100, "cpu": 10, "memory": 100, "home": "alpha"}
        {"arrival": 101.5, "cpu": 20, "home": "beta"}
        """);
    assertThat(run("run", "--trace", trace.toString(), "--policy", "static")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("2 nodes, 2 tasks").contains("11.50");
    Files.writeString(trace, "{\"arrival\": 1, \"cpu\": 1}\n{\"arrival\": 1}\n");
    assertThat(run("run", "--trace", trace.toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("line 2: cpu is missing");
  }

  /** Recorded on a real cluster of two nodes: one array, one that failed, one cancelled. */
  @Test
  void replaysTheHistoryOfARealCluster(@TempDir Path folder) throws IOException {
    Path day = folder.resolve("history.csv");
    try (var recorded = MainTest.class.getResourceAsStream("history.csv")) {
      Files.copy(Objects.requireNonNull(recorded), day);
    }
    assertThat(run("run", "--trace", day.toString(), "--policy", "oracle")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("2 nodes, 7 tasks")
        .as("the last long one was submitted 2.517 s after the first and used 1.741 s")
        .contains("4.26")
        .contains("left out: 1 jobs");
    out.reset();
    String machines = "{\"machine\": \"gamma\", \"speed\": 2}\n";
    Files.writeString(day, machines + Files.readString(day));
    assertThat(run("run", "--trace", day.toString(), "--policy", "oracle")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("3 nodes, 7 tasks");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a.1,alpha,yesterday,1|submitted 'yesterday' is not a time",
        "a.1,alpha,2026-11-23T03:40:51Z,much|cpu_seconds 'much' is not a number",
        "a.1,alpha,2026-11-23T03:40:51Z|3 fields, the first line names 4",
        "\"a.1,alpha|a quote is not closed",
      })
  void namesTheLineOfAHistoryThatIsWrong(String line, String message, @TempDir Path folder)
      throws IOException {
    Path day = folder.resolve("history.csv");
    String good = "a.0,alpha,2026-11-23T03:40:50Z,1.5";
    Files.writeString(day, "id,home,submitted,cpu_seconds\n" + good + "\n" + line + "\n");
    assertThat(run("run", "--trace", day.toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("line 3: " + message);
  }
}
