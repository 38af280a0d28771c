package dev.mosey.node.host;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Programs for the tests, and the jar that has them. */
final class Programs {
  private Programs() {}

  /** A jar with these classes and their nested ones. */
  static byte[] jar() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var jar = new JarOutputStream(bytes)) {
      for (Class<?> each :
          new Class<?>[] {
            Walk.class,
            Walk.WalkState.class,
            Fails.class,
            Fails.FailsState.class,
            Stuck.class,
            Stuck.StuckState.class,
            Heavy.class,
            Heavy.HeavyState.class,
            Loud.class,
            Loud.LoudState.class,
            Broken.class,
            Traced.class,
            Traced.TracedState.class,
            NoProgram.class
          }) {
        String name = each.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (InputStream code = each.getClassLoader().getResourceAsStream(name)) {
          code.transferTo(jar);
        }
      }
    }
    return bytes.toByteArray();
  }

  /** Walks at random, prints on the way, ends with where it is. */
  public static final class Walk implements Program<Walk.WalkState> {
    /** Where it is. */
    public record WalkState(long steps, long done, long random, double place, double[] visited) {}

    @Override
    public Class<WalkState> stateType() {
      return WalkState.class;
    }

    @Override
    public WalkState start(List<String> arguments, Context context) {
      context.println("walks " + arguments.get(0));
      return new WalkState(Long.parseLong(arguments.get(0)), 0, 42, 0, new double[16]);
    }

    @Override
    public Step<WalkState> step(WalkState state, Context context) {
      long random = state.random();
      double place = state.place();
      long end = System.nanoTime() + 1_000_000;
      random = random * 6364136223846793005L + 1442695040888963407L;
      place += (random >> 11) * 0x1.0p-53;
      state.visited()[(int) (state.done() % 16)] += place;
      while (System.nanoTime() < end) Thread.onSpinWait();
      long done = state.done() + 1;
      if (done % 20 == 0) context.println(done + " at " + place);
      context.progress(done + " of " + state.steps());
      if (done < state.steps()) {
        return Step.next(new WalkState(state.steps(), done, random, place, state.visited()));
      }
      double sum = 0;
      for (double each : state.visited()) sum += each;
      context.println("ends at " + place + ", sum " + sum);
      return Step.done(3);
    }
  }

  /** Throws in its third step. */
  public static final class Fails implements Program<Fails.FailsState> {
    /** How often it stepped. */
    public record FailsState(int steps) {}

    @Override
    public Class<FailsState> stateType() {
      return FailsState.class;
    }

    @Override
    public FailsState start(List<String> arguments, Context context) {
      return new FailsState(0);
    }

    @Override
    public Step<FailsState> step(FailsState state, Context context) {
      if (state.steps() == 2) throw new IllegalStateException("the third step fails");
      return Step.next(new FailsState(state.steps() + 1));
    }
  }

  /** Has a state that can't be written. */
  public static final class Stuck implements Program<Stuck.StuckState> {
    /** A thread can't travel. */
    public record StuckState(Thread thread) {}

    @Override
    public Class<StuckState> stateType() {
      return StuckState.class;
    }

    @Override
    public StuckState start(List<String> arguments, Context context) {
      return new StuckState(Thread.currentThread());
    }

    @Override
    public Step<StuckState> step(StuckState state, Context context) {
      long end = System.nanoTime() + 1_000_000;
      while (System.nanoTime() < end) Thread.onSpinWait();
      return Step.next(state);
    }
  }

  /** Leaves a trace whenever its state is made or read; steps until another file is there. */
  public static final class Traced implements Program<Traced.TracedState> {
    /** Where its trace is; null while somebody only tries whether it can be read. */
    public record TracedState(String file) {
      /** Leaves the trace. */
      public TracedState {
        if (file != null) {
          try {
            Files.writeString(Path.of(file), "x", CREATE, APPEND);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }

    @Override
    public Class<TracedState> stateType() {
      return TracedState.class;
    }

    @Override
    public TracedState start(List<String> arguments, Context context) {
      return new TracedState(arguments.get(0));
    }

    @Override
    public Step<TracedState> step(TracedState state, Context context) {
      if (!Files.exists(Path.of(state.file() + ".end"))) return Step.next(state);
      context.println("ends");
      return Step.done();
    }
  }

  /** Keeps the streams that it found when it was loaded, as loggers do. */
  public static final class Loud implements Program<Loud.LoudState> {
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    static {
      OUT.println("loaded");
    }

    /** How often it stepped. */
    public record LoudState(int steps) {}

    @Override
    public Class<LoudState> stateType() {
      return LoudState.class;
    }

    @Override
    public LoudState start(List<String> arguments, Context context) {
      return new LoudState(0);
    }

    @Override
    public Step<LoudState> step(LoudState state, Context context) {
      OUT.println("step " + state.steps());
      ERR.println("said " + state.steps());
      return state.steps() == 1 ? Step.done() : Step.next(new LoudState(1));
    }
  }

  /** Fails when it is loaded. */
  public static final class Broken implements Program<String> {
    private static final String STATE = state();

    private static String state() {
      System.out.println("loading");
      throw new IllegalStateException("is not to be loaded");
    }

    @Override
    public Class<String> stateType() {
      return String.class;
    }

    @Override
    public String start(List<String> arguments, Context context) {
      return STATE;
    }

    @Override
    public Step<String> step(String state, Context context) {
      return Step.done();
    }
  }

  /** Carries as many bytes as it is told. */
  public static final class Heavy implements Program<Heavy.HeavyState> {
    /** What it carries. */
    public record HeavyState(long done, byte[] load) {}

    @Override
    public Class<HeavyState> stateType() {
      return HeavyState.class;
    }

    @Override
    public HeavyState start(List<String> arguments, Context context) {
      return new HeavyState(0, new byte[Integer.parseInt(arguments.get(0))]);
    }

    @Override
    public Step<HeavyState> step(HeavyState state, Context context) {
      long end = System.nanoTime() + 1_000_000;
      while (System.nanoTime() < end) Thread.onSpinWait();
      if (state.load().length > 0) state.load()[(int) (state.done() % state.load().length)]++;
      return Step.next(new HeavyState(state.done() + 1, state.load()));
    }
  }

  /** Is none. */
  public static final class NoProgram {}
}
