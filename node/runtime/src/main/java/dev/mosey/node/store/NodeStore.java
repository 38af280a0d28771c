package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a node keeps, opened in the right order and closed in the reverse one. To be opened in
 * main before the actor system is made: a store that can't be opened then ends the start with one
 * line instead of leaving actors that never recover.
 *
 * <p>What the node keeps for its guests is always on its own disk. The books of its home, with
 * their output and blobs, are there as well, or in a shared store.
 */
public final class NodeStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeStore.class);

  private final DataDirectory directory;
  private final RocksStore local;
  private final FileBlobStore files;
  private final Optional<SharedStore> shared;
  private final HomeStore home;
  private final HistoryStore history;
  private final Spool spool;

  private NodeStore(
      DataDirectory directory,
      RocksStore local,
      FileBlobStore files,
      Optional<SharedStore> shared,
      HomeStore home,
      Spool spool) {
    this.directory = directory;
    this.local = local;
    this.files = files;
    this.shared = shared;
    this.home = home;
    this.history = home.history();
    this.spool = spool;
  }

  /** Opens or creates the stores of a node that keeps everything on its own disk. */
  public static NodeStore open(
      Path path,
      NodeName name,
      StoreSettings settings,
      Optional<Path> restoreFrom,
      Instant now,
      RandomGenerator random) {
    return open(
        path, name, settings, SharedSettings.NONE, Optional.empty(), restoreFrom, now, random);
  }

  /**
   * Opens or creates the stores of a node.
   *
   * @param path the data directory
   * @param sharing whether, and in which database, the books of its home are
   * @param deputyBy the node that has started this one as a deputy for a home that is away
   * @param restoreFrom a backup that replaces what is there, before anything is opened
   * @param now when that happens
   * @param random draws the store id of a new directory
   * @throws StoreException with one line and a hint; nothing is left open
   */
  public static NodeStore open(
      Path path,
      NodeName name,
      StoreSettings settings,
      SharedSettings sharing,
      Optional<NodeName> deputyBy,
      Optional<Path> restoreFrom,
      Instant now,
      RandomGenerator random) {
    if (restoreFrom.isPresent() && sharing.shared())
      throw StoreException.refused(
          "--restore-from is for the embedded store, and these books are in a database",
          "restore the database by its own means, or set mosd.store.kind = embedded");
    restoreFrom.ifPresent(backup -> Backup.restore(path, backup, now));
    var opened = new Opened();
    try {
      var directory = opened.add(DataDirectory.open(path, name, settings.space(), random));
      var local = opened.add(RocksStore.open(directory, settings.books()));
      if (sharing.shared()) Conversion.checkNoneLeft(local, name);
      else Conversion.check(local, name, SharedSettings.POSTGRESQL);
      var files = FileBlobStore.open(directory, settings.blobs());
      Optional<SharedStore> shared =
          sharing.shared()
              ? Optional.of(
                  opened.add(
                      SharedStore.open(sharing, settings, directory, files, deputyBy, random)))
              : Optional.empty();
      var home =
          opened.add(
              shared.isPresent()
                  ? shared.get().openHome(name, shared.get().openPatience())
                  : embedded(directory, local, files, settings));
      return new NodeStore(
          directory, local, files, shared, home, new Spool(local, settings.spool()));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static HomeStore embedded(
      DataDirectory directory, RocksStore local, FileBlobStore files, StoreSettings settings) {
    return new HomeStore(
        directory.identity().name(),
        directory.identity().storeId(),
        directory.identity().restored(),
        directory.identity().restored(),
        directory::clearRestored,
        () -> "",
        local,
        SegmentOutputStore.open(directory, settings.output()),
        files,
        files,
        settings);
  }

  /** What has been opened, for the case that the next can't be. */
  private static final class Opened {
    private final ArrayDeque<AutoCloseable> all = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T opened) {
      all.push(opened);
      return opened;
    }

    void close() {
      for (var each : all) {
        try {
          each.close();
        } catch (Exception alsoBroken) {
          LOG.debug("event=not-closed what={}", each.getClass(), alsoBroken);
        }
      }
    }
  }

  /** The directory: identity, small files, space left. */
  public DataDirectory directory() {
    return directory;
  }

  /** The books of this node's home, and all that belongs to them. */
  public HomeStore home() {
    return home;
  }

  /** The database from which books are opened, if this node is set to one. */
  public Optional<SharedStore> shared() {
    return shared;
  }

  /** Journal and snapshots; give it to the actor system with {@code StoreSetup}. */
  public BooksStore books() {
    return home.books();
  }

  /** Images, jars, scripts, input files. */
  public BlobStore blobs() {
    return home.blobs();
  }

  /** What processes wrote. */
  public OutputStore output() {
    return home.output();
  }

  /** Ended processes. */
  public HistoryStore history() {
    return history;
  }

  /** The same, read from the disk once more: after a failed put it no longer knows its position. */
  public HistoryStore historyAgain() {
    return home.history();
  }

  /** What waits for other homes. */
  public Spool spool() {
    return spool;
  }

  /** For a backup, which is one of the node's own disk. */
  RocksStore localBooks() {
    return local;
  }

  FileBlobStore blobFiles() {
    return files;
  }

  SegmentOutputStore outputFiles() {
    if (home.output() instanceof SegmentOutputStore output && shared.isEmpty()) return output;
    throw StoreException.refused(
        "the books of " + home.name() + " are in a database",
        "back it up by its own means, for instance with pg_dump");
  }

  /** Makes everything durable and closes it. */
  @Override
  public void close() {
    try (directory;
        local;
        files) {
      home.close();
      shared.ifPresent(SharedStore::close);
    }
  }
}
