package dev.mosey.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.chaos.Judge.Broken;
import dev.mosey.chaos.Judge.Facts;
import dev.mosey.chaos.Judge.Said;
import dev.mosey.chaos.Judge.Verdict;
import dev.mosey.chaos.Judge.Wanted;
import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Five nodes on this machine under work and under faults, and a judge at the end. Exits with 0 only
 * if no promise was broken; else what is needed to look into it is kept.
 */
public final class Chaos {
  private static final List<String> NAMES = List.of("alpha", "beta", "gamma", "delta", "epsilon");
  private static final long UP_SECONDS_MOST = 180;
  private static final long SETTLE_SECONDS_MOST = 120;

  private final Options options;
  private final Path directory;
  private final List<Daemon> nodes = new ArrayList<>();
  private final Doors doors;
  private final Crowd crowd;

  private Chaos(Options options, Path directory) throws IOException {
    this.options = options;
    this.directory = directory;
    Path keys = Files.createDirectories(directory.resolve("key"));
    Path settings = directory.resolve("mosd.conf");
    // Here nodes die all the time, and no process is to blame.
    Files.writeString(
        settings,
        "mosd.cluster.stable-after = 3s\nmosd.shutdown.drain = 5s\nmosd.books.poison-after = 0\n");
    Path script = directory.resolve("witness.sh");
    Files.writeString(script, Witness.SCRIPT);
    List<Integer> ports = freePorts(2 * NAMES.size());
    for (int i = 0; i < NAMES.size(); i++) {
      nodes.add(node(NAMES.get(i), ports, i, keys, settings));
    }
    this.doors = new Doors(nodes, keys.resolve("token"), new Random(options.seed() + 7));
    this.crowd =
        new Crowd(
            doors,
            directory.resolve("witness"),
            script,
            options.seed() + 11,
            options.leaseSeconds(),
            options.work());
  }

