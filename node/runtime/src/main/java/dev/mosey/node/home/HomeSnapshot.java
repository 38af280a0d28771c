package dev.mosey.node.home;

import dev.mosey.policy.books.BooksSnapshot;
import java.util.List;

/**
 * What a snapshot holds: the books, and what the history has not taken yet. Records before a
 * snapshot are deleted, so without the second part the history would lose what ended last.
 *
 * @param books all live jobs
 * @param unprojected rows by record, oldest first
 */
public record HomeSnapshot(BooksSnapshot books, List<Unprojected> unprojected) {
  /** Absent lists become empty ones. */
  public HomeSnapshot {
    unprojected = unprojected == null ? List.of() : List.copyOf(unprojected);
  }

  /**
   * The rows of one record.
   *
   * @param sequenceNumber of the record
   * @param rows in the order in which they ended
   */
  public record Unprojected(long sequenceNumber, List<HistoryRow> rows) {
    /** Copies the list. */
    public Unprojected {
      rows = List.copyOf(rows);
    }
  }
}
