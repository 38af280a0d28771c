package dev.mosey.protocol.id;

/**
 * The identity of a home's books. Hosts remember it and refuse a lower epoch, or other books under
 * the same name.
 *
 * @param home whose books
 * @param storeId drawn with the data directory
 * @param epoch raised whenever the books are opened in a new way: restored, replaced, taken over;
 *     from 1
 * @param opening how often these books were opened, durably counted; orders of an earlier opening
 *     are void
 */
public record BooksId(NodeName home, String storeId, long epoch, long opening) {
  /**
   * Whether these books may give orders to somebody who has last obeyed {@code known}: the same
   * store, and not older.
   */
  public boolean succeeds(BooksId known) {
    if (!home.equals(known.home)) {
      return false;
    }
    if (epoch != known.epoch) {
      return epoch > known.epoch;
    }
    return storeId.equals(known.storeId) && opening >= known.opening;
  }
}
