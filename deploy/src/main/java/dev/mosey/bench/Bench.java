package dev.mosey.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.mosey.demo.DemoFailure;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs benchmarks by name, all of them without one, and prints a table; the same as JSON goes to a
 * file. Exits with 0 when all were measured, whether or not the aims were met: a machine that is
 * shared says little about them.
 */
public final class Bench {
  private interface Measurement {
    List<Figure> run(boolean quick) throws Exception;
  }

  private final Path distribution;
  private final Path output;

  /** Three nodes for all that want them; null until somebody does. */
  private Cluster cluster;

  private int moves = Integer.MAX_VALUE;

  private Bench(Path distribution, Path output) {
    this.distribution = distribution;
    this.output = output;
  }

  /** {@code Bench DISTRIBUTION OUTPUT-FOLDER [--quick] [--moves=N] [NAME...]}. */
  public static void main(String[] arguments) throws IOException {
    Bench bench =
        new Bench(Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[1]).toAbsolutePath());
    Map<String, Measurement> all = bench.all();
    List<String> names = new ArrayList<>(Arrays.asList(arguments).subList(2, arguments.length));
    boolean quick = names.removeIf("--quick"::equals);
    for (String word : List.copyOf(names)) {
      if (word.matches("--moves=[1-9]\\d{0,5}")) {
        bench.moves = Integer.parseInt(word.substring("--moves=".length()));
        names.remove(word);
      }
    }
    for (String name : names) {
      if (!all.containsKey(name)) {
        System.err.println("bench: no benchmark is named " + name);
        System.err.println("hint: " + String.join(", ", all.keySet()) + ", --quick, --moves=N");
        System.exit(2);
      }
    }
    System.exit(bench.measure(all, names.isEmpty() ? all.keySet() : names, quick) ? 0 : 1);
  }

  /** Whether all could be measured. */
  private boolean measure(Map<String, Measurement> all, Collection<String> names, boolean quick)
      throws IOException {
    List<Figure> figures = new ArrayList<>();
    boolean complete = true;
    head();
    try {
      for (String name : names) {
        try {
          List<Figure> some = all.get(name).run(quick);
          some.forEach(Bench::print);
          figures.addAll(some);
        } catch (DemoFailure failed) {
          System.err.println("bench: " + name + ": " + failed.getMessage());
          complete = false;
        } catch (Exception fault) {
          System.err.println("bench: " + name + ": " + fault);
          complete = false;
        }
      }
    } finally {
      if (cluster != null) {
        cluster.close();
      }
    }
    write(output, figures, quick);
    return complete;
  }

  private Map<String, Measurement> all() {
    Map<String, Measurement> all = new LinkedHashMap<>();
    all.put("spawn", SpawnBench::run);
    all.put("home", quick -> HomeBench.run(output, quick));
    all.put("idle", quick -> IdleBench.run(cluster(), quick));
    all.put("start", quick -> StartBench.run(cluster(), quick));
    all.put("throughput", quick -> ThroughputBench.run(cluster(), quick));
    all.put("moves", quick -> MovesBench.run(cluster(), distribution, quick, moves));
    all.put("balance", quick -> BalanceBench.run(distribution, quick));
    return all;
  }

  private Cluster cluster() throws IOException {
    if (cluster == null) {
      cluster = new Cluster(distribution, 3);
    }
    return cluster;
  }

  private static void head() {
    System.out.printf(
        "%-11s %-40s %10s %-4s %-8s %s%n", "BENCH", "FIGURE", "VALUE", "", "AIM", "SAMPLES");
  }

  private static void print(Figure figure) {
    System.out.printf(
        Locale.ROOT,
        "%-11s %-40s %10s %-4s %-8s %d%s%n",
        figure.bench(),
        figure.name(),
        figure.isAbsent() ? "absent" : String.format(Locale.ROOT, "%.2f", figure.value()),
        figure.unit(),
        figure.aim() == null ? "" : figure.aim(),
        figure.samples(),
        figure.met() ? "" : "  missed");
  }

  private static void write(Path output, List<Figure> figures, boolean quick) throws IOException {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("at", Instant.now().toString());
    result.put("quick", quick);
    result.put("cores", Runtime.getRuntime().availableProcessors());
    result.put("load_average", Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    result.put("figures", figures);
    Files.createDirectories(output);
    Path file = output.resolve("bench.json");
    Files.writeString(
        file,
        Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result));
    System.out.println("also as JSON: " + file);
  }
}
