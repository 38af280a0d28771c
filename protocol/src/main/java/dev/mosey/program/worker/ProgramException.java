package dev.mosey.program.worker;

/** A program can't be run, packed or unpacked; the message is one line for its user. */
public final class ProgramException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** With the exit status that says so: 126, or 1 for what the program itself did wrong. */
  public ProgramException(int status, String line) {
    super(line);
    this.status = status;
  }

  /** The exit status with which the process is to end. */
  public int status() {
    return status;
  }
}
