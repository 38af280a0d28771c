package dev.mosey.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How long a lone command waits on an idle cluster: from the moment at which the daemon has it to
 * the moment that the command itself sees on the clock.
 */
final class StartBench {
  private static final int COUNT = 200;
  private static final int QUICK = 20;
  private static final int WARMING = 100;
  private static final int QUICK_WARMING = 10;
  private static final List<String> COMMAND = List.of("/bin/date", "+%s%N");

  private StartBench() {}

  static List<Figure> run(Cluster cluster, boolean quick) throws IOException {
    int warming = quick ? QUICK_WARMING : WARMING;
    int all = warming + (quick ? QUICK : COUNT);
    Samples inside = new Samples();
    Samples whole = new Samples();
    Samples floor = new Samples();
    for (int i = 0; i < all; i++) {
      double asked = nowMillis();
      String id =
          cluster.post("alpha", "jobs", Map.of("command", COMMAND, "cwd", "/")).path("id").asText();
      JsonNode[] job = new JsonNode[1];
      cluster.await(
          id,
          () -> {
            job[0] = cluster.get("alpha", "jobs/" + id);
            return job[0].hasNonNull("ended");
          });
      String said = cluster.shell.run("mosq", "logs", id).strip();
      double began = Long.parseLong(said) / 1e6;
      double before = nowMillis();
      double alone = Long.parseLong(ran()) / 1e6 - before;
      if (i >= warming) {
        // The books' clock has whole milliseconds, rounded down: half of one is the mean error.
        double taken = Instant.parse(job[0].path("submitted").asText()).toEpochMilli() + 0.5;
        inside.add(began - taken);
        whole.add(began - asked);
        floor.add(alone);
      }
    }
    return List.of(
        new Figure(
            "start",
            "submit to start in the daemon, p50",
            inside.median(),
            "ms",
            "< 10",
            inside.count()),
        new Figure("start", "the same, p95", inside.quantile(0.95), "ms", null, inside.count()),
        new Figure(
            "start", "with the HTTP request, p50", whole.median(), "ms", null, whole.count()),
        new Figure(
            "start",
            "floor: ProcessBuilder alone, p50",
            floor.median(),
            "ms",
            null,
            floor.count()));
  }

  private static double nowMillis() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
  }

  private static String ran() throws IOException {
    Process process = new ProcessBuilder(COMMAND).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
