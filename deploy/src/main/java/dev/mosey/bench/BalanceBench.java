package dev.mosey.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Twelve bodies of unequal length, all started on one of four nodes: how long until the last has
 * ended, beside the least that is possible when work can be divided at will, beside the same under
 * the policy {@code static}, and beside Slurm's queue on four machines of the same share, in turns.
 * Then how soon a node that comes up has its part. See {@link Share} for the machines.
 */
final class BalanceBench {
  /**
   * In seconds of one machine; a quarter of their sum is the bound, 36 s. Who shares alike can come
   * near it, since no body is much longer than the next: a single long one would run on alone.
   */
  private static final List<Double> SECONDS =
      List.of(10.5, 15.0, 6.0, 16.5, 12.0, 4.5, 18.0, 9.0, 15.0, 7.5, 16.5, 13.5);

  private static final int NODES = 4;
  private static final double WITHIN = 1.15;
  private static final double LONG_SECONDS = 600;

  private final Cluster cluster;
  private final Path distribution;
  private final double scale;

  private BalanceBench(Cluster cluster, Path distribution, double scale) {
    this.cluster = cluster;
    this.distribution = distribution;
    this.scale = scale;
  }

  /** The nodes are the bench's own: one core, sixteen slots, speed 1 each. */
  static List<Figure> run(Path distribution, boolean quick) throws IOException {
    try (Cluster cluster = Cluster.ofOneCore(distribution, NODES)) {
      return new BalanceBench(cluster, distribution, quick ? 0.1 : 1).run(quick ? 1 : 2);
    }
  }

