package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent;
import java.util.List;

/**
 * What one command leads to.
 *
 * @param events to be journalled and applied, in this order
 * @param reply the answer after the sync; null for what nobody waits for
 */
public record Decision(List<BooksEvent> events, BooksReply reply) {
  /** Nothing to journal and nothing to say. */
  public static final Decision NOTHING = new Decision(List.of(), null);

  /** Copies the list. */
  public Decision {
    events = List.copyOf(events);
  }

  static Decision refused(String code, String message, String hint) {
    return new Decision(List.of(), new BooksReply.Refused(code, message, hint));
  }

  static Decision done(int tasks, List<? extends BooksEvent> events) {
    return new Decision(List.copyOf(events), new BooksReply.Done(tasks));
  }
}
