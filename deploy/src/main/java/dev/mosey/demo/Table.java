package dev.mosey.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table at the demo's end: what ran where, what moved, how long it stood still. */
final class Table {
  private Table() {}

  static void print(List<JsonNode> jobs, List<JsonNode> elements) {
    System.out.printf(
        "%-10s %-10s %6s  %-28s %5s %8s %9s%n",
        "ID", "NAME", "TASKS", "RAN ON", "MOVES", "RESTARTS", "PAUSE ms");
    for (JsonNode job : jobs) {
      Map<String, Integer> hosts = new TreeMap<>();
      int moves = 0;
      int restarts = 0;
      int tasks = 0;
      double longest = 0;
      for (JsonNode element : elements) {
        if (!element.path("job").asText().equals(job.path("id").asText())) {
          continue;
        }
        tasks++;
        hosts.merge(element.path("host").asText("?"), 1, Integer::sum);
        moves += element.path("moves").size();
        restarts += element.path("restarts").asInt();
        for (JsonNode move : element.path("moves")) {
          longest = Math.max(longest, move.path("pause_seconds").asDouble());
        }
      }
      System.out.printf(
          "%-10s %-10s %6d  %-28s %5d %8d %9.0f%n",
          job.path("id").asText(),
          job.path("name").asText(),
          tasks,
          words(hosts),
          moves,
          restarts,
          longest * 1000);
    }
  }

  private static String words(Map<String, Integer> hosts) {
    StringBuilder words = new StringBuilder();
    hosts.forEach(
        (host, count) ->
            words.append(words.isEmpty() ? "" : ", ").append(host).append(' ').append(count));
    return words.toString();
  }
}
