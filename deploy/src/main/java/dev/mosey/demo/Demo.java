package dev.mosey.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Three nodes on this machine take real work, share it, move it while it runs, lose a node and
 * still return every result.
 *
 * <ol>
 *   <li>three nodes form a cluster;
 *   <li>a java program of several tasks starts on one node while the others take no guests, and
 *       spreads when they do;
 *   <li>a command that can be checkpointed is moved by hand;
 *   <li>an array of commands compresses and hashes the JDK's own files; half way one node is killed
 *       with -9;
 *   <li>every result is compared with the same work done without Mosey.
 * </ol>
 */
public final class Demo {
  private static final int BOARDS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Shell shell;
  private final Path directory;
  private final boolean onTerminal;
  private final long begun = System.nanoTime();

  private Demo(Shell shell, Path directory, boolean onTerminal) {
    this.shell = shell;
    this.directory = directory;
    this.onTerminal = onTerminal;
  }

  /**
   * Runs the demo: the first argument is the distribution's folder. Exits with 0 only if all of it
   * worked.
   */
  public static void main(String[] arguments) throws IOException {
    Path distribution = Path.of(arguments[0]).toAbsolutePath();
    Path directory = Files.createTempDirectory("mosey-demo-");
    Map<String, String> environment = new HashMap<>();
    for (String place :
        List.of("MOSEY_KEY_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")) {
      Path folder = Files.createDirectories(directory.resolve(place.toLowerCase(Locale.ROOT)));
      environment.put(place, folder.toString());
    }
    Shell shell = new Shell(distribution.resolve("bin"), directory, environment);
    Demo demo = new Demo(shell, directory, isTerminal());
    int status = 1;
    try {
      String verdict;
      try {
        verdict = demo.run();
      } finally {
        demo.clearProgress();
        shell.run("mosixd", "stop");
      }
      System.out.println(verdict);
      delete(directory);
      status = 0;
    } catch (DemoFailure e) {
      demo.clearProgress();
      System.err.println("demo: " + e.getMessage());
      System.err.println("hint: the nodes' logs are kept in " + directory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.exit(status);
  }

  /**
   * JDK 25 still returns null where standard input is no terminal, whatever its documentation says.
   */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }

  /** Does it all; returns the last line. */
  private String run() throws IOException, InterruptedException {
    Path jdk = Path.of(System.getProperty("java.home"));
    List<Path> files = Work.files(jdk);
    say("starting three nodes on this machine");
    shell.run("mosixd", "start", "--local", "3");
    JsonNode nodes = shell.json("mosctl", "status").path("items");
    say(nodes.size() + " nodes are up: " + names(nodes));

    String boards = spread();
    String counting = migrateByHand();
    String compressing = loseANode(files);

    await("all boards", () -> allEnded(boards), () -> "the boards: " + running());
    await("the counting", () -> allEnded(counting), () -> "the counting: " + running());
    say("now the files without Mosey, one after the other, to compare");
    long before = System.nanoTime();
    Map<Path, String> expected =
        Work.locally(files, done -> progress(done + " of " + files.size()));
    double aloneSeconds = seconds(before);
    return compare(boards, counting, compressing, files, expected, aloneSeconds);
  }

  private String spread() throws InterruptedException {
    shell.run("mosctl", "block", "beta");
    shell.run("mosctl", "block", "gamma");
    Path examples =
        Path.of(System.getProperty("mosey.home"), "share", "examples", "mosey-examples.jar");
    String id =
        shell
            .run(
                "mosq",
                "submit",
                "--name",
                "queens",
                "--array",
                "1-" + BOARDS,
                "--on",
                "alpha,beta,gamma",
                "--jar",
                examples.toString(),
                "--class",
                "dev.mosey.examples.Queens",
                "--",
                Integer.toString(Work.QUEENS))
            .strip();
    await(
        "two boards to run on alpha",
        () -> runningBy(id).getOrDefault("alpha", 0) >= 2,
        this::running);
    say(
        id
            + ": "
            + BOARDS
            + " boards of "
            + Work.QUEENS
            + " queens began on alpha; now beta and gamma take guests");
    shell.run("mosctl", "noblock", "beta");
    shell.run("mosctl", "noblock", "gamma");
    await("a board to move", () -> movesOf(id) > 0, this::running);
    say("a board has moved while it ran; the boards are on " + Table.words(runningBy(id)));
    return id;
  }

  private String migrateByHand() throws IOException, InterruptedException {
    Path script = directory.resolve("counting.sh");
    Files.writeString(script, Work.COUNTING);
    String id =
        shell
            .run(
                "mosq",
                "submit",
                "--name",
                "counting",
                "--priority",
                "0",
                "--move",
                "checkpoint",
                "--",
                "sh",
                script.toString())
            .strip();
    await("the counting command to run", () -> state(id).equals("running"), this::running);
    String from = shell.json("mosq", "show", id).path("host").asText();
    String to = from.equals("beta") ? "alpha" : "beta";
    JsonNode moved = shell.json("migrate", id, to);
    say("a command that can be checkpointed, by hand: " + moved.path("message").asText());
    return id;
  }

  private String loseANode(List<Path> files) throws IOException, InterruptedException {
    Path lines = directory.resolve("files");
    Files.write(lines, files.stream().map(Path::toString).toList());
    String id =
        shell
            .run(
                "mosq",
                "submit",
                "--name",
                "compress",
                "--move",
                "restart",
                "--lease",
                "5s",
                "--each-line",
                lines.toString(),
                "--",
                "sh",
                "-c",
                Work.COMPRESS,
                "sh",
                "{}")
            .strip();
    say(id + ": " + files.size() + " files of the JDK are compressed and hashed");
    await(
        "half of the files",
        () ->
            done(id) * 2 >= files.size()
                || (done(id) * 4 >= files.size() && runningBy(id).containsKey("gamma")),
        () -> howFar(id, files.size()));
    killGamma();
    await("all files", () -> allEnded(id), () -> howFar(id, files.size()));
    say("all files are done, those that gamma had begun as well");
    return id;
  }

  private void killGamma() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      Path run =
          files
              .filter(f -> f.getFileName().toString().equals("gamma.json"))
              .findFirst()
              .orElseThrow(() -> new DemoFailure("gamma left no run file"));
      long pid =
          new com.fasterxml.jackson.databind.ObjectMapper()
              .readTree(run.toFile())
              .path("pid")
              .asLong();
      ProcessHandle.of(pid)
          .orElseThrow(() -> new DemoFailure("gamma is not running"))
          .destroyForcibly();
      say(
          "killed gamma with -9; what it ran begins again elsewhere when its lease of 5 s has"
              + " lapsed");
    }
  }

  private String compare(
      String boards,
      String counting,
      String compressing,
      List<Path> files,
      Map<Path, String> expected,
      double aloneSeconds) {
    say("comparing every result");
    int wrong = 0;
    for (int task = 1; task <= BOARDS; task++) {
      wrong +=
          check(
              boards + "." + task,
              shell.run("mosq", "logs", boards + "." + task).strip(),
              Work.QUEENS_SOLUTIONS);
    }
    wrong += check(counting, shell.run("mosq", "logs", counting).strip(), Work.counted());
    for (int i = 0; i < files.size(); i++) {
      String id = compressing + "." + (i + 1);
      wrong += check(id, shell.run("mosq", "logs", id).strip(), expected.get(files.get(i)));
    }
    clearProgress();
    Table table = new Table(elements(List.of(boards, counting, compressing)));
    table.printJobs(List.of(boards, counting, compressing));
    table.printMoves();
    System.out.printf(
        Locale.ROOT,
        "%nThe files took %.1f s in the cluster, beside the boards and with a node lost half way;"
            + " alone, one after the other, %.1f s.%n",
        table.tookSeconds(compressing),
        aloneSeconds);
    int results = BOARDS + 1 + files.size();
    if (wrong > 0) {
      throw new DemoFailure(wrong + " of " + results + " results are wrong");
    }
    return "all " + results + " results correct";
  }

  private int check(String id, String found, String expected) {
    if (found.equals(expected)) {
      return 0;
    }
    System.err.println("demo: " + id + " returned '" + found + "', expected '" + expected + "'");
    return 1;
  }

  private List<JsonNode> elements(List<String> ids) {
    List<JsonNode> all = new ArrayList<>();
    for (String id : ids) {
      JsonNode job = shell.json("mosq", "show", id);
      long tasks = 0;
      for (JsonNode count : job.path("tasks")) {
        tasks += count.asLong();
      }
      if (!job.hasNonNull("array")) {
        all.add(job);
      }
      for (long task = 1; job.hasNonNull("array") && task <= tasks; task++) {
        all.add(shell.json("mosq", "show", id + "." + task));
      }
    }
    return all;
  }

  /** Running tasks of a job, or of all when it is null, by host. */
  private Map<String, Integer> runningBy(String id) {
    Map<String, Integer> running = new TreeMap<>();
    for (JsonNode process : shell.json("mosps").path("items")) {
      if ((id == null || process.path("job").asText().equals(id))
          && process.path("state").asText().equals("running")) {
        running.merge(process.path("host").asText(), 1, Integer::sum);
      }
    }
    return running;
  }

  /** Moves of a job's tasks that still run. */
  private int movesOf(String id) {
    int moves = 0;
    for (JsonNode process : shell.json("mosps").path("items")) {
      moves += process.path("job").asText().equals(id) ? process.path("moves").size() : 0;
    }
    return moves;
  }

  private String state(String id) {
    return shell.json("mosq", "show", id).path("state").asText();
  }

  private long done(String id) {
    return shell.json("mosq", "show", id).path("tasks").path("done").asLong();
  }

  private boolean allEnded(String id) {
    String state = state(id);
    if (List.of("failed", "cancelled", "lost").contains(state)) {
      throw new DemoFailure(id + " is " + state + ": " + shell.run("mosq", "why", id));
    }
    return state.equals("done");
  }

  private void await(String what, BooleanSupplier condition, Supplier<String> far)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new DemoFailure("waited " + PATIENCE.toSeconds() + " s for " + what);
      }
      if (onTerminal) {
        progress(far.get());
      }
      // sleeps because it asks the cluster again and again, as a user at a terminal would
      Thread.sleep(300);
    }
  }

  private String howFar(String id, int all) {
    return done(id) + " of " + all + " files; " + running();
  }

  /** What runs where now. */
  private String running() {
    Map<String, Integer> running = runningBy(null);
    return running.isEmpty() ? "nothing runs yet" : "running: " + Table.words(running);
  }

  private void say(String line) {
    clearProgress();
    System.out.printf(Locale.ROOT, "%5.1f s  %s%n", seconds(begun), line);
  }

  private void progress(String line) {
    if (onTerminal) {
      System.out.printf(Locale.ROOT, "\r%5.1f s  %-70.70s", seconds(begun), line);
      System.out.flush();
    }
  }

  private void clearProgress() {
    if (onTerminal) {
      System.out.printf("\r%80s\r", "");
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static String names(JsonNode nodes) {
    List<String> names = new ArrayList<>();
    nodes.forEach(node -> names.add(node.path("name").asText()));
    return String.join(", ", names);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    }
  }
}
