package dev.mosey.node.keeper;

import dev.mosey.node.config.BootClock;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a keeper is to run.
 *
 * @param command program and arguments; a program without a slash is looked for in the {@code PATH}
 *     of {@code environment}
 * @param environment the whole environment; the keeper adds {@code MOSEY_FENCE}
 * @param directory working directory, absolute, or null for the daemon's
 * @param stdin where standard input comes from
 * @param control whether descriptors 3 and 4 are the control channel
 * @param nice how much lower than the daemon's its priority is, 0 to 19; it is applied to the
 *     session's autogroup as well
 * @param limits limits of the kernel
 * @param leaseBootMillis when it must have ended unless the lease is extended, on {@link BootClock}
 *     in milliseconds; 0 if it needs no lease
 * @param outputCreditBytes how much output may come before more is granted: stdout and stderr
 *     together, 0 to {@link #CREDIT_BYTES_MAX}
 * @param controlCreditBytes the same for control output
 */
public record BodySpec(
    List<String> command,
    Map<String, String> environment,
    Path directory,
    Input stdin,
    boolean control,
    int nice,
    Map<ResourceLimit, Long> limits,
    long leaseBootMillis,
    int outputCreditBytes,
    int controlCreditBytes) {

  /** More credit than this is never outstanding; further grants are cut to it. */
  public static final int CREDIT_BYTES_MAX = 64 << 20;

  /** Where a body's standard input comes from. */
  public sealed interface Input {
    /** {@code /dev/null}. */
    record Nothing() implements Input {}

    /**
     * A file that the body reads.
     *
     * @param path its path; a relative one is seen from the body's directory
     */
    record FromFile(Path path) implements Input {}

    /** A pipe, written through {@link Body#write}. */
    record FromPipe() implements Input {}
  }

  /** Checks every bound; what is refused here could be started nowhere. */
  public BodySpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    limits = Map.copyOf(limits);
    if (command.isEmpty()) throw new IllegalArgumentException("a command has at least a program");
    if (nice < 0 || nice > 19)
      throw new IllegalArgumentException("nice is " + nice + ", not 0 to 19");
    if (leaseBootMillis < 0) throw new IllegalArgumentException("a lease can't be negative");
    checkCredit("output", outputCreditBytes);
    checkCredit("control", controlCreditBytes);
    command.forEach(argument -> checkText("an argument", argument));
    environment.forEach(
        (name, value) -> {
          checkText("a variable's name", name);
          checkText("the variable " + name, value);
          if (name.isEmpty() || name.indexOf('=') >= 0)
            throw new IllegalArgumentException("no variable can be named '" + name + "'");
        });
    if (directory != null) checkText("the directory", directory.toString());
    if (stdin instanceof Input.FromFile file) checkText("the input file", file.path().toString());
    limits.forEach(
        (limit, value) -> {
          if (value < 0) throw new IllegalArgumentException(limit + " is negative: " + value);
        });
  }

  private static void checkCredit(String what, int bytes) {
    if (bytes < 0 || bytes > CREDIT_BYTES_MAX)
      throw new IllegalArgumentException(
          what + " credit is " + bytes + " bytes, not 0 to " + CREDIT_BYTES_MAX);
  }

  private static void checkText(String what, String text) {
    if (text.indexOf('\0') >= 0)
      throw new IllegalArgumentException(what + " has a zero byte in it");
  }

  /** Starts a specification of this command with the defaults: no input, 256 KiB of credit. */
  public static Builder of(List<String> command) {
    return new Builder(command);
  }

  /** Starts a specification of this command with the defaults: no input, 256 KiB of credit. */
  public static Builder of(String... command) {
    return new Builder(List.of(command));
  }

  /** Collects the parts of a {@link BodySpec}; each method sets the part of its name. */
  public static final class Builder {
    private static final int CREDIT_BYTES_DEFAULT = 256 << 10;

    private final List<String> command;
    private Map<String, String> environment = Map.of();
    private Path directory;
    private Input stdin = new Input.Nothing();
    private boolean control;
    private int nice;
    private final Map<ResourceLimit, Long> limits = new EnumMap<>(ResourceLimit.class);
    private long leaseBootMillis;
    private int outputCreditBytes = CREDIT_BYTES_DEFAULT;
    private int controlCreditBytes = CREDIT_BYTES_DEFAULT;

    private Builder(List<String> command) {
      this.command = command;
    }

    /** The whole environment. */
    public Builder environment(Map<String, String> environment) {
      this.environment = environment;
      return this;
    }

    /** The working directory. */
    public Builder directory(Path directory) {
      this.directory = directory;
      return this;
    }

    /** Standard input from this file. */
    public Builder stdinFile(Path file) {
      this.stdin = new Input.FromFile(file);
      return this;
    }

    /** Standard input through {@link Body#write}. */
    public Builder stdinPipe() {
      this.stdin = new Input.FromPipe();
      return this;
    }

    /** With the control channel on descriptors 3 and 4. */
    public Builder control() {
      this.control = true;
      return this;
    }

    /** How much lower its priority is, 0 to 19. */
    public Builder nice(int nice) {
      this.nice = nice;
      return this;
    }

    /** One limit of the kernel; soft and hard limit alike. */
    public Builder limit(ResourceLimit limit, long value) {
      limits.put(limit, value);
      return this;
    }

    /** The first lease, on {@link BootClock} in milliseconds; 0 for none. */
    public Builder leaseBootMillis(long leaseBootMillis) {
      this.leaseBootMillis = leaseBootMillis;
      return this;
    }

    /** Bytes of stdout and stderr before more is granted. */
    public Builder outputCreditBytes(int bytes) {
      this.outputCreditBytes = bytes;
      return this;
    }

    /** Bytes of control output before more is granted. */
    public Builder controlCreditBytes(int bytes) {
      this.controlCreditBytes = bytes;
      return this;
    }

    /** The specification, checked. */
    public BodySpec build() {
      return new BodySpec(
          command,
          environment,
          directory,
          stdin,
          control,
          nice,
          limits,
          leaseBootMillis,
          outputCreditBytes,
          controlCreditBytes);
    }
  }
}
