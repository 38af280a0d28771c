package dev.mosey.policy.guests;

import dev.mosey.protocol.id.BooksId;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a host keeps of its exchange with one home: whose books, which orders, when what was sent.
 */
final class Contact {
  private BooksId books;
  private long ordersSeq;
  private long reportSeq;
  private boolean reported;
  private long reportedAt;
  private long lastGuestAt;
  private final TreeMap<Long, Long> sends = new TreeMap<>();

  Contact(BooksId books) {
    this.books = books;
  }

  Contact copy() {
    Contact copy = new Contact(books);
    copy.ordersSeq = ordersSeq;
    copy.reportSeq = reportSeq;
    copy.reported = reported;
    copy.reportedAt = reportedAt;
    copy.lastGuestAt = lastGuestAt;
    copy.sends.putAll(sends);
    return copy;
  }

  BooksId books() {
    return books;
  }

  long ordersSeq() {
    return ordersSeq;
  }

  long reportSeq() {
    return reportSeq;
  }

  Map<Long, Long> sends() {
    return sends;
  }

  /** Whether orders of these books with this number are to be obeyed: newer than all before. */
  boolean mayObey(BooksId from, long seq) {
    if (books == null) {
      return true;
    }
    if (!from.succeeds(books)) {
      return false;
    }
    boolean sameOpening = from.epoch() == books.epoch() && from.opening() == books.opening();
    return !sameOpening || seq > ordersSeq;
  }

  /** Notes orders that are obeyed; true when these books were not known. */
  boolean obey(BooksId from, long seq) {
    boolean unknown =
        books == null || books.epoch() != from.epoch() || !books.storeId().equals(from.storeId());
    books = from;
    ordersSeq = seq;
    return unknown;
  }

  /** When the report of this number was sent, boot-time milliseconds, or -1. */
  long sentAt(long seq) {
    return sends.getOrDefault(seq, -1L);
  }

  /** Notes that a report goes out now; returns its number. */
  long send(long bootMillis, int remembered) {
    reportSeq++;
    sends.put(reportSeq, bootMillis);
    while (sends.size() > remembered) {
      sends.pollFirstEntry();
    }
    reported = true;
    reportedAt = bootMillis;
    return reportSeq;
  }

  void hasGuests(long bootMillis) {
    lastGuestAt = bootMillis;
  }

  /** Whether the regular report is due. A new session presents itself once in any case. */
  boolean isDue(boolean guests, long bootMillis, GuestsSettings settings) {
    if (!reported) {
      return true;
    }
    boolean wanted = guests || bootMillis - lastGuestAt <= settings.lingerMillis();
    return wanted && bootMillis - reportedAt >= settings.reportMillis();
  }
}
