package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The main job, as the README's first command runs it. */
class DemoIT {
  private static final Pattern JOB =
      Pattern.compile(
          "alpha\\.\\d+ +(?<name>[a-z]+) +(?<tasks>\\d+)  (?<hosts>[a-z]+ \\d+(, [a-z]+ \\d+)*) +"
              + "(?<moves>\\d+) +(?<restarts>\\d+) +(?<cpu>[\\d.]+) +(?<took>[\\d.]+)");

  private static final Pattern MOVE =
      Pattern.compile("alpha\\.\\d+(\\.\\d+)? +[a-z]+ -> [a-z]+ +\\d+  .+");

  private static int number(Matcher row, String group) {
    return Integer.parseInt(row.group(group));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void theDemoReturnsEveryResultAfterMovesAndTheLossOfANode() {
    try (Installation mosey = new Installation()) {
      Said said = mosey.run(Duration.ofMinutes(9), mosey.root().resolve("deploy/demo").toString());
      assertThat(said.status()).as("%s%n%s", said.out(), said.err()).isZero();
      List<String> lines = said.out().lines().toList();
      assertThat(said.err()).isEmpty();
      assertThat(lines).anyMatch(line -> line.contains("3 nodes are up: alpha, beta, gamma"));
      assertThat(lines).anyMatch(line -> line.contains("killed gamma with -9"));
      assertThat(lines.getLast()).matches("all (\\d+) results correct");
      int results = Integer.parseInt(lines.getLast().replaceAll("\\D", ""));
      // ID NAME TASKS ENDED-ON MOVES RESTARTS CPU TOOK: three jobs, and every result is a task's.
      Map<String, Matcher> jobs = new TreeMap<>();
      for (String line : lines) {
        Matcher row = JOB.matcher(line);
        if (row.matches()) {
          jobs.put(row.group("name"), row);
        }
      }
      assertThat(jobs).containsOnlyKeys("compress", "counting", "queens");
      assertThat(jobs.values().stream().mapToInt(row -> number(row, "tasks")).sum())
          .isEqualTo(results);
      assertThat(number(jobs.get("queens"), "moves")).isPositive();
      assertThat(number(jobs.get("counting"), "moves")).isPositive();
      assertThat(jobs.values()).allMatch(row -> Double.parseDouble(row.group("took")) > 0);
      int moves = jobs.values().stream().mapToInt(row -> number(row, "moves")).sum();
      assertThat(lines.stream().filter(line -> MOVE.matcher(line).matches())).hasSize(moves);
    }
  }
}
