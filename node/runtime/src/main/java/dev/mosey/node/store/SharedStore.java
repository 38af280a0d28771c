package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The database of a cluster, from which this node opens books: its own, and those of others. */
public final class SharedStore implements AutoCloseable {
  /** The directory of output among the stored files. */
  static final Path OUTPUT = Path.of("output");

  private final SharedDatabase database;
  private final StoreSettings settings;
  private final DataDirectory directory;
  private final FileBlobStore cache;
  private final RandomGenerator random;
  private final HomeRight.Opener opener;

  private SharedStore(
      SharedDatabase database,
      StoreSettings settings,
      DataDirectory directory,
      FileBlobStore cache,
      RandomGenerator random) {
    this.database = database;
    this.settings = settings;
    this.directory = directory;
    this.cache = cache;
    this.random = random;
    this.opener = new HomeRight.Opener(directory.identity().name(), holder(directory.path()));
  }

  /**
   * Connects to the database.
   *
   * @param cache this node's own blobs
   * @throws StoreException in one line, with a hint
   */
  static SharedStore open(
      SharedSettings shared,
      StoreSettings settings,
      DataDirectory directory,
      FileBlobStore cache,
      RandomGenerator random) {
    return new SharedStore(SharedDatabase.open(shared), settings, directory, cache, random);
  }

  /**
   * This run of this machine and this directory: its lock shows that an earlier process on it has
   * ended. A copy of the directory has another path, or lies on another machine.
   */
  private static String holder(Path directory) {
    try {
      return InetAddress.getLocalHost().getHostName()
          + " "
          + Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + directory.toRealPath();
    } catch (IOException e) {
      throw StoreException.io("tell this machine from others by", directory, e);
    }
  }

  /**
   * Opens the books of a home.
   *
   * @param patience how long to wait for who has them
   * @throws StoreException IN_USE if somebody keeps them
   */
  public HomeStore openHome(NodeName home, Duration patience) {
    PostgresStore books = openBooks(home, patience);
    try {
      Conversion.check(books, home, SharedSettings.EMBEDDED);
      var output =
          SegmentOutputStore.open(
              new StoredDisk(books), OUTPUT, settings.output(), directory.space());
      var blobs = new SharedBlobs(cache, books, settings.blobs());
      return new HomeStore(
          home,
          books.storeId(),
          books.newEpoch(),
          books::epochRaised,
          books,
          output,
          blobs,
          blobs.ofGuests(),
          settings);
    } catch (RuntimeException e) {
      books.close();
      throw e;
    }
  }

  PostgresStore openBooks(NodeName home, Duration patience) {
    return PostgresStore.open(database, home, opener, settings.books(), patience, random);
  }

  /** How long a start waits for the books and for the database. */
  Duration openPatience() {
    return database.settings().openPatience();
  }

  @Override
  public void close() {
    database.close();
  }
}
