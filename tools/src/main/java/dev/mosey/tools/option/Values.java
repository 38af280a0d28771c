package dev.mosey.tools.option;

import java.util.List;

/**
 * What a value or operand can be, as far as completions go.
 *
 * @param kind where candidates come from
 * @param words the candidates of {@link Kind#WORDS}
 */
public record Values(Kind kind, List<String> words) {
  /** Where candidates come from. */
  public enum Kind {
    /** Nothing can be proposed. */
    ANY,
    /** A file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A command on this machine, then files. */
    COMMAND,
    /** A job or process: asked from a node. */
    ID,
    /** A node: asked from a node. */
    NODE,
    /** Fixed words. */
    WORDS
  }

  /** Nothing can be proposed. */
  public static final Values ANY = new Values(Kind.ANY, List.of());

  /** A file. */
  public static final Values FILE = new Values(Kind.FILE, List.of());

  /** A directory. */
  public static final Values DIRECTORY = new Values(Kind.DIRECTORY, List.of());

  /** A command. */
  public static final Values COMMAND = new Values(Kind.COMMAND, List.of());

  /** A job or process. */
  public static final Values ID = new Values(Kind.ID, List.of());

  /** A node's name. */
  public static final Values NODE = new Values(Kind.NODE, List.of());

  /** One of these words. */
  public static Values words(String... words) {
    return new Values(Kind.WORDS, List.of(words));
  }
}
