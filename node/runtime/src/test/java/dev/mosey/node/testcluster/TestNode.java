package dev.mosey.node.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node of a test: a process of its own, which can be killed, stopped and started again. */
public final class TestNode {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern MEMBERSHIP =
      Pattern.compile("event=membership members=\\[(.*?)] unreachable=\\[(.*?)]");
  private static final int TAIL_LINES = 60;

  private final String name;
  private final int port;
  private final int httpPort;
  private final Place place;
  private final Path directory;
  private final Path keyDirectory;
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> jvmOptions = new ArrayList<>();
  private Process process;
  private long logBegin;

  /**
   * Where a node is started.
   *
   * @param prefix what its command is given to, for instance to run it in another network
   * @param host its address
   */
  record Place(List<String> prefix, String host) {
    static final Place LOOPBACK = new Place(List.of(), "127.0.0.1");
  }

  TestNode(String name, int port, int httpPort, Place place, Path directory, Path keyDirectory) {
    this.name = name;
    this.place = place;
    this.port = port;
    this.httpPort = httpPort;
    this.directory = directory;
    this.keyDirectory = keyDirectory;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** HOST:PORT between nodes. */
  public String address() {
    return place.host() + ":" + port;
  }

  /** Asks this node over HTTP. */
  public TestHttp http() {
    String scheme = place.equals(Place.LOOPBACK) ? "http" : "https";
    return new TestHttp(scheme + "://" + place.host() + ":" + httpPort, keyDirectory);
  }

  /** Its jobs, and everybody's, as this node tells of them. */
  public TestJobs jobs() {
    return new TestJobs(this);
  }

  /** Where its data and its log are. */
  public Path directory() {
    return directory;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Adds an argument, from its next start on. */
  public TestNode argument(String... values) {
    arguments.addAll(List.of(values));
    return this;
  }

  /** Sets a key of the settings below {@code mosd}, from its next start on. */
  public TestNode set(String key, String value) {
    environment.put(
        "MOSD_" + key.replace('.', '_').replace('-', '_').toUpperCase(java.util.Locale.ROOT),
        value);
    return this;
  }

  /** Adds an option of its JVM, from its next start on. */
  public TestNode jvmOption(String option) {
    jvmOptions.add(option);
    return this;
  }

  /** Starts it; it must not run. Does not wait. */
  public TestNode start() {
    List<String> command = new ArrayList<>(place.prefix());
    command.addAll(TestJvm.get().command(jvmOptions));
    command.addAll(List.of("--name", name, "--port", String.valueOf(port)));
    command.addAll(List.of("--host", place.host()));
    command.addAll(List.of("--http-port", String.valueOf(httpPort)));
    command.addAll(List.of("--data", directory.resolve("data").toString()));
    command.addAll(List.of("--key-dir", keyDirectory.toString()));
    command.addAll(arguments);
    try {
      Files.createDirectories(directory);
      logBegin = Files.exists(log()) ? Files.size(log()) : 0;
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().put("HOME", directory.toString());
      builder.environment().putAll(environment);
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return this;
  }

  /** Kills it at once, and waits until it is gone. */
  public void kill9() {
    if (process != null) {
      TestJvm.end(process);
    }
  }

  /** Kills its keeper at once; the daemon lives on. */
  public void killKeeper9() {
    List<ProcessHandle> keepers =
        process
            .children()
            .filter(child -> child.info().command().orElse("").endsWith("mosd-keeper"))
            .toList();
    if (keepers.isEmpty()) {
      throw new AssertionError(name + " has no keeper");
    }
    keepers.forEach(ProcessHandle::destroyForcibly);
  }

  /** Freezes it, its keeper and bodies not. */
  public void sigstop() {
    TestJvm.signal("STOP", pid());
  }

  /** Thaws it. */
  public void sigcont() {
    TestJvm.signal("CONT", pid());
  }

  /** SIGTERM; does not wait. */
  public void terminate() {
    TestJvm.signal("TERM", pid());
  }

  /** SIGINT; does not wait. */
  public void interrupt() {
    TestJvm.signal("INT", pid());
  }

  /** Kills it if it runs, and starts it again. */
  public TestNode restart() {
    kill9();
    return start();
  }

  /** Whether its process is there. */
  public boolean alive() {
    return process != null && process.isAlive();
  }

  /** Waits until it has ended; returns its exit status. */
  public int awaitExit() {
    Await.until(PATIENCE, name + " ends", () -> !alive(), this::tail);
    return process.exitValue();
  }

  /** Waits until it says that it is up, in its present life. */
  public TestNode awaitUp() {
    return awaitLine("mosd: " + name + " is up in a cluster of ");
  }

  /** Waits until what it wrote in its present life has this text. */
  public TestNode awaitLine(String text) {
    Await.until(
        PATIENCE,
        name + " says '" + text + "'",
        () -> {
          if (written().contains(text)) {
            return true;
          }
          if (!alive()) {
            throw new AssertionError(name + " ended before it said '" + text + "':\n" + tail());
          }
          return false;
        },
        this::tail);
    return this;
  }

  /** Waits until these and no others are the members that it can reach. */
  public TestNode awaitMembers(Set<String> names) {
    Await.until(
        PATIENCE,
        name + " sees " + names,
        () -> reachable().equals(new TreeSet<>(names)),
        () -> String.valueOf(reachable()));
    return this;
  }

  /** The members that it can reach, as it said last in its present life. */
  public Set<String> reachable() {
    Set<String> names = members();
    names.removeAll(last(2));
    return names;
  }

  /** The members, as it said last in its present life, whether it can reach them or not. */
  public Set<String> members() {
    return last(1);
  }

  private Set<String> last(int group) {
    Set<String> names = new TreeSet<>();
    Matcher line = MEMBERSHIP.matcher(written());
    while (line.find()) {
      names.clear();
      names.addAll(namesIn(line.group(group)));
    }
    return names;
  }

  private static List<String> namesIn(String list) {
    return list.isBlank() ? List.of() : List.of(list.split(", "));
  }

  /** What it wrote to stdout and stderr in its present life. */
  public String written() {
    try {
      byte[] all = Files.readAllBytes(log());
      int begin = (int) Math.min(logBegin, all.length);
      return new String(all, begin, all.length - begin, StandardCharsets.UTF_8);
    } catch (IOException notYet) {
      return "";
    }
  }

  /** The last lines of what it wrote. */
  public String tail() {
    List<String> lines = written().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  private Path log() {
    return directory.resolve("log");
  }
}
