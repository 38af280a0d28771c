package dev.mosey.chaos;

import static dev.mosey.chaos.Judge.Promise.DAMAGE_UNSEEN;
import static dev.mosey.chaos.Judge.Promise.TWICE_SUBMITTED;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.chaos.Judge.Broken;
import dev.mosey.chaos.Judge.Facts;
import dev.mosey.chaos.Judge.Said;
import dev.mosey.chaos.Judge.Verdict;
import dev.mosey.chaos.Judge.Wanted;
import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  private final Ground ground;
  private final List<Daemon> nodes = new ArrayList<>();
  private final Access access;
  private final Doors doors;
  private final Trouble trouble;
  private final Crowd crowd;

  private Chaos(Options options, Path directory) throws IOException {
    this.options = options;
    this.directory = directory;
    Path keys = Files.createDirectories(directory.resolve("key"));
    Path settings = directory.resolve("mosd.conf");
    Path script = directory.resolve("witness.sh");
    Files.writeString(script, Witness.SCRIPT);
    Path jar = options.distribution().resolve("lib/demo/mosey-demo.jar");
    this.ground = Ground.of(directory, NAMES, options.shared());
    Files.writeString(settings, settings(options, ground.database()));
    for (String name : NAMES) {
      nodes.add(node(name, keys, settings));
    }
    this.access = new Access(keys);
    this.doors = new Doors(nodes, access, new Random(options.seed() + 7));
    String program = sha256(jar).substring(2);
    this.trouble =
        new Trouble(nodes, doors, ground, name -> isImage(name, program), options.seed());
    Path log = directory.resolve("witness");
    this.crowd = new Crowd(doors, new Crowd.Place(log, script, jar), trouble::killed, options);
  }

  private static String settings(Options options, Database database) {
    List<String> lines = new ArrayList<>();
    lines.add("mosd.cluster.stable-after = 3s");
    lines.add("mosd.shutdown.drain = 5s");
    // Here nodes die all the time, and no process is to blame.
    lines.add("mosd.books { poison-after = 0, exclude.after = 0 }");
    lines.add("mosd.books.lease-min = 1s");
    lines.add("mosd.unsafe.disorder = 0.05");
    // The disks are small.
    lines.add("mosd.store.space { ballast = 4M, reserve = 16M, critical = 8M, floor = 2M }");
    if (database != null) {
      lines.addAll(database.settings());
      lines.add("mosd.store.postgresql.right = " + Math.round(options.leaseSeconds()) + "s");
      lines.add("mosd.store.postgresql.takeover-after = 3s");
    }
    if (options.without() != null) {
      lines.add("mosd.unsafe." + options.without().word() + " = false");
    }
    return String.join("\n", lines) + "\n";
  }

  private static boolean isImage(String name, String program) {
    return name.matches("[0-9a-f]{62}") && !name.equals(program);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /** See {@link Options#USAGE}; the first argument is the distribution. */
  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException refused) {
      System.err.println("chaos: " + refused.getMessage());
      System.err.println("hint: deploy/chaos " + Options.USAGE);
      System.exit(2);
      return;
    }
    boolean kept =
        options.prove() ? proves(options) : play(options).filter(List::isEmpty).isPresent();
    System.exit(kept ? 0 : 1);
  }

  /** Whether each promise is missed when it is taken back. */
  private static boolean proves(Options options) throws Exception {
    boolean all = true;
    for (Options.Without without : Options.Without.values()) {
      say("without " + without.word() + ", so that something must be found broken");
      boolean seen =
          play(options.without(without)).stream()
              .flatMap(List::stream)
              .anyMatch(each -> without.missed().contains(each.promise()));
      say("without " + without.word() + ": " + (seen ? "seen" : "NOT SEEN"));
      all &= seen;
    }
    return all;
  }

  /** What was found broken; nothing if the run itself has failed. */
  private static Optional<List<Broken>> play(Options options) throws Exception {
    Path directory = Files.createTempDirectory("mosey-chaos-");
    Chaos chaos = new Chaos(options, directory);
    Optional<List<Broken>> broken = Optional.empty();
    try {
      broken = Optional.of(chaos.run());
    } catch (ExecutionException crowd) {
      System.err.println("chaos: " + crowd.getCause().getMessage());
    } catch (DemoFailure e) {
      System.err.println("chaos: " + e.getMessage());
    } finally {
      // What is broken on purpose need not be looked into.
      boolean done = broken.isPresent() && (broken.get().isEmpty() || options.without() != null);
      chaos.end(done);
      if (done) {
        delete(directory);
      } else {
        System.err.println("hint: seed " + options.seed() + "; logs and journals in " + directory);
      }
    }
    return broken;
  }

  private Daemon node(String name, Path keys, Path settings) {
    Ground.Place place = ground.place(name);
    List<String> command = new ArrayList<>(place.prefix());
    command.add(options.distribution().resolve("bin/mosd").toString());
    command.addAll(List.of("--name", name, "--slots", "3", "--speed", "1"));
    command.addAll(List.of("--host", place.host(), "--port", Integer.toString(place.port())));
    command.addAll(List.of("--http-port", Integer.toString(place.httpPort())));
    command.addAll(List.of("--data", place.data().toString()));
    command.addAll(List.of("--key-dir", keys.toString(), "--config", settings.toString()));
    for (String seed : NAMES) {
      Ground.Place other = ground.place(seed);
      command.addAll(List.of("--seed", other.host() + ":" + other.port()));
    }
    String scheme = place.prefix().isEmpty() ? "http://" : "https://";
    String url = scheme + place.host() + ":" + place.httpPort();
    return new Daemon(name, url, command, place.data(), directory.resolve(name + ".log"));
  }

  /** Every promise that was broken. */
  private List<Broken> run() throws Exception {
    say("seed " + options.seed() + ": starting " + nodes.size() + " nodes");
    EnumSet<Plan.Needs> missing = EnumSet.of(Plan.Needs.NETWORKS, Plan.Needs.DISKS);
    missing.removeAll(ground.there());
    if (!missing.isEmpty()) {
      say("without root here; faults left out: those that need " + missing);
    }
    // The first makes the key that the others then have; none of them alone is a cluster.
    nodes.getFirst().start();
    Path token = directory.resolve("key/token");
    await("alpha has made the key", UP_SECONDS_MOST, () -> Files.exists(token));
    nodes.subList(1, nodes.size()).forEach(Daemon::start);
    awaitAll();
    FutureTask<Void> working = new FutureTask<>(crowd, null);
    Thread.ofPlatform().name("crowd").start(working);
    Verdict verdict;
    try (Pulse pulse = new Pulse(nodes, access)) {
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
    crowd.twice().forEach(each -> broken.add(new Broken(TWICE_SUBMITTED, "", each)));
    trouble.unseen().forEach(each -> broken.add(new Broken(DAMAGE_UNSEEN, "", each)));
    report(verdict, broken);
    return broken;
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
    long progress = System.nanoTime();
    while (!left.isEmpty() && System.nanoTime() - progress < SETTLE_SECONDS_MOST * 1_000_000_000L) {
      int before = left.size();
      left.removeIf(
          each -> {
            Said now = said(each.id());
            if (now != null) {
              said.put(each.id(), now);
            }
            return now != null
                && List.of("done", "failed", "cancelled", "lost").contains(now.state());
          });
      if (left.size() < before) {
        progress = System.nanoTime();
      }
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

  private void report(Verdict verdict, List<Broken> broken) {
    long cancelled = crowd.wanted().stream().filter(each -> each.tries() > 0).count();
    System.out.printf(
        Locale.ROOT,
        "seed %d, %s, lease %.0f s: %d jobs (%d cancelled), faults %s%n",
        options.seed(),
        options.shared() ? "postgresql" : "embedded",
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

  private void end(boolean kept) throws IOException {
    crowd.close();
    for (Daemon node : nodes) {
      if (node.isAlive()) {
        Signals.send("CONT", node.parts(true));
        node.kill();
      }
    }
    access.close();
    if (!kept) {
      ground.keep();
    }
    ground.close();
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
