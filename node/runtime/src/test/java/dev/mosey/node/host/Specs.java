package dev.mosey.node.host;

import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import java.util.List;

/** Builds job specifications. */
final class Specs {
  private Specs() {}

  static JobSpec shell(MoveMode move, String script) {
    return command(move, "sh", "-c", script);
  }

  /** One that is asked to save itself so often. */
  static JobSpec saving(long everyMillis, String script) {
    return of(
        Kind.COMMAND,
        MoveMode.CHECKPOINT,
        List.of("sh", "-c", script),
        "/tmp",
        null,
        null,
        0,
        null,
        null,
        everyMillis);
  }

  static JobSpec command(MoveMode move, String... command) {
    return of(Kind.COMMAND, move, List.of(command), "/tmp", null, null, 0, null, null);
  }

  static JobSpec in(String directory, String... command) {
    return of(Kind.COMMAND, MoveMode.NEVER, List.of(command), directory, null, null, 0, null, null);
  }

  static JobSpec with(Blob env, Blob stdin, long timeLimitMillis, String... command) {
    return of(
        Kind.COMMAND,
        MoveMode.NEVER,
        List.of(command),
        "/tmp",
        env,
        stdin,
        timeLimitMillis,
        null,
        null);
  }

  static JobSpec java(Blob jar, Class<?> program, String... arguments) {
    return java(jar, program.getName(), arguments);
  }

  static JobSpec java(Blob jar, String program, String... arguments) {
    return of(Kind.JAVA, MoveMode.LIVE, List.of(arguments), "/tmp", null, null, 0, jar, program);
  }

  private static JobSpec of(
      Kind kind,
      MoveMode move,
      List<String> command,
      String directory,
      Blob env,
      Blob stdin,
      long timeLimitMillis,
      Blob jar,
      String className) {
    return of(kind, move, command, directory, env, stdin, timeLimitMillis, jar, className, 0);
  }

  private static JobSpec of(
      Kind kind,
      MoveMode move,
      List<String> command,
      String directory,
      Blob env,
      Blob stdin,
      long timeLimitMillis,
      Blob jar,
      String className,
      long checkpointMillis) {
    return new JobSpec(
        kind,
        "test",
        "ann",
        command,
        directory,
        Resources.of(1, 64),
        50,
        null,
        null,
        env,
        stdin,
        null,
        null,
        timeLimitMillis,
        kind == Kind.JAVA ? 30_000 : 2_000,
        10_000,
        0,
        move,
        NodeLoss.RESTART,
        false,
        List.of(),
        List.of(),
        List.of(),
        0,
        jar,
        className,
        checkpointMillis);
  }
}
