package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The built distribution in a place of its own: key, data and logs in a temporary folder, so that a
 * test neither sees nor touches the nodes of whoever runs it. Everything that was started is ended
 * by {@link #close()}, by force if need be.
 */
final class Installation implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path root = Path.of(System.getProperty("mosey.root"));
  private final Path home;
  private final Map<String, String> environment = new TreeMap<>();

  Installation() {
    try {
      home = Files.createTempDirectory("mosey-installed-");
      for (String place :
          List.of("MOSEY_KEY_DIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")) {
        environment.put(
            place,
            Files.createDirectories(home.resolve(place.toLowerCase(java.util.Locale.ROOT)))
                .toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("PATH", programs() + ":" + System.getenv("PATH"));
    environment.put("COLUMNS", "100");
    environment.put("NO_COLOR", "1");
  }

  /** What a command printed and how it ended. */
  record Said(int status, String out, String err) {
    Said ok() {
      assertThat(status).as("exit status; stderr: %s stdout: %s", err, out).isZero();
      return this;
    }

    /** Standard output without its last line end. */
    String line() {
      return out.strip();
    }
  }

  /** A folder for a test's own files. */
  Path folder() {
    return home;
  }

  Path programs() {
    return root.resolve("deploy/target/mosey/bin");
  }

  Path root() {
    return root;
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Runs a command line as a user types it, with nothing on standard input. */
  Said run(String... command) {
    return run(PATIENCE, command);
  }

  /** The same with another patience. */
  Said run(Duration patience, String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    if (Files.exists(programs().resolve(command[0]))) {
      words.set(0, programs().resolve(command[0]).toString());
    }
    try {
      Path out = Files.createTempFile(home, "out", "");
      Path err = Files.createTempFile(home, "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(home.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", command)
                + " did not end within "
                + patience
                + "; it said: "
                + Files.readString(out)
                + Files.readString(err));
      }
      return new Said(process.exitValue(), read(out), read(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Runs a command with {@code -o json} and parses the one value that it prints. */
  JsonNode json(String... command) {
    String[] words = java.util.Arrays.copyOf(command, command.length + 2);
    words[command.length] = "-o";
    words[command.length + 1] = "json";
    Said said = run(words).ok();
    try {
      return Json.MAPPER.readTree(said.out());
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", words) + " printed no JSON: " + said.out(), e);
    }
  }

  /** Asks again and again until the condition holds; fails with what was seen last. */
  <T> T await(String what, Supplier<T> question, java.util.function.Predicate<T> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      T answer = question.get();
      if (condition.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "waited " + PATIENCE + " for " + what + "; seen last: " + answer + "\n" + logs());
      }
    }
  }

  String state(String id) {
    return json("mosq", "show", id).path("state").asText();
  }

  /** The daemon's process of a node of this installation. */
  ProcessHandle daemon(String node) {
    return find(node + ".json")
        .map(
            file -> {
              try {
                return Json.MAPPER.readTree(file.toFile()).path("pid").asLong();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .flatMap(ProcessHandle::of)
        .orElseThrow(() -> new AssertionError(node + " has no run file with a living process"));
  }

  /** Ends a node's daemon with SIGKILL and waits until it is gone. */
  void kill9(String node) {
    ProcessHandle daemon = daemon(node);
    daemon.destroyForcibly();
    daemon.onExit().join();
  }

  private Optional<Path> find(String name) {
    try (Stream<Path> files = Files.walk(home)) {
      return files.filter(f -> f.getFileName().toString().equals(name)).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ends of the nodes' logs, for a failure's message. */
  String logs() {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path log :
          files
              .filter(f -> f.toString().endsWith(".log") && f.toFile().isFile())
              .sorted()
              .toList()) {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        if (lines.size() > 0 && !log.toString().contains("books")) {
          text.append("--- ").append(log.getFileName()).append('\n');
          lines
              .subList(Math.max(0, lines.size() - 30), lines.size())
              .forEach(line -> text.append(line).append('\n'));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      text.append("logs unreadable: ").append(e.getMessage());
    }
    return text.toString();
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    run("mosixd", "stop");
    String mark = home.toString();
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().map(line -> line.contains(mark)).orElse(false))
        .filter(p -> p.pid() != ProcessHandle.current().pid())
        .forEach(ProcessHandle::destroyForcibly);
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("could not remove " + home + ": " + e.getMessage());
    }
  }
}
