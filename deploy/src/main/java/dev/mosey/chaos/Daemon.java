package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node, whose daemon dies and comes back on the same ports and the same disk. */
final class Daemon {
  private static final long END_SECONDS_MOST = 90;
  private static final String ID = "MOSEY_ID=";

  private final String name;
  private final List<String> command;
  private final Path data;
  private final Path log;
  private final String url;
  private Process process;

  /** A node that was not started yet. */
  Daemon(String name, String url, List<String> command, Path data, Path log) {
    this.name = name;
    this.url = url;
    this.command = List.copyOf(command);
    this.data = data;
    this.log = log;
  }

  String name() {
    return name;
  }

  /** Where its interface is. */
  String url() {
    return url;
  }

  /** What can be spoilt of it. */
  Damage damage() {
    return new Damage(data);
  }

  /** Starts it; does not wait until it is up. */
  void start() {
    start(Map.of());
  }

  /** The same, with more in its environment. */
  synchronized void start(Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      process =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
    } catch (IOException e) {
      throw new DemoFailure(name + " can't be started: " + e.getMessage());
    }
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Ends it at once. */
  synchronized void kill() {
    process.destroyForcibly();
    await();
  }

  /** Tells it to end in order, and waits until it has. */
  synchronized void terminate() {
    process.destroy();
    await();
  }

  private void await() {
    if (!endsWithin(END_SECONDS_MOST)) {
      throw new DemoFailure(name + " does not end within " + END_SECONDS_MOST + " s");
    }
  }

  /** Whether it ends by itself. */
  boolean endsWithin(long seconds) {
    Process now;
    synchronized (this) {
      now = process;
    }
    try {
      return now.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  /** Its daemon, and its keeper too where that is wanted. */
  synchronized List<ProcessHandle> parts(boolean keeper) {
    List<ProcessHandle> parts = new ArrayList<>();
    parts.add(process.toHandle());
    if (keeper) {
      parts.addAll(keepers());
    }
    return parts;
  }

  /** Its keeper; nothing while another one is being started. */
  synchronized List<ProcessHandle> keepers() {
    return process.children().filter(Daemon::isKeeper).toList();
  }

  /** The wardens below its keeper. */
  synchronized List<ProcessHandle> wardens() {
    return keepers().stream().flatMap(ProcessHandle::children).filter(Daemon::isKeeper).toList();
  }

  /** What runs below its wardens, by process. */
  synchronized Map<String, ProcessHandle> bodies() {
    Map<String, ProcessHandle> bodies = new TreeMap<>();
    wardens().stream()
        .flatMap(ProcessHandle::children)
        .forEach(body -> idOf(body).ifPresent(id -> bodies.put(id, body)));
    return bodies;
  }

  private static Optional<String> idOf(ProcessHandle body) {
    try {
      String environment = Files.readString(Path.of("/proc/" + body.pid() + "/environ"));
      return environment
          .lines()
          .flatMap(line -> Stream.of(line.split("\0")))
          .filter(entry -> entry.startsWith(ID))
          .map(entry -> entry.substring(ID.length()))
          .findFirst();
    } catch (IOException ended) {
      return Optional.empty();
    }
  }

  private static boolean isKeeper(ProcessHandle handle) {
    return handle.info().command().orElse("").endsWith("mosd-keeper");
  }

  /** What it wrote last, for a report. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException e) {
      return "its log can't be read: " + e.getMessage();
    }
  }
}
