package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.util.function.Supplier;

/**
 * All that one home keeps: its books, what its processes wrote, its blobs and its history. In the
 * embedded store it is one with the node's own; in a shared store it can be opened by any node.
 *
 * @param storeId identity of these books
 * @param newEpoch whether the books must be given a new epoch: they come from a backup, or another
 *     machine had them
 * @param fromBackup whether they are older than the last that were written
 * @param epochRaised to be told when they durably have it
 * @param wantedBy the node that asks for the books back from a deputy, or empty
 * @param blobs of the home
 * @param guestBlobs the same as guests on this node see them: what they put stays on the node
 */
public record HomeStore(
    NodeName name,
    String storeId,
    boolean newEpoch,
    boolean fromBackup,
    Runnable epochRaised,
    Supplier<String> wantedBy,
    BooksStore books,
    OutputStore output,
    BlobStore blobs,
    BlobStore guestBlobs,
    StoreSettings settings)
    implements AutoCloseable {

  /** Its history, read once more: after a failed put one no longer knows its position. */
  public HistoryStore history() {
    return new HistoryStore(books, name, settings.books());
  }

  /** Makes everything durable and gives the books back. */
  @Override
  public void close() {
    try (books) {
      output.close();
    }
  }
}
