package dev.mosey.node.store;

import dev.mosey.protocol.id.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private final NodeName node;
  private final Optional<NodeName> deputyBy;
  private final String holder;

  private SharedStore(
      SharedDatabase database,
      StoreSettings settings,
      DataDirectory directory,
      FileBlobStore cache,
      Optional<NodeName> deputyBy,
      RandomGenerator random) {
    this.database = database;
    this.settings = settings;
    this.directory = directory;
    this.cache = cache;
    this.random = random;
    this.node = directory.identity().name();
    this.deputyBy = deputyBy;
    this.holder = holder(directory.path());
  }

  /**
   * Connects to the database.
   *
   * @param cache this node's own blobs
   * @param deputyBy the node that has started this one as a deputy for a home that is away
   * @throws StoreException in one line, with a hint
   */
  static SharedStore open(
      SharedSettings shared,
      StoreSettings settings,
      DataDirectory directory,
      FileBlobStore cache,
      Optional<NodeName> deputyBy,
      RandomGenerator random) {
    return new SharedStore(
        SharedDatabase.open(shared), settings, directory, cache, deputyBy, random);
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
          false,
          books::epochRaised,
          books::wantedBy,
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
    long session = directory.identity().session();
    var opener = new HomeRight.Opener(deputyBy.orElse(node), holder, deputyBy.isEmpty(), session);
    var books = PostgresStore.open(database, home, opener, settings.books(), patience, random);
    directory.raiseSession(books.session());
    return books;
  }

  /**
   * The homes whose openers have given no sign of life for so long after their right lapsed.
   *
   * @throws StoreException while the database is away
   */
  public List<NodeName> orphans(Duration longer) {
    try {
      return database.once(
          connection -> {
            try (var ask =
                connection.prepareStatement(
                    "select name from mosey_home where name <> ? and fence > 0 and right_until"
                        + " < clock_timestamp() - make_interval(secs => ?) order by name")) {
              ask.setString(1, node.value());
              ask.setDouble(2, longer.toMillis() / 1000.0);
              var names = new ArrayList<NodeName>();
              try (var row = ask.executeQuery()) {
                while (row.next()) names.add(NodeName.of(row.getString(1)));
              }
              return names;
            }
          });
    } catch (SQLException away) {
      throw database.explain(away);
    }
  }

  /** How long a start waits for the books and for the database. */
  Duration openPatience() {
    return deputyBy.isPresent() ? Duration.ZERO : database.settings().openPatience();
  }

  @Override
  public void close() {
    database.close();
  }
}
