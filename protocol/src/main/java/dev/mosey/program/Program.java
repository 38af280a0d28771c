package dev.mosey.program;

import java.util.List;

/**
 * A program that moves while it runs: a function from a state to its next step.
 *
 * <p>Mosey calls {@link #start} once, and then {@link #step} again and again, each time with the
 * state that the step before returned, until a step says {@link Step.Done}. Between two steps, and
 * only there, the program is nothing but its state: then Mosey may pack the state, carry it to
 * another machine and go on there with the next step; or keep it, so that a lost machine costs only
 * the steps since. Threads, open files, sockets and fields of the program object do not travel.
 *
 * <p><b>The state</b> is a record (or another type that Jackson reads back as it has written it) of
 * primitive values, strings, arrays, lists, maps, and further records. It is written as CBOR, which
 * keeps every bit of {@code long} and {@code double}. Whatever decides how the program goes on
 * belongs in it: a position in a file, a stack of open branches, the state of a random number
 * generator. A moved run then prints and returns exactly what an unmoved run does.
 *
 * <p><b>A step</b> should be a few milliseconds of work: it can't be interrupted, so its length is
 * how long a request to move must wait. Very short steps cost little (a few dozen nanoseconds
 * each). A step may keep the arrays and collections of the state that it was given and change them
 * in place: nobody else looks at a state while a step runs.
 *
 * <p><b>What happens once, and what may happen again.</b> Output ({@link Context#print}) reaches
 * the log once and in order however often the program moves. After the loss of a machine the
 * program goes on from its last checkpoint, the log is cut back to it, and the steps after it are
 * done again: other effects on the world, such as files written, happen at least once.
 *
 * <p><b>Ends.</b> {@link Step.Done} ends with its status. What a step throws ends the program with
 * status 1 and its stack trace on standard error.
 *
 * <p>The class is public, has a public constructor without parameters (which, like its static
 * initialisers, does nothing that can be seen outside: a node to which the program may come has it
 * loaded before), and is named when the job is submitted: {@code mosq submit --jar sum.jar --class
 * example.Sum -- 1000000}. For example:
 *
 * <pre>{@code
 * public final class Sum implements Program<Sum.State> {
 *   public record State(long next, long last, long sum) {}
 *
 *   @Override
 *   public Class<State> stateType() {
 *     return State.class;
 *   }
 *
 *   @Override
 *   public State start(List<String> arguments, Context context) {
 *     return new State(1, Long.parseLong(arguments.get(0)), 0);
 *   }
 *
 *   @Override
 *   public Step<State> step(State state, Context context) {
 *     long sum = state.sum();
 *     long end = Math.min(state.last(), state.next() + 999_999);
 *     for (long number = state.next(); number <= end; number++) sum += number;
 *     if (end < state.last()) return Step.next(new State(end + 1, state.last(), sum));
 *     context.println("the sum is " + sum);
 *     return Step.done();
 *   }
 * }
 * }</pre>
 *
 * @param <S> the state
 */
public interface Program<S> {
  /** The class of the state, from which Jackson reads it back; never null. */
  Class<S> stateType();

  /**
   * The first state. Called once in the life of a process: after a move or a recovery the program
   * goes on with {@link #step}.
   *
   * @param arguments as submitted, with {@code {}} already replaced; never null
   * @param context the program's way to the outside
   * @return the state that the first step gets; not null
   * @throws Exception ends the program with status 1 and the stack trace on standard error
   */
  S start(List<String> arguments, Context context) throws Exception;

  /**
   * Does the next bit of work.
   *
   * @param state what {@link #start} or the step before returned, perhaps on another machine
   * @param context the program's way to the outside
   * @return what comes next; not null
   * @throws Exception ends the program with status 1 and the stack trace on standard error
   */
  Step<S> step(S state, Context context) throws Exception;
}
