package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a batch of commands led to: one journal record, then the answers, then the effects.
 *
 * @param events to be journalled and synced as one record; already applied in memory
 * @param replies one for each command of the batch, in its order; null where nobody waits
 * @param effects to be executed after the sync
 */
public record Turn(List<BooksEvent> events, List<BooksReply> replies, List<Effect> effects) {
  /** Copies the lists. */
  public Turn {
    events = List.copyOf(events);
    replies = Collections.unmodifiableList(new ArrayList<>(replies));
    effects = List.copyOf(effects);
  }
}
