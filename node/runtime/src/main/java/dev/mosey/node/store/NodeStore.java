package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All that a node keeps on its disk, opened in the right order and closed in the reverse one. To be
 * opened in main before the actor system is made: a store that can't be opened then ends the start
 * with one line instead of leaving actors that never recover.
 */
public final class NodeStore implements AutoCloseable {
  private final DataDirectory directory;
  private final RocksStore books;
  private final FileBlobStore blobs;
  private final SegmentOutputStore output;
  private final HistoryStore history;
  private final Spool spool;
  private final StoreSettings.Books settings;

  private NodeStore(
      DataDirectory directory,
      RocksStore books,
      FileBlobStore blobs,
      SegmentOutputStore output,
      HistoryStore history,
      Spool spool,
      StoreSettings.Books settings) {
    this.directory = directory;
    this.books = books;
    this.blobs = blobs;
    this.output = output;
    this.history = history;
    this.spool = spool;
    this.settings = settings;
  }

  /**
   * Opens or creates the stores of a node.
   *
   * @param path the data directory
   * @param restoreFrom a backup that replaces what is there, before anything is opened
   * @param now when that happens
   * @param random draws the store id of a new directory
   * @throws StoreException with one line and a hint; nothing is left open
   */
  public static NodeStore open(
      Path path,
      NodeName name,
      StoreSettings settings,
      Optional<Path> restoreFrom,
      Instant now,
      RandomGenerator random) {
    restoreFrom.ifPresent(backup -> Backup.restore(path, backup, now));
    var directory = DataDirectory.open(path, name, settings.space(), random);
    RocksStore books = null;
    SegmentOutputStore output = null;
    try {
      books = RocksStore.open(directory, settings.books());
      output = SegmentOutputStore.open(directory, settings.output());
      return new NodeStore(
          directory,
          books,
          FileBlobStore.open(directory, settings.blobs()),
          output,
          new HistoryStore(books, name, settings.books()),
          new Spool(books, settings.spool()),
          settings.books());
    } catch (RuntimeException e) {
      if (output != null) output.close();
      if (books != null) books.close();
      directory.close();
      throw e;
    }
  }

  /** The directory: identity, small files, space left. */
  public DataDirectory directory() {
    return directory;
  }

  /** Journal and snapshots; give it to the actor system with {@code StoreSetup}. */
  public RocksStore books() {
    return books;
  }

  /** Images, jars, scripts, input files. */
  public BlobStore blobs() {
    return blobs;
  }

  /** What processes wrote. */
  public OutputStore output() {
    return output;
  }

  /** Ended processes. */
  public HistoryStore history() {
    return history;
  }

  /** The same, read from the disk once more: after a failed put it no longer knows its position. */
  public HistoryStore historyAgain() {
    return new HistoryStore(books, directory.identity().name(), settings);
  }

  /** What waits for other homes. */
  public Spool spool() {
    return spool;
  }

  FileBlobStore blobFiles() {
    return blobs;
  }

  SegmentOutputStore outputFiles() {
    return output;
  }

  /** Makes everything durable and closes it. */
  @Override
  public void close() {
    try (directory;
        books;
        blobs) {
      output.close();
    }
  }
}
