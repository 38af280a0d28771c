package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.job.Exit;

/**
 * How tasks ended, as far as the books keep it; everything else is in the history.
 *
 * @param outcome for good
 * @param exit of the last incarnation, or null when there was none
 * @param incarnation the last one; 0 when the task never ran
 */
public record Ending(Outcome outcome, Exit exit, int incarnation) {}
