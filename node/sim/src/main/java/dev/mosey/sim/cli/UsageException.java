package dev.mosey.sim.cli;

/** Something on the command line is wrong; nothing has been done. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String hint;

  /** What is wrong and what to do, one line each. */
  public UsageException(String message, String hint) {
    super(message, null, false, false);
    this.hint = hint;
  }

  /** What to do. */
  public String hint() {
    return hint;
  }
}
