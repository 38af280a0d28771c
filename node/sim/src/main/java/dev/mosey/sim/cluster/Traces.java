package dev.mosey.sim.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mosey.sim.cli.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recorded workload: one JSON object a line. A task is {@code {"arrival": seconds, "cpu":
 * seconds, "memory": MiB, "home": "name"}}, the last two optional; a machine, before the first
 * task, is {@code {"machine": "name", "cores": 4, "speed": 1.0, "memory": MiB, "slots": 4}}.
 * Without machines there are as many usual ones as the command line says.
 */
public final class Traces {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double THRASHING = 10;
  private static final int CORES = 4;
  private static final int MEMORY_MB = 16_384;
  private static final int SHARING = 8;

  private Traces() {}

  private record Line(double arrival, double cpu, int memoryMb, String home) {}

  /**
   * Reads a trace.
   *
   * @param nodes how many machines when the trace names none
   * @throws UsageException when it cannot be read, with the number of the line
   */
  public static Scenario read(Path file, int nodes) {
    Map<String, MachineSpec> machines = new LinkedHashMap<>();
    List<Line> lines = new ArrayList<>();
    int number = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        number++;
        if (!text.isBlank()) {
          line(JSON.readTree(text), machines, lines);
        }
      }
    } catch (IOException | IllegalArgumentException wrong) {
      String why = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
      throw new UsageException(
          file + (number == 0 ? "" : ", line " + number) + ": " + why,
          "each line is like {\"arrival\": 0.5, \"cpu\": 12, \"memory\": 100, \"home\":"
              + " \"alpha\"}");
    }
    if (lines.isEmpty()) {
      throw new UsageException(file + ": there is no task in it", "one JSON object a line");
    }
    return scenario(file, machines, lines, nodes);
  }

  private static Scenario scenario(
      Path file, Map<String, MachineSpec> machines, List<Line> lines, int nodes) {
    Map<String, Integer> homes = new LinkedHashMap<>();
    machines.keySet().forEach(name -> homes.put(name, homes.size()));
    int count = machines.isEmpty() ? nodes : machines.size();
    List<MachineSpec> specs = new ArrayList<>(machines.values());
    while (specs.size() < count) {
      specs.add(new MachineSpec(CORES, 1, MEMORY_MB, CORES * SHARING));
    }
    lines.sort(Comparator.comparingDouble(Line::arrival));
    double first = lines.getFirst().arrival();
    Tasks tasks = new Tasks();
    for (Line line : lines) {
      int home = homes.computeIfAbsent(line.home(), name -> homes.size()) % count;
      tasks.add(line.arrival() - first, line.cpu(), line.memoryMb(), home);
    }
    String name = String.valueOf(file.getFileName());
    return new Scenario(name, specs, tasks, true, THRASHING, Network.LOCAL, List.of());
  }

  private static void line(JsonNode json, Map<String, MachineSpec> machines, List<Line> lines) {
    if (json.hasNonNull("machine")) {
      int cores = (int) number(json, "cores", CORES, 1, 100_000);
      machines.put(
          json.get("machine").asText(),
          new MachineSpec(
              cores,
              number(json, "speed", 1, 1e-3, 1e6),
              (int) number(json, "memory", MEMORY_MB, 1, Integer.MAX_VALUE),
              (int) number(json, "slots", cores * SHARING, 1, 1_000_000)));
      return;
    }
    lines.add(
        new Line(
            number(json, "arrival", Double.NaN, 0, 1e12),
            number(json, "cpu", Double.NaN, 1e-6, 1e9),
            (int) number(json, "memory", 0, 0, Integer.MAX_VALUE),
            json.path("home").asText("")));
  }

  private static double number(
      JsonNode json, String name, double otherwise, double least, double most) {
    JsonNode node = json.get(name);
    if (node == null && !Double.isNaN(otherwise)) {
      return otherwise;
    }
    if (node == null || !node.isNumber() || node.asDouble() < least || node.asDouble() > most) {
      throw new IllegalArgumentException(
          name + (node == null ? " is missing" : " is not a number that can be"));
    }
    return node.asDouble();
  }
}
