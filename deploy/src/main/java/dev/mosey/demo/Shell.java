package dev.mosey.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mosey.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Types commands as a user would: the programs of the built distribution, in a key and data
 * directory of the demo's own.
 */
public final class Shell {
  private static final long PATIENCE_SECONDS = 150;

  private final Path programs;
  private final Map<String, String> environment;
  private final Path directory;

  /**
   * Types nothing yet.
   *
   * @param programs the folder of the programs
   * @param directory where they are typed, and where their standard error goes
   * @param environment over that of this process
   */
  public Shell(Path programs, Path directory, Map<String, String> environment) {
    this.programs = programs;
    this.directory = directory;
    this.environment = environment;
  }

  /**
   * What a command said on standard output; a command that fails ends the demo with what it said.
   */
  public String run(String... command) {
    Path stderr = directory.resolve("stderr");
    List<String> words = new ArrayList<>(Arrays.asList(command));
    words.set(0, programs.resolve(command[0]).toString());
    try {
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      builder
          .redirectError(stderr.toFile())
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new DemoFailure(
            String.join(" ", command) + " did not end within " + PATIENCE_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new DemoFailure(
            String.join(" ", command)
                + " exited with "
                + process.exitValue()
                + ": "
                + Files.readString(stderr).strip());
      }
      return said;
    } catch (IOException e) {
      throw new DemoFailure(command[0] + " can't be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  /** The same command with {@code -o json}, parsed. */
  public JsonNode json(String... command) {
    String[] words = Arrays.copyOf(command, command.length + 2);
    words[command.length] = "-o";
    words[command.length + 1] = "json";
    String said = run(words);
    try {
      return Json.MAPPER.readTree(said);
    } catch (IOException e) {
      throw new DemoFailure(String.join(" ", words) + " printed no JSON: " + said);
    }
  }
}
