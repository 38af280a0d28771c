package dev.mosey.node.host;

import dev.mosey.node.host.BodyEvent.Packed;

/**
 * What really runs: an operating-system process or a Java program. One body serves one incarnation;
 * it may begin anew in it, after a pause that led nowhere. Its methods are called by one actor,
 * only ask, and return at once; what comes of it is told as {@link BodyEvent}s, from any thread.
 */
interface Body {
  /**
   * Starts; {@link BodyEvent.Started} or {@link BodyEvent.Refused} follows.
   *
   * @param leaseBootMillis until when it may run, on the boot clock; 0 = it needs no lease
   */
  void start(long leaseBootMillis);

  /** Until when it may run, on the boot clock; 0 = it needs no lease any more. */
  void lease(long leaseBootMillis);

  /** Delivers a signal. */
  void signal(int number);

  /** Asks it to end: SIGTERM. Its end is {@link BodyEvent.Ended}. */
  void terminate();

  /** Ends it and all it has started. Its end is {@link BodyEvent.Ended}. */
  void kill();

  /**
   * Asks for a safe point: {@link BodyEvent.Paused} or {@link BodyEvent.NotPaused} follows, or its
   * end.
   *
   * @param request echoed in the answer
   */
  void pause(int request);

  /** The wish to pause is withdrawn: whoever asked waits for the answer no longer. */
  default void unpause() {}

  /**
   * After {@link BodyEvent.Paused}: go on here.
   *
   * @param from what was packed, as it was told; null for a body that only stood still
   */
  void resume(Packed from);

  /** Asks for a checkpoint while it runs on: {@link BodyEvent.Checkpointed} may follow. */
  void checkpoint();

  /** Lets so many more bytes of output come. */
  void grant(int bytes);

  /** Whether {@link #tick} is to be called now and then. */
  default boolean wantsLooks() {
    return false;
  }

  /** Looks whether there is something that nobody tells. */
  default void tick() {}

  /** What the next daemon needs to go on with it; only of a body that lives outside of this one. */
  default HandedOver.Kept keep() {
    throw new UnsupportedOperationException("it ends with its daemon");
  }

  /** In place of {@link #start}: goes on with what the daemon before this one has kept. */
  default void adopt(HandedOver.Kept kept, long leaseBootMillis) {
    throw new UnsupportedOperationException("it ended with its daemon");
  }

  /** It is over and its place may be tidied up; kills without an event what still runs. */
  void discard();
}