  /** {@code Chaos DISTRIBUTION [--minutes N] [--seed S] [--lease SECONDS] [--work N]}. */
  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException refused) {
      System.err.println("chaos: " + refused.getMessage());
      System.err.println(
          "hint: deploy/chaos [--minutes N] [--seed S] [--lease SECONDS] [--work N]");
      System.exit(2);
      return;
    }
    Path directory = Files.createTempDirectory("mosey-chaos-");
    Chaos chaos = new Chaos(options, directory);
    boolean kept = false;
    try {
      kept = chaos.run();
    } catch (ExecutionException crowd) {
      System.err.println("chaos: " + crowd.getCause().getMessage());
    } catch (DemoFailure e) {
      System.err.println("chaos: " + e.getMessage());
    } finally {
      chaos.end();
    }
    if (kept) {
      delete(directory);
    } else {
      System.err.println("hint: seed " + options.seed() + "; logs and journals in " + directory);
    }
    System.exit(kept ? 0 : 1);
  }

  private Daemon node(String name, List<Integer> ports, int i, Path keys, Path settings) {
    int nodes = NAMES.size();
    List<String> command = new ArrayList<>();
    command.add(options.distribution().resolve("bin/mosd").toString());
    command.addAll(List.of("--name", name, "--port", ports.get(i).toString()));
    command.addAll(List.of("--http-port", ports.get(nodes + i).toString(), "--slots", "3"));
    command.addAll(List.of("--speed", "1", "--data", directory.resolve(name).toString()));
    command.addAll(List.of("--key-dir", keys.toString(), "--config", settings.toString()));
    for (int seed = 0; seed < nodes; seed++) {
      command.addAll(List.of("--seed", "127.0.0.1:" + ports.get(seed)));
    }
    String url = "http://127.0.0.1:" + ports.get(nodes + i);
    return new Daemon(name, url, command, directory.resolve(name + ".log"));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return ports;
  }

  /** Whether every promise was kept. */
  private boolean run() throws Exception {
    say("seed " + options.seed() + ": starting " + nodes.size() + " nodes");
    // The first makes the key that the others then have; none of them alone is a cluster.
    nodes.getFirst().start();
    Path token = directory.resolve("key/token");
    await("alpha has made the key", UP_SECONDS_MOST, () -> Files.exists(token));
    nodes.subList(1, nodes.size()).forEach(Daemon::start);
    awaitAll();
    FutureTask<Void> working = new FutureTask<>(crowd, null);
    Thread.ofPlatform().name("crowd").start(working);
    Trouble trouble = new Trouble(nodes, doors, options.seed(), Chaos::say);
    Verdict verdict;
    try (Pulse pulse = new Pulse(nodes)) {
      trouble.run((long) (options.minutes() * 60_000));
      say("all is put right; waiting until every node is back and all work has ended");
      awaitAll();
      crowd.close();
      working.get();
      Map<String, Said> said = settle();
      var lines = Witness.read(directory.resolve("witness"));
      verdict = Judge.of(new Facts(crowd.wanted(), said, lines, trouble.killed(), pulse.gaps()));
    }
    List<Broken> broken = new ArrayList<>(verdict.broken());
    crowd.twice().forEach(each -> broken.add(new Broken(Judge.Promise.TWICE_SUBMITTED, "", each)));
    report(trouble, verdict, broken);
    return broken.isEmpty();
  }

  private void awaitAll() {
    for (Daemon node : nodes) {
      await(node.name() + " is up", UP_SECONDS_MOST, () -> doors.isReady(node, nodes.size()));
    }
  }

  /** What the cluster says of each job, once all have ended or time is over. */
  private Map<String, Said> settle() {
    Map<String, Said> said = new HashMap<>();
    List<Wanted> left = new ArrayList<>(crowd.wanted());
    long until = System.nanoTime() + SETTLE_SECONDS_MOST * 1_000_000_000L;
    while (!left.isEmpty() && System.nanoTime() < until) {
      left.removeIf(
          each -> {
            Said now = said(each.id());
            if (now != null) {
              said.put(each.id(), now);
            }
            return now != null
                && List.of("done", "failed", "cancelled", "lost").contains(now.state());
          });
      pause(left.isEmpty() ? 0 : 500);
    }
    return said;
  }

  private Said said(String id) {
    var job = doors.ask("GET", "jobs/" + id, null, null).filter(answer -> answer.status() == 200);
    var output = doors.ask("GET", "jobs/" + id + "/output", null, null);
    if (job.isEmpty() || output.isEmpty() || output.get().status() != 200) {
      return null;
    }
    JsonNode exit = job.get().body().path("exit").path("code");
    List<String> kept = output.get().text().lines().toList();
    return new Said(
        job.get().body().path("state").asText(), exit.isInt() ? exit.asInt() : null, kept);
  }

  private void report(Trouble trouble, Verdict verdict, List<Broken> broken) {
    long cancelled = crowd.wanted().stream().filter(each -> each.tries() > 0).count();
    System.out.printf(
        Locale.ROOT,
        "seed %d, lease %.0f s: %d jobs (%d cancelled), faults %s%n",
        options.seed(),
        options.leaseSeconds(),
        crowd.wanted().size(),
        cancelled,
        trouble.counts());
    recoveries("home there all the time", verdict.recoveries());
    recoveries("home away meanwhile", verdict.delayed());
    for (Judge.Promise promise : Judge.Promise.values()) {
      long count = broken.stream().filter(each -> each.promise() == promise).count();
      System.out.printf(
          "%-16s %d%n", promise.name().toLowerCase(Locale.ROOT).replace('_', ' '), count);
    }
    broken.forEach(
        each -> System.out.println(each.promise() + " " + each.id() + " " + each.what()));
  }

  private static void recoveries(String where, List<Double> seconds) {
    List<Double> sorted = seconds.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "attempts begun again, %s: %d; from the last sign of one to the next p50 %.1f s, p99 %.1f"
            + " s, most %.1f s%n",
        where,
        sorted.size(),
        quantile(sorted, 0.5),
        quantile(sorted, 0.99),
        quantile(sorted, 1));
  }

  private static double quantile(List<Double> sorted, double share) {
    return sorted.isEmpty()
        ? 0
        : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
  }

  private void await(String what, long seconds, BooleanSupplier condition) {
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        StringBuilder said = new StringBuilder("not within " + seconds + " s: " + what);
        nodes.forEach(
            node -> said.append('\n').append(node.name()).append(": ").append(node.lastWords()));
        throw new DemoFailure(said.toString());
      }
      pause(200);
    }
  }

  private void end() {
    crowd.close();
    for (Daemon node : nodes) {
      if (node.isAlive()) {
        Signals.send("CONT", node.parts(true));
        node.kill();
      }
    }
    doors.close();
  }

  static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Lets time pass. */
  static void pause(long millis) {
    try {
      // sleeps because what is awaited is time itself, or other processes that tell nobody
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
  }
}
