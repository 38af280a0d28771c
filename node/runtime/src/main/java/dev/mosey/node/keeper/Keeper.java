package dev.mosey.node.keeper;

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

  /** Kills all bodies and ends; each is reported as lost. Waits until they are gone. */
  @Override
  void close();
}
