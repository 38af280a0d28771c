package dev.mosey.node.boot;

/** The daemon can't do what it was asked to; one line for the user, and what to do about it. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The user asked for something that can't be. */
  static final int USAGE = 2;

  /** It was a good wish, but circumstances or other nodes refuse it. */
  static final int REFUSED = 1;

  private final String hint;
  private final int exit;

  Refusal(int exit, String what, String hint) {
    super(what);
    this.exit = exit;
    this.hint = hint;
  }

  /** What to do, or null. */
  String hint() {
    return hint;
  }

  /** With which status the daemon ends. */
  int exit() {
    return exit;
  }
}
