package dev.mosey.bench;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Computes for so many seconds of a small machine: one with a fixed share of a real core, which all
 * bodies there have between them. Each counts the others by the files that they keep in the
 * machine's folder and burns its part of the share in every tenth of a second; what counts as done
 * is processor time really used. So four machines fit on two cores with room for their daemons, and
 * a machine with three bodies is three times as slow as one with a single body. Arguments: folder
 * that all share, name, seconds. It begins when the folder has a file {@code go}.
 */
public final class Share implements Program<Share.State> {
  /** Of a real core, for each machine. */
  static final double CORE_SHARE = 0.15;

  private static final long PERIOD_NANOS = 100_000_000;
  private static final long GATE_NANOS = 20_000_000;

  /**
   * How far it is.
   *
   * @param folder shared
   * @param name its own
   * @param host where it computed last; empty before
   * @param leftNanos of processor time
   */
  public record State(String folder, String name, String host, long leftNanos) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    return first(arguments);
  }

  private static State first(List<String> arguments) {
    double seconds = Double.parseDouble(arguments.get(2));
    return new State(arguments.get(0), arguments.get(1), "", (long) (seconds * 1e9 * CORE_SHARE));
  }

  @Override
  public Step<State> step(State state, Context context) {
    try {
      State next = period(state, context.host());
      return next.leftNanos() > 0 ? Step.next(next) : Step.done();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same work where no such program can be given away: the last argument is the machine. */
  public static void main(String[] arguments) throws IOException {
    State state = first(List.of(arguments));
    while (state.leftNanos() > 0) {
      state = period(state, arguments[3]);
    }
  }

  private static State period(State state, String host) throws IOException {
    Path folder = Path.of(state.folder());
    if (!Files.exists(folder.resolve("go"))) {
      LockSupport.parkNanos(GATE_NANOS);
      return state;
    }
    long begin = System.nanoTime();
    Path machine = folder.resolve("on").resolve(host);
    Path mark = machine.resolve(state.name());
    if (!host.equals(state.host())) {
      if (!state.host().isEmpty()) {
        Files.deleteIfExists(folder.resolve("on").resolve(state.host()).resolve(state.name()));
      }
      Files.createDirectories(machine);
      Files.writeString(mark, "");
    }
    String[] bodies = machine.toFile().list();
    int sharers = Math.max(1, bodies == null ? 1 : bodies.length);
    long part = Math.min(state.leftNanos(), (long) (PERIOD_NANOS * CORE_SHARE / sharers));
    long left = state.leftNanos() - burn(part);
    if (left <= 0) {
      Files.deleteIfExists(mark);
      Files.createDirectories(folder.resolve("done"));
      Files.writeString(folder.resolve("done").resolve(state.name()), "");
    } else {
      LockSupport.parkNanos(PERIOD_NANOS - (System.nanoTime() - begin));
    }
    return new State(state.folder(), state.name(), host, left);
  }

  /** Computes for so long, by the processor time of this thread; returns what it took. */
  private static long burn(long nanos) {
    var threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    long spent = 0;
    long mix = start;
    while (spent < nanos) {
      for (int i = 0; i < 2_000; i++) {
        mix = mix * 6364136223846793005L + 1442695040888963407L;
      }
      spent = threads.getCurrentThreadCpuTime() - start;
    }
    return mix == 0 ? spent + 1 : spent;
  }
}
