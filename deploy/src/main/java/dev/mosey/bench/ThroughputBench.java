package dev.mosey.bench;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Commands that do nothing, over three nodes: as one array, and submitted one by one. {@code xargs
 * -P2} and, where it is installed, task-spooler take turns with them.
 */
final class ThroughputBench {
  private static final int ROUNDS = 5;
  private static final int ARRAY = 2000;
  private static final int CLIENTS = 8;

  private final Cluster cluster;
  private final int tasks;
  private int keys;

  private ThroughputBench(Cluster cluster, int tasks) {
    this.cluster = cluster;
    this.tasks = tasks;
  }

  private interface Way {
    /** Runs so many; returns whose processor time is to be counted beside this JVM's children. */
    void run(int count) throws Exception;
  }

  private record Measured(String name, Way way, int count, String rate, String processor) {}

  static List<Figure> run(Cluster cluster, boolean quick) throws Exception {
    ThroughputBench bench = new ThroughputBench(cluster, quick ? ARRAY / 10 : ARRAY);
    return bench.measure(quick ? 1 : ROUNDS);
  }

  private List<Figure> measure(int rounds) throws Exception {
    List<Measured> ways = new ArrayList<>();
    ways.add(new Measured("one array", this::array, tasks, "> 500", "< 4"));
    ways.add(new Measured("one by one", this::singles, tasks / 2, null, null));
    ways.add(new Measured("beside: xargs -P2", this::xargs, tasks, null, null));
    if (onPath("tsp")) {
      ways.add(new Measured("beside: task-spooler", this::spooler, tasks / 10, null, null));
    }
    for (Measured each : ways) {
      each.way.run(each.count);
    }
    List<Samples> rates = new ArrayList<>();
    List<Samples> processor = new ArrayList<>();
    ways.forEach(
        each -> {
          rates.add(new Samples());
          processor.add(new Samples());
        });
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < ways.size(); i++) {
        Measured each = ways.get(i);
        double before = processorMillis();
        long begun = System.nanoTime();
        each.way.run(each.count);
        rates.get(i).add(each.count * 1e9 / (System.nanoTime() - begun));
        processor.get(i).add((processorMillis() - before) / each.count);
      }
    }
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < ways.size(); i++) {
      Measured each = ways.get(i);
      figures.add(
          new Figure("throughput", each.name, rates.get(i).median(), "/s", each.rate, rounds));
      figures.add(
          new Figure(
              "throughput",
              each.name + ", CPU per job",
              processor.get(i).median(),
              "ms",
              each.processor,
              rounds));
    }
    return figures;
  }

  /** Of the daemons with all below them, and of whatever this JVM has started and waited for. */
  private double processorMillis() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double own = (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10.0;
    return Usage.processorMillis(cluster.daemons()) + own;
  }

  private void array(int count) {
    String id =
        submit("alpha", Map.of("command", List.of("true"), "cwd", "/", "array", "1-" + count));
    cluster.await(id, () -> cluster.get("alpha", "jobs/" + id).hasNonNull("ended"));
    long done = cluster.get("alpha", "jobs/" + id).path("tasks").path("done").asLong();
    if (done != count) {
      throw new DemoFailure(done + " of " + count + " tasks were done");
    }
  }

  private void singles(int count) throws Exception {
    List<Future<String>> ids = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < count; i++) {
        String node = cluster.names().get(i % cluster.names().size());
        ids.add(
            clients.submit(
                () ->
                    cluster
                        .post(node, "jobs", Map.of("command", List.of("true"), "cwd", "/"))
                        .path("id")
                        .asText()));
      }
    }
    for (Future<String> each : ids) {
      String id = each.get();
      String home = id.substring(0, id.indexOf('.'));
      cluster.await(id, () -> cluster.get(home, "jobs/" + id).hasNonNull("ended"));
    }
  }

  private String submit(String node, Map<String, Object> job) {
    return cluster.post(node, "jobs", job).path("id").asText();
  }

  private void xargs(int count) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("xargs", "-P2", "-n1", "/bin/true").start();
    try (var in = process.getOutputStream()) {
      in.write("x\n".repeat(count).getBytes(StandardCharsets.US_ASCII));
    }
    if (process.waitFor() != 0) {
      throw new DemoFailure("xargs failed");
    }
  }

  /** A server of its own each time: waited for, its processor time counts. */
  private void spooler(int count) throws IOException, InterruptedException {
    Path socket = cluster.directory().resolve("tsp-" + keys++);
    String script =
        "tsp -S 2; i=0; while [ $i -lt %d ]; do tsp -n true >/dev/null; i=$((i+1)); done;"
            + " tsp -w; tsp -K";
    script = script.formatted(count);
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script);
    builder.environment().put("TS_SOCKET", socket.toString());
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.start().waitFor();
  }

  private static boolean onPath(String program) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
