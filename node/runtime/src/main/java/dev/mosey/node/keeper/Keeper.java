package dev.mosey.node.keeper;

import java.time.Duration;

/**
 * Runs bodies outside the daemon's own life: when the daemon dies, stops or falls silent, and when
 * the lease of a body lapses, the keeper ends what may no longer run.
 */
public interface Keeper extends AutoCloseable {
  /** How far a keeper can be relied upon. */
  enum Supervision {
    /** A process of its own: nothing survives daemon or keeper, however it detached itself. */
    STRONG("keeper and wardens"),
    /** Inside the daemon: what runs survives a kill -9 or a stop of it, until the next start. */
    WEAK("weak supervision");

    private final String text;

    Supervision(String text) {
      this.text = text;
    }

    /** As {@code features} prints it. */
    public String text() {
      return text;
    }
  }

  /**
   * Starts a body. It may be refused later: {@link BodyListener#refused}.
   *
   * @throws KeeperException if the keeper has ended, is too far behind, or the request is too large
   */
  Body spawn(BodySpec spec, BodyListener listener);

  /**
   * Says that the daemon is alive. To be called by whoever's silence should end the bodies (an
   * actor's tick), several times within the silence limit.
   */
  void heartbeat();

  /** Asks for {@link BodyListener#usage} of every body: one pass over {@code /proc} for all. */
  void requestUsage();

  /** How far it can be relied upon. */
  Supervision supervision();

  /**
   * Tells of a body that an earlier program has left, from now on; before {@link #goOn}. What had
   * to be told of it meanwhile is told then.
   */
  default Body adopt(long id, BodyListener listener) {
    throw new KeeperException(KeeperException.Reason.ENDED, "nothing was left to be taken over");
  }

  /** What was left and is wanted has been adopted; all else is ended. */
  default void goOn() {}

  /**
   * Stops telling, so that the program that takes this one's place can go on with all bodies. Only
   * {@link #close} may follow, which then does nothing.
   *
   * @param patience how long the bodies wait for {@link #goOn} of the next one; then they end
   * @throws KeeperException when the bodies can't be handed over
   */
  default Handed handOver(Duration patience) {
    throw new KeeperException(
        KeeperException.Reason.ENDED, "bodies under " + supervision().text() + " end with it");
  }

  /** Kills all bodies and ends; each is reported as lost. Waits until they are gone. */
  @Override
  void close();
}
