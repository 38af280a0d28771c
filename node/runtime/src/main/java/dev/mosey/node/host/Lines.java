package dev.mosey.node.host;

/** Makes one line of what went wrong. */
final class Lines {
  private Lines() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    boolean bare = message == null || failure instanceof java.nio.file.FileSystemException;
    String text = message == null ? kind : bare ? kind + ": " + message : message;
    return text.replaceAll("\\s*\\R\\s*", " ");
  }
}
