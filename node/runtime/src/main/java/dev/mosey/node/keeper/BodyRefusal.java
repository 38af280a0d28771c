package dev.mosey.node.keeper;

/**
 * Why a body was not started.
 *
 * @param reason what stood in the way
 * @param errno the kernel's error number, 0 if there is none
 * @param text the same in words
 */
public record BodyRefusal(Reason reason, int errno, String text) {
  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;

  /** What stood in the way of a start. */
  public enum Reason {
    /** As many bodies as allowed are running. */
    FULL(1),
    /** The machine had no process or descriptors left. */
    NO_PROCESS(2),
    /** The working directory can't be entered. */
    DIRECTORY(3),
    /** The input file can't be opened. */
    INPUT(4),
    /** A limit can't be set. */
    LIMIT(5),
    /** There is no such program. */
    NOT_FOUND(6),
    /** There is such a file, but it can't be executed. */
    NOT_EXECUTABLE(6),
    /** Its lease had lapsed already. */
    LEASE(7);

    private final int stage;

    Reason(int stage) {
      this.stage = stage;
    }
  }

  /** From what the native keeper reports. */
  static BodyRefusal of(int stage, int errno, String text) {
    if (stage == Reason.NOT_FOUND.stage)
      return new BodyRefusal(
          errno == ENOENT || errno == ENOTDIR ? Reason.NOT_FOUND : Reason.NOT_EXECUTABLE,
          errno,
          text);
    for (var reason : Reason.values())
      if (reason.stage == stage) return new BodyRefusal(reason, errno, text);
    throw new IllegalArgumentException("no start fails at stage " + stage);
  }

  /** What a shell would report: 127 not found, 126 not executable, otherwise Mosey's own 125. */
  public int shellStatus() {
    return switch (reason) {
      case NOT_FOUND -> 127;
      case NOT_EXECUTABLE -> 126;
      case FULL, NO_PROCESS, DIRECTORY, INPUT, LIMIT, LEASE -> 125;
    };
  }

  /** Whether the same start may work later, here or elsewhere, without anybody mending anything. */
  public boolean isTransient() {
    return reason == Reason.FULL || reason == Reason.NO_PROCESS || reason == Reason.LEASE;
  }
}
