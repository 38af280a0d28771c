package dev.mosey.tools.service;

import dev.mosey.protocol.key.RunNote;
import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.client.Client;
import dev.mosey.tools.client.Keys;
import dev.mosey.tools.client.Request;
import dev.mosey.tools.json.JsonValue;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Starts, awaits and stops mosd processes. */
final class Daemons {
  private static final long LOG_BYTES_MOST = 10L << 20;
  private static final long LOOK_AGAIN_MILLIS = 50;

  private final Run run;
  private final Nodes nodes;

  Daemons(Run run, Nodes nodes) {
    this.run = run;
    this.nodes = nodes;
  }

  /** A daemon that was started, here or by an earlier command, and may not be ready yet. */
  record Started(String name, ProcessHandle process) {}

  /** The running node of this name, or null. */
  RunNote running(String name) {
    for (RunNote note : run.keys().running()) {
      if (note.name().equals(name) && note.alive()) {
        return note;
      }
    }
    return null;
  }

  /**
   * Tells apart the notes that a node's daemons leave one after the other; "" where there is none.
   */
  String noteOf(String name) {
    try {
      Path note = run.keys().directory().run().resolve(name + ".json");
      return Files.getLastModifiedTime(note).toString();
    } catch (IOException none) {
      return "";
    }
  }

  /** The live process that was started last under this name and is not ready yet, or null. */
  RunNote starting(String name) {
    try {
      RunNote note = Keys.note(Files.readString(nodes.started(name)));
      return note != null && note.alive() ? note : null;
    } catch (IOException neverStarted) {
      return null;
    }
  }

  /** Starts one in the background, in a session of its own, so that no terminal ends it. */
  Started start(Nodes.Recorded node) {
    Path log = nodes.log(node.name());
    List<String> command = new ArrayList<>();
    Path setsid = onPath("setsid");
    if (setsid != null) {
      command.add(setsid.toString());
    }
    command.add(mosd().toString());
    command.addAll(node.arguments());
    command.addAll(List.of("--key-dir", run.keys().directory().path().toString()));
    try {
      Files.createDirectories(log.getParent());
      if (Files.exists(log) && Files.size(log) > LOG_BYTES_MOST) {
        Files.move(
            log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(run.caller().environment());
      builder.directory(log.getParent().toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      Process process = builder.start();
      remember(node.name(), process.toHandle());
      return new Started(node.name(), process.toHandle());
    } catch (IOException failed) {
      throw Failure.refused(node.name() + " could not be started: " + failed.getMessage(), null);
    }
  }

  private void remember(String name, ProcessHandle process) throws IOException {
    long startedAt = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    JsonValue.Members note = new JsonValue.Members().put("name", name).put("pid", process.pid());
    note.put("started_at_millis", startedAt).put("boot_id", Keys.bootId()).put("url", "");
    Files.writeString(nodes.started(name), note + "\n");
  }

  private Path mosd() {
    String home = System.getProperty("mosey.home");
    String named = run.caller().variable("MOSEY_MOSD");
    Path found =
        named != null
            ? Path.of(named)
            : home != null ? Path.of(home, "bin", "mosd") : onPath("mosd");
    if (found == null || !Files.isExecutable(found)) {
      throw Failure.refused(
          "mosd is not found" + (found == null ? " on the PATH" : " at " + found),
          "MOSEY_MOSD names it");
    }
    return found;
  }

  private Path onPath(String program) {
    String path = run.caller().variable("PATH");
    for (String folder : path == null ? new String[0] : path.split(":")) {
      Path file = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return file;
      }
    }
    return null;
  }

  /**
   * Waits until it is ready.
   *
   * @param deadline by {@link System#nanoTime}
   */
  RunNote awaitReady(Started started, long deadline) {
    while (true) {
      RunNote note = running(started.name());
      if (note != null && ready(note)) {
        return note;
      }
      if (!started.process().isAlive()) {
        List<String> said = lastLines(started.name());
        throw Failure.refused(
            started.name() + " did not start" + (said.isEmpty() ? "" : ": " + said.getFirst()),
            said.size() > 1 ? said.get(1) : "its log is " + nodes.log(started.name()));
      }
      if (System.nanoTime() > deadline) {
        throw Failure.refused(
            started.name() + " is not ready yet",
            "it goes on starting; its log is " + nodes.log(started.name()));
      }
      pause();
    }
  }

  private boolean ready(RunNote note) {
    try (Client client = Client.of(run.caller(), note.url(), run.keys())) {
      return client.askHere(Request.at("/ready")).ok();
    } catch (Failure notYet) {
      return false;
    }
  }

  /** What a daemon said when it gave up: its line, and its hint if there is one. */
  private List<String> lastLines(String name) {
    try {
      List<String> lines = Files.readAllLines(nodes.log(name));
      for (int i = lines.size() - 1; i >= 0; i--) {
        if (lines.get(i).startsWith("mosd: ")) {
          List<String> said = new ArrayList<>();
          said.add(lines.get(i).substring("mosd: ".length()));
          if (i + 1 < lines.size() && lines.get(i + 1).startsWith("hint: ")) {
            said.add(lines.get(i + 1).substring("hint: ".length()));
          }
          return said;
        }
      }
    } catch (IOException noLog) {
      // Then there is nothing to quote.
    }
    return List.of();
  }

  /** Asks for an orderly end: the node drains first. */
  void stop(RunNote note) {
    ProcessHandle.of(note.pid()).ifPresent(ProcessHandle::destroy);
  }

  /**
   * Asks it to let another daemon take its place.
   *
   * @throws Failure when it refuses
   */
  void restart(RunNote note) {
    try (Client client = Client.of(run.caller(), note.url(), run.keys())) {
      client
          .askHere(
              Request.send("POST", "/nodes/" + note.name() + "/restart", new JsonValue.Members()))
          .json();
    }
  }

  /** Whether it has ended before the deadline. */
  boolean awaitEnd(RunNote note, long deadline) {
    while (note.alive()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  static void pause() {
    try {
      // sleeps because another process is awaited, which tells nobody but by its files
      Thread.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
