package dev.mosey.node.stream;

import java.io.IOException;

/** A blob could not be fetched; the message is one line for a user. */
public final class StreamException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  /**
   * @param lasting whether asking the same node again would give the same answer
   */
  StreamException(String message, boolean lasting, Throwable cause) {
    super(message, cause);
    this.lasting = lasting;
  }

  /** Whether asking the same node again would give the same answer. */
  public boolean lasting() {
    return lasting;
  }
}
