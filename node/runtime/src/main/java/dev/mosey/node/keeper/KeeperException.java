package dev.mosey.node.keeper;

/** A keeper could not be started, or can't take a body. The message is fit for a user. */
public final class KeeperException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why a keeper refuses. */
  public enum Reason {
    /** It has ended or could not be started. */
    ENDED,
    /** It is behind with what it was asked; try again later. */
    BUSY,
    /** Command and environment are too large. */
    TOO_LARGE
  }

  private final Reason reason;

  KeeperException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  KeeperException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why it refuses. */
  public Reason reason() {
    return reason;
  }
}
