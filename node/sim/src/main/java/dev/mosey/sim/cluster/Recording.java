package dev.mosey.sim.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a trace says, as it is read: {@link Traces} tells the two formats. */
final class Recording {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double THRASHING = 10;
  private static final int CORES = 4;
  private static final int MEMORY_MB = 16_384;
  private static final int SHARING = 8;
  private static final int QUOTED_MOST = 40;

  /** How every history begins. */
  private static final String HISTORY = "id,";

  private final Map<String, MachineSpec> machines = new LinkedHashMap<>();
  private final List<Line> tasks = new ArrayList<>();
  private int line;
  private int leftOut;

  private record Line(double arrival, double cpu, int memoryMb, String home) {}

  /** The number of the line that was read last. */
  int line() {
    return line;
  }

  int tasks() {
    return tasks.size();
  }

  /** How many jobs of a history had no CPU time. */
  int leftOut() {
    return leftOut;
  }

  /** Reads all of it; throws IllegalArgumentException with what is wrong in the present line. */
  void read(BufferedReader reader) throws IOException {
    for (String text = reader.readLine(); text != null; text = reader.readLine()) {
      line++;
      if (text.startsWith(HISTORY)) {
        history(Csv.fields(text), new Csv(reader, line));
      } else if (!text.isBlank()) {
        object(JSON.readTree(text));
      }
    }
  }

  private static MachineSpec usual() {
    return new MachineSpec(CORES, 1, MEMORY_MB, CORES * SHARING);
  }

  private void object(JsonNode json) {
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
    tasks.add(
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

  private void history(List<String> heads, Csv csv) throws IOException {
    while (true) {
      line = csv.line() + 1; // where the next one begins, should it be wrong
      List<String> fields = csv.next();
      if (fields == null) {
        return;
      }
      if (fields.size() != heads.size()) {
        throw new IllegalArgumentException(
            fields.size() + " fields, the first line names " + heads.size());
      }
      Map<String, String> job = new LinkedHashMap<>();
      for (int i = 0; i < heads.size(); i++) {
        job.put(heads.get(i), fields.get(i));
      }
      job(job);
    }
  }

  /** One job that has ended. */
  private void job(Map<String, String> job) {
    String home = job.getOrDefault("home", "");
    machines.computeIfAbsent(home, name -> usual());
    String host = job.getOrDefault("host", "");
    if (!host.isEmpty()) {
      machines.computeIfAbsent(host, name -> usual());
    }
    double cpu = number(job, "cpu_seconds", "0");
    if (cpu > 0) {
      tasks.add(new Line(time(job.get("submitted")), cpu, 0, home));
    } else {
      leftOut++;
    }
  }

  private static double number(Map<String, String> job, String name, String otherwise) {
    String text = job.getOrDefault(name, otherwise);
    try {
      double number = Double.parseDouble(text.isEmpty() ? otherwise : text);
      if (number >= 0 && number <= 1e9) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // told below, as what is out of range
    }
    throw new IllegalArgumentException(name + " '" + brief(text) + "' is not a number that can be");
  }

  private static double time(String text) {
    try {
      Instant time = Instant.parse(text == null ? "" : text);
      return time.getEpochSecond() + time.getNano() / 1e9;
    } catch (DateTimeException notATime) {
      throw new IllegalArgumentException(
          "submitted '" + brief(String.valueOf(text)) + "' is not a time", notATime);
    }
  }

  private static String brief(String text) {
    return text.length() <= QUOTED_MOST ? text : text.substring(0, QUOTED_MOST) + "...";
  }

  /** All that was read; with {@code nodes} usual machines when it names none. */
  Scenario scenario(String name, int nodes) {
    Map<String, Integer> homes = new LinkedHashMap<>();
    machines.keySet().forEach(machine -> homes.put(machine, homes.size()));
    List<MachineSpec> specs = new ArrayList<>(machines.values());
    int count = specs.isEmpty() ? nodes : specs.size();
    while (specs.size() < count) {
      specs.add(usual());
    }
    tasks.sort(Comparator.comparingDouble(Line::arrival));
    double first = tasks.getFirst().arrival();
    Tasks packed = new Tasks();
    for (Line task : tasks) {
      int home = homes.computeIfAbsent(task.home(), any -> homes.size()) % count;
      packed.add(task.arrival() - first, task.cpu(), task.memoryMb(), home);
    }
    return new Scenario(name, specs, packed, true, THRASHING, Network.LOCAL, List.of());
  }
}