  private List<Figure> run(int rounds) throws IOException {
    Samples balanced = new Samples();
    Samples still = new Samples();
    Samples queued = new Samples();
    Samples moves = new Samples();
    Optional<Slurm> slurm = Slurm.start(cluster.directory().resolve("slurm"), NODES);
    try {
      for (int round = 0; round < rounds; round++) {
        long before = moved();
        balanced.add(makespan("opportunity-cost"));
        moves.add((double) (moved() - before));
        still.add(makespan("static"));
        if (slurm.isPresent()) {
          queued.add(slurm.get().makespan(lengths()));
        }
      }
    } finally {
      slurm.ifPresent(Slurm::close);
    }
    double bound = lengths().stream().mapToDouble(each -> each).sum() / NODES;
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure("balance", "bound, work divided at will", bound, "s", null, 1));
    figures.add(
        new Figure(
            "balance", "the same when all bodies share alike", alike(lengths()), "s", null, 1));
    figures.add(
        new Figure(
            "balance",
            "makespan of 12 bodies begun on one of 4",
            balanced.median(),
            "s",
            "< %.1f".formatted(bound * WITHIN),
            rounds));
    figures.add(new Figure("balance", "moves in it", moves.median(), "", null, rounds));
    figures.add(
        new Figure("balance", "the same, policy static", still.median(), "s", null, rounds));
    figures.add(
        queued.count() > 0
            ? new Figure("balance", "Slurm, queued on 4 nodes", queued.median(), "s", null, rounds)
            : Figure.absent("balance", "Slurm, queued on 4 nodes: " + Slurm.missing()));
    figures.add(
        new Figure("balance", "until a node that came up has 3 of 12", joins(), "s", "< 10", 1));
    return figures;
  }

  /** All moves of these nodes so far. */
  private long moved() {
    long moved = 0;
    for (JsonNode move :
        cluster.get(cluster.names().getFirst(), "moves?limit=1000").path("items")) {
      moved += move.path("outcome").asText().equals("moved") ? 1 : 0;
    }
    return moved;
  }

  /**
   * How long it takes when every body gets the same part of all machines, but none more than one of
   * them: the best for whoever does not know the lengths and treats all alike.
   */
  static double alike(List<Double> lengths) {
    List<Double> sorted = lengths.stream().sorted().toList();
    double seconds = 0;
    double done = 0;
    for (int ended = 0; ended < sorted.size(); ended++) {
      double share = Math.min(1, NODES / (double) (sorted.size() - ended));
      seconds += (sorted.get(ended) - done) / share;
      done = sorted.get(ended);
    }
    return seconds;
  }

  private List<Double> lengths() {
    return SECONDS.stream().map(each -> each * scale).toList();
  }

  private double makespan(String policy) throws IOException {
    cluster.shell.run("tune", "--set", "policy=" + policy);
    Path folder = Files.createTempDirectory(cluster.directory(), "balance-");
    List<String> others = cluster.names().subList(1, NODES);
    others.forEach(node -> cluster.shell.run("mosctl", "block", node));
    List<String> ids = submit(folder, lengths());
    awaitRunning(ids);
    others.forEach(node -> cluster.shell.run("mosctl", "noblock", node));
    double seconds = untilAllEnd(cluster, folder, ids.size());
    cluster.await("the bodies to be recorded", () -> count(ids, "done") == ids.size());
    return seconds;
  }

  /** Opens the gate and waits for all. */
  static double untilAllEnd(Cluster cluster, Path folder, int bodies) throws IOException {
    Files.writeString(folder.resolve("go"), "");
    long begin = System.nanoTime();
    cluster.await("all bodies to end", () -> files(folder.resolve("done")) == bodies);
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Twelve long bodies on three nodes; the fourth comes up. */
  private double joins() throws IOException {
    cluster.shell.run("tune", "--set", "policy=opportunity-cost");
    String last = cluster.names().getLast();
    cluster.shell.run("mosixd", "stop", last);
    Path folder = Files.createTempDirectory(cluster.directory(), "balance-");
    List<Double> lengths = SECONDS.stream().map(each -> LONG_SECONDS).toList();
    List<String> ids = submit(folder, lengths);
    awaitRunning(ids);
    Files.writeString(folder.resolve("go"), "");
    Path on = folder.resolve("on");
    cluster.await(
        "four bodies on each of three nodes",
        () ->
            cluster.names().subList(0, NODES - 1).stream()
                .allMatch(node -> files(on.resolve(node)) == 4));
    Cluster.pause(6_000); // what has just arrived may not go on before its residency
    Thread starter = Thread.ofVirtual().start(() -> cluster.shell.run("mosixd", "start"));
    cluster.await("the node to be up", () -> isUp(last));
    long begin = System.nanoTime();
    cluster.await("its part of the bodies", () -> files(on.resolve(last)) == 3);
    double seconds = (System.nanoTime() - begin) / 1e9;
    join(starter);
    ids.forEach(id -> cluster.shell.run("mosq", "cancel", id));
    return seconds;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  private boolean isUp(String node) {
    for (JsonNode each : cluster.get(cluster.names().getFirst(), "nodes").path("items")) {
      if (each.path("name").asText().equals(node)) {
        return each.path("state").asText().equals("up") && each.path("slots").asInt() > 0;
      }
    }
    return false;
  }

  private List<String> submit(Path folder, List<Double> lengths) {
    List<String> ids = new ArrayList<>();
    for (int body = 0; body < lengths.size(); body++) {
      ids.add(
          cluster
              .shell
              .run(
                  "mosq",
                  "submit",
                  "--memory",
                  "100M",
                  "--jar",
                  distribution.resolve("lib/demo/mosey-demo.jar").toString(),
                  "--class",
                  Share.class.getName(),
                  "--",
                  folder.toString(),
                  "body-" + body,
                  lengths.get(body).toString())
              .strip());
    }
    return ids;
  }

  private void awaitRunning(List<String> ids) {
    cluster.await("all bodies to run", () -> count(ids, "running") == ids.size());
  }

  private long count(List<String> ids, String state) {
    return ids.stream()
        .filter(
            id ->
                cluster
                    .get(cluster.names().getFirst(), "jobs/" + id)
                    .path("state")
                    .asText()
                    .equals(state))
        .count();
  }

  private static int files(Path folder) {
    String[] files = folder.toFile().list();
    return files == null ? 0 : files.length;
  }
}
