package dev.mosey.chaos;

import dev.mosey.program.Context;
import dev.mosey.program.Program;
import dev.mosey.program.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * {@link Witness#SCRIPT} as a program; the same arguments. Where it runs, it says so with its first
 * step there.
 */
public final class WitnessProgram implements Program<WitnessProgram.State> {
  private int saidBy;

  /**
   * Where it is.
   *
   * @param log that it writes to
   * @param step the next, from 1
   * @param steps in all
   * @param pauseMillis that a step takes
   */
  public record State(String log, int step, int steps, long pauseMillis) {}

  @Override
  public Class<State> stateType() {
    return State.class;
  }

  @Override
  public State start(List<String> arguments, Context context) {
    long millis = (long) (1_000 * Double.parseDouble(arguments.get(2)));
    return new State(arguments.get(0), 1, Integer.parseInt(arguments.get(1)), millis);
  }

  @Override
  public Step<State> step(State state, Context context) throws Exception {
    if (saidBy != context.incarnation()) {
      saidBy = context.incarnation();
      say("start", state, context);
    }
    // sleeps because that is its work: to take its time without taking the processor
    Thread.sleep(state.pauseMillis());
    say("step", state, context);
    context.println(state.step() + " of " + state.steps() + " by " + context.incarnation());
    if (state.step() < state.steps()) {
      return Step.next(
          new State(state.log(), state.step() + 1, state.steps(), state.pauseMillis()));
    }
    say("end", state, context);
    return Step.done();
  }

  private static void say(String word, State state, Context context) throws IOException {
    String clock = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
    String line =
        "%s %s %s %d %s %d%n"
            .formatted(
                clock, word, context.id(), context.incarnation(), context.host(), state.step());
    Files.write(
        Path.of(state.log()),
        line.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
