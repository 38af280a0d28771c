package dev.mosey.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The stable name of a node: 1 to 63 characters of {@code a-z 0-9 _ -}, beginning with a letter or
 * digit. It outlives restarts and addresses; with the identity of its books it says which home is
 * meant.
 *
 * @param value the name, in lower case
 */
public record NodeName(@JsonValue String value) implements Comparable<NodeName> {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  /** Words that the tools use in the place of a node's name, which no node may therefore bear. */
  public static final Set<String> RESERVED =
      Set.of(
          "all",
          "last",
          "home",
          "out",
          "freeze",
          "continue",
          "checkpoint",
          "chkstop",
          "chkexit",
          "local");

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException with a sentence for the user when the name is malformed or
   *     reserved
   */
  public NodeName {
    if (value == null || !SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is not a node name: use 1 to 63 of a-z, 0-9, - and _, no dots");
    }
    if (RESERVED.contains(value)) {
      throw new IllegalArgumentException(
          "'" + value + "' can't be a node name: the tools use this word");
    }
  }

  /** Parses what a user typed or a message carried; same errors as the constructor. */
  @JsonCreator
  public static NodeName of(String value) {
    return new NodeName(value);
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
