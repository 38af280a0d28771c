package dev.mosey.node.keeper;

/**
 * What a keeper tells about one body, in this order: {@link #started}, any number of the middle
 * ones, then {@link #exited} or {@link #lost}; or only {@link #refused}, or only {@link #lost}.
 * After {@code exited} and {@code lost} nothing that the body had started is left, unless {@code
 * lost} says otherwise.
 *
 * <p>Called on a thread of the keeper, one call at a time per body; it must not block, and may be
 * called before {@link Keeper#spawn} has returned.
 */
public interface BodyListener {
  /** The program runs. */
  void started(Body body, long pid);

  /** It has written to stdout or stderr: in order for each of them. The array is the listener's. */
  void output(Body body, BodyStream stream, byte[] bytes);

  /** It has ended, and all its output has been told. */
  void exited(Body body, BodyExit exit);

  /** It was not started. */
  void refused(Body body, BodyRefusal refusal);

  /** Its supervision is gone, and it was killed with it. */
  void lost(Body body, String reason);

  /** Its lease has lapsed and it is being killed. */
  void leaseLapsed(Body body);

  /** Everything that it has started stands still: the answer to each {@link Body#freeze}. */
  default void frozen(Body body) {}

  /** It has written to the control channel. The array is the listener's. */
  default void control(Body body, byte[] bytes) {}

  /** It has taken input: {@link Body#room} has grown. */
  default void room(Body body, BodyStream stream) {}

  /** What it uses now: the answer to {@link Keeper#requestUsage}. */
  default void usage(Body body, BodyUsage usage) {}
}
