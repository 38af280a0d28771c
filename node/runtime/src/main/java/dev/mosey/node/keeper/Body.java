package dev.mosey.node.keeper;

import dev.mosey.node.config.BootClock;

/**
 * A body that a keeper runs. Every method only asks: it returns at once, from any thread, and does
 * nothing once the body has ended.
 */
public interface Body {
  /** How much input may be on its way at first: see {@link #room}. */
  int INPUT_WINDOW_BYTES = 256 << 10;

  /** Whom a signal reaches. */
  enum Scope {
    /** The process group of the body's first process, as Ctrl-C would. */
    GROUP,
    /** Everything that the body has started. */
    TREE
  }

  /** Its number, unique in the life of the keeper, from 1. */
  long id();

  /**
   * Extends (or shortens) the lease. A lapsed one stays lapsed.
   *
   * @param bootMillis the moment on {@link BootClock} in milliseconds at which the body must be
   *     gone
   */
  void leaseUntil(long bootMillis);

  /** From now on it needs no lease. */
  void leaseFree();

  /**
   * Sends a signal.
   *
   * @param number 1 to 64
   */
  void signal(int number, Scope scope);

  /**
   * Stops everything that the body has started, until {@link #thaw}; {@link BodyListener#frozen}
   * tells when it has happened.
   */
  void freeze();

  /** Lets everything that the body has started run on. */
  void thaw();

  /** Kills everything that the body has started. */
  void kill();

  /** Lets so many more bytes of stdout and stderr together come. */
  void grantOutput(int bytes);

  /** Lets so many more bytes of control output come. */
  void grantControl(int bytes);

  /**
   * How many bytes {@link #write} takes now: the window less what the body has not taken yet. It
   * grows before {@link BodyListener#room} is called.
   */
  int room(BodyStream stream);

  /**
   * Sends bytes to standard input or to the control channel. The array must not be changed
   * afterwards.
   *
   * @throws IllegalStateException if they are more than there is {@link #room} for
   */
  void write(BodyStream stream, byte[] bytes);

  /** Closes standard input or the control channel, after what was written. */
  void end(BodyStream stream);
}
