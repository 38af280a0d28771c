package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * Ordered keys and values with one writer: what journal, snapshots, history and, in a shared store,
 * output and blobs are kept in. {@link RocksStore} keeps them on this machine's disk, {@link
 * PostgresStore} in a database.
 *
 * <p>A commit's future completes when it is durable, and many commits share one sync. Futures
 * complete on the writer thread: what hangs on them must be short or asynchronous.
 */
public interface BooksStore extends AutoCloseable {
  /**
   * Makes the changes durable.
   *
   * @return completes after the sync; fails with a StoreException: REFUSED (too many wait), FULL,
   *     or what made {@link #broken} complete (the outcome is then unknown until the next start)
   */
  CompletableFuture<Void> commit(Commit commit);

  /** Completes when everything that was given to {@link #commit} before it is done. */
  CompletableFuture<Void> barrier();

  /** Completes with the reason if the store stops writing for good; its user should then end. */
  CompletableFuture<StoreException> broken();

  /** The value of a key. */
  Optional<byte[]> get(Family family, byte[] key);

  /**
   * Visits the keys from {@code from} to {@code to} (exclusive) in order until false comes back.
   */
  void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor);

  /** Visits the keys below {@code to} (exclusive) down to {@code from} until false comes back. */
  void scanDown(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor);

  /** Runs a read on the pool for reads, after all that was committed before. */
  <T> CompletableFuture<T> readAfterWrites(Supplier<T> read);

  /**
   * Whether leases may be granted now. A store that another machine may take over answers false
   * when its right to the books has lapsed, also while it can't be asked.
   */
  boolean holdsRight();

  /** Writes what waits, ends the reads and closes. Repeated calls do nothing. */
  @Override
  void close();
}
