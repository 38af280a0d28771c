package dev.mosey.node.host;

import dev.mosey.policy.guests.Guest;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a {@link GuestProcess} is told. */
sealed interface ProcessCommand {
  /** What only it tells itself. */
  non-sealed interface Own extends ProcessCommand {}

  /** The blobs that it needs are here, and its body is made; or {@code failed} says why not. */
  record Ready(Function<Consumer<BodyEvent>, Body> body, String failed) implements ProcessCommand {}

  /**
   * Bring it to a safe point.
   *
   * @param forMove whether another host goes on at once, so that its home must have all output
   */
  record Pause(boolean forMove) implements ProcessCommand {}

  /** Go on after a safe point. */
  record Resume() implements ProcessCommand {}

  /** SIGTERM, and SIGKILL after the grace. */
  record Stop(long graceMillis, String why) implements ProcessCommand {}

  /** End it at once; what it said goes home all the same, if that still takes it. */
  record Kill(String why) implements ProcessCommand {}

  /** How long it may run, on the boot clock; {@link Long#MAX_VALUE} = unbounded. */
  record SetLease(long deadlineBootMillis) implements ProcessCommand {}

  /** Deliver a signal. */
  record Signal(int number) implements ProcessCommand {}

  /** Take a checkpoint and run on. */
  record Checkpoint() implements ProcessCommand {}

  /** The home has taken output. */
  record Taken(OutputTaken taken) implements ProcessCommand {}

  /** The home has recorded its end: nothing of it is of use any more. */
  record Forget() implements ProcessCommand {}

  /** Tell what the next daemon needs to go on with it, and do nothing any more. */
  record HandOver(Guest guest, Consumer<HandedOver.Carried> to) implements ProcessCommand {}

  /** Hand over the output that the home has not taken: it is to outlive the daemon. */
  record Keep(Consumer<List<Output>> to) implements ProcessCommand {}
}
