package dev.mosey.node.keeper;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Puts another program in this one's place: the same process, with its number, its parent, its
 * standard streams and its children, the keeper among them.
 */
public final class Replacement {
  private static final int FIRST_AFTER_STANDARD = 3;

  private Replacement() {}

  /**
   * Does it. Everything that this program has open is closed, but for its standard streams and the
   * pipes of a keeper that was handed over.
   *
   * @param command the program's file, and its arguments
   * @param handed the keeper, or null
   * @throws IllegalStateException when the operating system refuses
   */
  public static void by(List<String> command, Handed handed) {
    int next = FIRST_AFTER_STANDARD;
    int[] kept =
        handed == null
            ? new int[0]
            : IntStream.of(handed.toKeeper(), handed.fromKeeper(), handed.complaints())
                .sorted()
                .toArray();
    for (int each : kept) {
      SystemCalls.closeOnReplacement(next, each - 1);
      next = each + 1;
    }
    SystemCalls.closeOnReplacement(next, Integer.MAX_VALUE);
    SystemCalls.execute(command);
    throw new IllegalStateException(command.getFirst() + " could not take this program's place");
  }
}
