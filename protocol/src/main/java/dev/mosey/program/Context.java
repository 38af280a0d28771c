package dev.mosey.program;

import dev.mosey.protocol.job.Resources;
import java.util.OptionalInt;

/**
 * A {@link Program}'s way to the outside while one of its methods runs. It is not part of the state
 * and is another object after a move: do not keep it. Not for use from other threads.
 */
public interface Context {
  /** Longest progress that is kept, in characters; what is longer is cut. */
  int PROGRESS_CHARACTERS_MAX = 200;

  /**
   * Adds to the program's standard output, in UTF-8. It arrives once and in order, whatever the
   * program moves through. {@code System.out} does the same.
   */
  void print(String text);

  /** {@link #print} with a line feed at the end. */
  default void println(String text) {
    print(text + "\n");
  }

  /** Adds to the program's standard error, in UTF-8. {@code System.err} does the same. */
  void printError(String text);

  /**
   * Says how far the program is, in one short line, for lists: {@code "41 %, best 17"}. It replaces
   * the line before; of lines that follow each other quickly, only the newest is shown.
   */
  void progress(String line);

  /** The id of the process, like {@code alpha.17} or {@code alpha.17.3}; it never changes. */
  String id();

  /** The index of this task in its array, as the user gave it; empty when the job is no array. */
  OptionalInt task();

  /** The line of {@code --each-line} that this task is for, or null. */
  String entry();

  /** The name of the node where it runs now. */
  String host();

  /** How often the process was started or has arrived, from 1: growing with every move. */
  int incarnation();

  /** What was asked for, and is reserved for it: cores, memory and whatever else. */
  Resources resources();
}
