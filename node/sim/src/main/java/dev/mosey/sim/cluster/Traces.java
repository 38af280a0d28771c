package dev.mosey.sim.cluster;

import dev.mosey.sim.cli.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Recorded workloads, in either of two formats.
 *
 * <p>What {@code mosq history --export} prints: a job arrives when it was submitted and needs the
 * CPU time that was measured, on a machine of speed 1. Jobs of which no CPU time was recorded
 * (arrays, and what was cancelled while it waited) are left out and counted; how much memory was
 * used is not recorded, so it is none. There is one usual machine for each home and host that it
 * names, unless lines of machines stand before it.
 *
 * <p>Or one JSON object a line. A task is {@code {"arrival": seconds, "cpu": seconds, "memory":
 * MiB, "home": "name"}}, the last two optional; a machine, before the first task, is {@code
 * {"machine": "name", "cores": 4, "speed": 1.0, "memory": MiB, "slots": 4}}. Without machines there
 * are as many usual ones as the command line says.
 */
public final class Traces {
  private Traces() {}

  /**
   * What a trace says.
   *
   * @param scenario to be run
   * @param leftOut how many jobs of a history had no CPU time
   */
  public record Trace(Scenario scenario, int leftOut) {}

  /**
   * Reads a trace.
   *
   * @param nodes how many machines when the trace names none
   * @throws UsageException when it cannot be read, with the number of the line
   */
  public static Trace read(Path file, int nodes) {
    Recording recording = new Recording();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      recording.read(reader);
    } catch (IOException | IllegalArgumentException wrong) {
      String why = String.valueOf(wrong.getMessage()).lines().findFirst().orElse("");
      int line = recording.line();
      throw new UsageException(
          file + (line == 0 ? "" : ", line " + line) + ": " + why,
          "it is what mosq history --export prints, or lines like {\"arrival\": 0.5, \"cpu\": 12,"
              + " \"memory\": 100, \"home\": \"alpha\"}");
    }
    if (recording.tasks() == 0) {
      throw new UsageException(
          file + ": there is no task in it that used CPU time",
          "mosq history --export prints what has ended");
    }
    Scenario scenario = recording.scenario(String.valueOf(file.getFileName()), nodes);
    return new Trace(scenario, recording.leftOut());
  }
}
