package dev.mosey.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The tables at the demo's end: what ran where, what moved, how long it stood still. */
final class Table {
  private final List<JsonNode> tasks;

  /** Of these tasks, each as {@code mosq show -o json} has it. */
  Table(List<JsonNode> tasks) {
    this.tasks = tasks;
  }

  /** A line for each job. */
  void printJobs(List<String> jobs) {
    System.out.printf(
        "%n%-9s %-9s %5s  %-26s %5s %8s %6s %6s%n",
        "ID", "NAME", "TASKS", "ENDED ON", "MOVES", "RESTARTS", "CPU s", "TOOK s");
    for (String job : jobs) {
      List<JsonNode> all = of(job);
      Map<String, Integer> hosts = new TreeMap<>();
      int moves = 0;
      int restarts = 0;
      double processor = 0;
      for (JsonNode task : all) {
        hosts.merge(task.path("host").asText("?"), 1, Integer::sum);
        moves += task.path("moves").size();
        restarts += task.path("restarts").asInt();
        processor += task.path("cpu_seconds").asDouble();
      }
      System.out.printf(
          Locale.ROOT,
          "%-9s %-9s %5d  %-26s %5d %8d %6.1f %6.1f%n",
          job,
          all.getFirst().path("name").asText(),
          all.size(),
          words(hosts),
          moves,
          restarts,
          processor,
          tookSeconds(job));
    }
  }

  /** A line for each move. */
  void printMoves() {
    System.out.printf("%n%-9s %-17s %8s  %s%n", "MOVED", "FROM, TO", "PAUSE ms", "WHY");
    for (JsonNode task : tasks) {
      for (JsonNode move : task.path("moves")) {
        System.out.printf(
            Locale.ROOT,
            "%-9s %-17s %8.0f  %s%n",
            task.path("id").asText(),
            move.path("from").asText() + " -> " + move.path("to").asText(),
            move.path("pause_seconds").asDouble() * 1000,
            move.path("reason").asText());
      }
    }
  }

  /** From a job's submit to the end of its last task. */
  double tookSeconds(String job) {
    double longest = 0;
    for (JsonNode task : of(job)) {
      Instant submitted = Instant.parse(task.path("submitted").asText());
      Instant ended = Instant.parse(task.path("ended").asText());
      longest = Math.max(longest, Duration.between(submitted, ended).toMillis() / 1000.0);
    }
    return longest;
  }

  private List<JsonNode> of(String job) {
    return tasks.stream().filter(task -> task.path("job").asText().equals(job)).toList();
  }

  /** {@code alpha 3, beta 1}. */
  static String words(Map<String, Integer> hosts) {
    StringBuilder words = new StringBuilder();
    hosts.forEach(
        (host, count) ->
            words.append(words.isEmpty() ? "" : ", ").append(host).append(' ').append(count));
    return words.toString();
  }
}
