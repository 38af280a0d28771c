package dev.mosey.node.home;

import dev.mosey.protocol.event.BooksEvent;
import java.util.List;

/**
 * One record of the journal: what one batch of commands changed, in order. It is stored whole or
 * not at all.
 *
 * @param events in the order in which they happened; empty in the record that a clean stop leaves
 *     for its snapshot
 */
public record BooksRecord(List<BooksEvent> events) {
  /** Copies the list. */
  public BooksRecord {
    events = List.copyOf(events);
  }
}
