package dev.mosey.node.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A store can't do what it was asked to. The message is one line for the operator; {@link #hint()}
 * says what to do about it.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that must tell the cases apart. */
  public enum Kind {
    /** Another process has the data directory. */
    IN_USE,
    /** The directory can't be used: network file system, other node's, not writable. */
    UNSUITABLE,
    /** The disk is full; nothing was written, what was acknowledged is safe. */
    FULL,
    /** Bytes read back are not the bytes written. */
    CORRUPT,
    /** An earlier write failed, so that its outcome is unknown: only a restart goes on. */
    BROKEN,
    /** Somebody else has opened the books since: this opener writes no more. */
    FENCED,
    /** A configured bound is reached; nothing was written. */
    REFUSED,
    /** The operating system failed otherwise. */
    FAILED
  }

  private final Kind kind;
  private final String hint;

  /**
   * A failure.
   *
   * @param message one line: what, where
   * @param hint what to do, one line; null for none
   * @param cause null for none
   */
  public StoreException(Kind kind, String message, String hint, Throwable cause) {
    super(message.lines().findFirst().orElse(kind.name()), cause);
    this.kind = kind;
    this.hint = hint;
  }

  /** Which case it is. */
  public Kind kind() {
    return kind;
  }

  /** What to do about it, in one line, or null. */
  public String hint() {
    return hint;
  }

  static StoreException corrupt(String where, String what, Throwable cause) {
    return new StoreException(
        Kind.CORRUPT,
        "corrupt record in " + where + ": " + what,
        "nothing was skipped or changed; bring back a backup with --restore-from DIR",
        cause);
  }

  static StoreException refused(String message, String hint) {
    return new StoreException(Kind.REFUSED, message, hint, null);
  }

  static StoreException full(String where, Throwable cause) {
    return new StoreException(
        Kind.FULL,
        "disk full: cannot write to " + where,
        "what was acknowledged is safe; free some space on this disk, then start the node again"
            + " (if its files are damaged: --restore-from DIR)",
        cause);
  }

  /** Tells a full disk from other failures of {@code path}. */
  static StoreException io(String action, Path path, IOException cause) {
    if (saysFull(cause.getMessage())) return full(path.toString(), cause);
    return new StoreException(
        Kind.FAILED,
        "cannot " + action + " " + path + ": " + cause.getMessage(),
        "look at the disk and its permissions",
        cause);
  }

  static boolean saysFull(String message) {
    if (message == null) return false;
    var text = message.toLowerCase(Locale.ROOT);
    return text.contains("no space left")
        || text.contains("quota exceeded")
        || text.contains("file too large");
  }
}
