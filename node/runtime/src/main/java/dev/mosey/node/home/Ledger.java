package dev.mosey.node.home;

import dev.mosey.policy.books.Books;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.policy.books.HomeMachine;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.id.NodeName;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The state of the persistent entity: the books in memory, and the rows that the history has not
 * taken yet.
 *
 * <p>Every event is applied exactly once. A turn applies its events in memory while it decides, so
 * that each command sees the ones before it; the record that it then persists is remembered, and
 * the event handler, which Pekko calls for it as well, passes it over. Records read from the
 * journal are applied by the event handler. If the write fails, this whole object is thrown away
 * and another one is filled from the journal: nothing of a turn that is not on the disk survives.
 */
final class Ledger {
  private final Books books;
  private final long historyAt;
  private final TreeMap<Long, List<HistoryRow>> unprojected = new TreeMap<>();
  private final RowWriter rowWriter;
  private final NewsWriter newsWriter;
  private HomeMachine machine;
  private BooksRecord turned;
  private int unprojectedRows;
  private int eventsSinceSnapshot;
  private boolean closing;

  private Ledger(Books books, long historyAt) {
    this.books = books;
    this.historyAt = historyAt;
    this.rowWriter = new RowWriter(books);
    this.newsWriter = new NewsWriter(books);
    books.witness(this::before);
  }

  /**
   * Empty books.
   *
   * @param historyAt the last record that the history has: rows up to it need not be written again
   */
  static Ledger empty(NodeName home, BooksLimits limits, long historyAt) {
    return new Ledger(new Books(home, limits), historyAt);
  }

  /** Those of a snapshot; {@code historyAt} as for empty ones. */
  static Ledger restore(HomeSnapshot snapshot, BooksLimits limits, long historyAt) {
    Ledger ledger = new Ledger(Books.restore(snapshot.books(), limits), historyAt);
    for (HomeSnapshot.Unprojected part : snapshot.unprojected()) {
      ledger.unprojected.put(part.sequenceNumber(), part.rows());
      ledger.unprojectedRows += part.rows().size();
    }
    return ledger;
  }

  HomeSnapshot snapshot() {
    eventsSinceSnapshot = 0;
    List<HomeSnapshot.Unprojected> rows = new ArrayList<>();
    unprojected.forEach((number, list) -> rows.add(new HomeSnapshot.Unprojected(number, list)));
    return new HomeSnapshot(books.snapshot(), rows);
  }

  /** From here on the books change by turns. */
  void opened(HomeMachine round) {
    machine = round;
    rowWriter.write(true);
    rowWriter.measureWith(round.view());
  }

  /** What is read from the journal is no news. */
  private void before(BooksEvent event) {
    rowWriter.before(event);
    if (machine != null) {
      newsWriter.before(event);
    }
  }

  /** What the last turn has to tell, once it is on the disk. */
  List<EventView> news() {
    return newsWriter.take();
  }

  HomeMachine machine() {
    return machine;
  }

  Books books() {
    return books;
  }

  /** What a turn has applied already, about to be persisted under this number. */
  List<HistoryRow> turned(BooksRecord record, long sequenceNumber) {
    turned = record;
    return written(record, sequenceNumber);
  }

  /** The event handler: applies what was read from the journal. */
  @SuppressWarnings("ReferenceEquality") // It is this very record that has been applied.
  Ledger onRecord(BooksRecord record, long sequenceNumber) {
    if (turned == record) {
      turned = null;
      return this;
    }
    rowWriter.write(sequenceNumber > historyAt);
    for (BooksEvent event : record.events()) {
      books.apply(event);
    }
    written(record, sequenceNumber);
    return this;
  }

  private List<HistoryRow> written(BooksRecord record, long sequenceNumber) {
    eventsSinceSnapshot += record.events().size();
    List<HistoryRow> rows = rowWriter.take();
    if (!rows.isEmpty()) {
      unprojected.put(sequenceNumber, rows);
      unprojectedRows += rows.size();
    }
    return rows;
  }

  /** The history has everything up to this record. */
  void projected(long sequenceNumber) {
    while (!unprojected.isEmpty() && unprojected.firstKey() <= sequenceNumber) {
      unprojectedRows -= unprojected.pollFirstEntry().getValue().size();
    }
  }

  SortedMap<Long, List<HistoryRow>> unprojected() {
    return unprojected;
  }

  int lag() {
    return unprojectedRows;
  }

  int eventsSinceSnapshot() {
    return eventsSinceSnapshot;
  }

  void close() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }
}
