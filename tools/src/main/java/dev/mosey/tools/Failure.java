package dev.mosey.tools;

/** Ends a tool with one clear line and, where it helps, a hint. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Refused, or not found. */
  public static final int REFUSED = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** No node could be reached. */
  public static final int UNREACHED = 3;

  /** {@code --timeout} has passed. */
  public static final int TIMEOUT = 124;

  /** Mosey's own failure, where lower statuses are the program's. */
  public static final int OWN = 125;

  private final int exit;
  private final String code;
  private final String hint;

  /**
   * The general form.
   *
   * @param exit the tool's exit status
   * @param code stable word for programs
   * @param message what happened, in one line
   * @param hint what to do, or null
   */
  public Failure(int exit, String code, String message, String hint) {
    // No stack trace: this is an answer to a person, and it is quicker without.
    super(message, null, false, false);
    this.exit = exit;
    this.code = code;
    this.hint = hint;
  }

  /** Wrong usage. */
  public static Failure usage(String message, String hint) {
    return new Failure(USAGE, "usage", message, hint);
  }

  /** Refused by the tool itself. */
  public static Failure refused(String message, String hint) {
    return new Failure(REFUSED, "refused", message, hint);
  }

  /** What cli.md names and this release does not have. */
  public static Failure later(String what) {
    return new Failure(USAGE, "later", what + " comes in a later release", null);
  }

  /** The tool's exit status. */
  public int exit() {
    return exit;
  }

  /** Stable word for programs. */
  public String code() {
    return code;
  }

  /** What to do, or null. */
  public String hint() {
    return hint;
  }
}
