package dev.mosey.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.demo.DemoFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long a running program stands still when it moves, by the size of its image. */
final class MovesBench {
  private record Size(String name, int bytes, int aimMillis, int moves, int quickMoves) {}

  private static final List<Size> SIZES =
      List.of(
          new Size("1 KiB", 1 << 10, 20, 300, 3),
          new Size("1 MiB", 1 << 20, 50, 300, 2),
          new Size("64 MiB", 64 << 20, 500, 300, 1));

  /** Moves before the first that counts: both nodes have met the program then. */
  private static final int WARMING = 4;

  private static final int QUICK_WARMING = 1;

  private MovesBench() {}

  /**
   * Moves programs of all sizes.
   *
   * @param most of each size; fewer moves than the 300 that the aims mean save time
   */
  static List<Figure> run(Cluster cluster, Path distribution, boolean quick, int most) {
    List<Figure> figures = new ArrayList<>();
    for (Size size : SIZES) {
      figures.addAll(pauses(cluster, distribution, size, quick, most));
    }
    return figures;
  }

  private static List<Figure> pauses(
      Cluster cluster, Path distribution, Size size, boolean quick, int most) {
    int counted = Math.min(most, quick ? size.quickMoves : size.moves);
    int warming = quick ? QUICK_WARMING : WARMING;
    int all = counted + warming;
    String id =
        cluster
            .shell
            .run(
                "mosq",
                "submit",
                "--memory",
                "1G",
                "--on",
                "alpha,beta",
                "--jar",
                distribution.resolve("lib/demo/mosey-demo.jar").toString(),
                "--class",
                Carrier.class.getName(),
                "--",
                Integer.toString(size.bytes),
                // It ends by its last move: then the one that asked would hear of no process.
                Integer.toString(all + 1))
            .strip();
    cluster.await(
        size.name + " to run", () -> show(cluster, id).path("state").asText().equals("running"));
    for (int move = 0; move < all; move++) {
      int wanted = move + 1;
      String to = show(cluster, id).path("host").asText().equals("alpha") ? "beta" : "alpha";
      cluster.shell.run("migrate", id, to);
      cluster.await("move " + wanted, () -> lines(cluster, id).size() >= wanted);
    }
    Samples samples = new Samples();
    for (String nanos : lines(cluster, id).subList(warming, all)) {
      samples.add(Long.parseLong(nanos) / 1e6);
    }
    cluster.shell.run("mosq", "cancel", id);
    if (samples.count() != counted) {
      throw new DemoFailure(id + " told of " + samples.count() + " moves of " + counted);
    }
    String aim = "< " + size.aimMillis;
    String name = "pause, image of " + size.name;
    return List.of(
        new Figure("moves", name + ", p50", samples.median(), "ms", aim, counted),
        new Figure("moves", name + ", p95", samples.quantile(0.95), "ms", null, counted));
  }

  private static JsonNode show(Cluster cluster, String id) {
    return cluster.get("alpha", "jobs/" + id);
  }

  private static List<String> lines(Cluster cluster, String id) {
    return cluster.shell.run("mosq", "logs", id).lines().toList();
  }
}
