package dev.mosey.policy.books;

import dev.mosey.protocol.id.JobId;
import java.util.List;

/** What a home answers, after the sync of what it journalled for it. */
public sealed interface BooksReply {
  /**
   * A submit was taken in.
   *
   * @param id the new job, or the one that this key named before
   * @param repeated whether the key was known
   */
  record Accepted(JobId id, boolean repeated) implements BooksReply {}

  /**
   * It is done, or was so already.
   *
   * @param tasks how many tasks it concerned
   */
  record Done(int tasks) implements BooksReply {}

  /**
   * What of the assignments was journalled; the rest did not wait any more or may not go there.
   *
   * @param taken in the order in which they were given
   */
  record Placed(List<Assignment> taken) implements BooksReply {
    /** Copies the list. */
    public Placed {
      taken = List.copyOf(taken);
    }
  }

  /**
   * Nothing was changed.
   *
   * @param code a stable word: {@code not-found}, {@code ended}, {@code not-running}, {@code
   *     too-many}, {@code too-large}, {@code bad-request}, {@code cant-move}, {@code not-open}
   * @param message one line: what and why
   * @param hint what to do, or null
   */
  record Refused(String code, String message, String hint) implements BooksReply {}
}
