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
  private final Path log;
  private final String url;
  private Process process;

  /** A node that was not started yet. */
  Daemon(String name, String url, List<String> command, Path log) {
    this.name = name;
    this.url = url;
    this.command = List.copyOf(command);
    this.log = log;
  }

  String name() {
    return name;
  }

  /** Where its interface is. */
  String url() {
    return url;
  }

  /** Starts it; does not wait until it is up. */
  synchronized void start() {
    try {
      process =
          new ProcessBuilder(command)
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
    try {
      if (!process.waitFor(END_SECONDS_MOST, TimeUnit.SECONDS)) {
        throw new DemoFailure(name + " does not end within " + END_SECONDS_MOST + " s");
      }
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
