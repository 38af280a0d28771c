package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;

/**
 * All that one home keeps: its books, what its processes wrote, its blobs and its history. In the
 * embedded store it is one with the node's own; in a shared store it can be opened by any node.
 *
 * @param storeId identity of these books
 * @param blobs of the home
 * @param guestBlobs the same as guests on this node see them: what they put stays on the node
 */
public record HomeStore(
    NodeName name,
    String storeId,
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
