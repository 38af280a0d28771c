package dev.mosey.node.store;

import dev.mosey.node.config.BootClock;
import dev.mosey.node.store.Commit.Family;
import dev.mosey.node.store.Commit.Operation;
import dev.mosey.protocol.id.NodeName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books of one home in a PostgreSQL database. A group of commits is one transaction under the
 * right of this opener: when somebody else has opened the books since, it fails, and nothing of it
 * is written.
 *
 * <p>While the database is away, or restarts, writes wait and are repeated in their order. That is
 * harmless also when the commit itself was not heard of: they set and delete keys, and nobody else
 * may write between. So a home pauses, and goes on by itself.
 */
public final class PostgresStore implements BooksStore {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);
  private static final BootClock CLOCK = BootClock.system();
  private static final int PAGE_FIRST = 4;
  private static final int PAGE_GROWTH = 4;
  private static final int PAGE_MAX = 512;
  private static final int LARGE_PAGE_MAX = 16;
  private static final int RENEWALS_PER_RIGHT = 4;
  private static final long CLOSE_PATIENCE_MILLIS = 5_000;

  private static final String PUT =
      "insert into mosey_entry (home, family, key, value) values (?, ?, ?, ?)"
          + " on conflict (home, family, key) do update set value = excluded.value";
  private static final String DELETE =
      "delete from mosey_entry where home = ? and family = ? and key = ?";
  private static final String DELETE_RANGE =
      "delete from mosey_entry where home = ? and family = ? and key >= ? and key < ?";
  private static final String GET =
      "select value from mosey_entry where home = ? and family = ? and key = ?";
  private static final String SCAN =
      "select key, value from mosey_entry"
          + " where home = ? and family = ? and key >= ? and key < ? order by key ";

  private final SharedDatabase database;
  private final NodeName home;
  private final String place;
  private final HomeRight right;
  private final GroupWriter writer;
  private final ExecutorService readers;
  private final ScheduledExecutorService renewer;
  private volatile long closedAtMillis = Long.MAX_VALUE;

  private PostgresStore(
      SharedDatabase database, NodeName home, HomeRight right, StoreSettings.Books settings) {
    this.database = database;
    this.home = home;
    this.place = "the books of " + home + " in " + database.name();
    this.right = right;
    this.writer = new GroupWriter(place, new Sink(), settings);
    this.readers =
        Executors.newFixedThreadPool(
            settings.readers(),
            Thread.ofPlatform().name("mosey-store-read-", 0).daemon().factory());
    this.renewer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mosey-store-right").daemon().factory());
    long every = database.settings().right().toMillis() / RENEWALS_PER_RIGHT;
    var unused =
        renewer.scheduleWithFixedDelay(() -> renew(every), every, every, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens the books of a home, as soon as the right of whoever had them before has lapsed.
   *
   * @param opener who opens them
   * @param patience how long to wait for that
   * @throws StoreException IN_USE if somebody keeps them, or why the database can't be used
   */
  static PostgresStore open(
      SharedDatabase database,
      NodeName home,
      HomeRight.Opener opener,
      StoreSettings.Books settings,
      Duration patience,
      RandomGenerator random) {
    var right = HomeRight.open(database, home, opener, patience, random);
    return new PostgresStore(database, home, right, settings);
  }

  /** The identity of these books: it stays when another machine opens them. */
  public String storeId() {
    return right.storeId();
  }

  /** The session of the node that bears the home's name: above all before, on any machine. */
  long session() {
    return right.session();
  }

  /** Whether the books must be given a new epoch: another machine had them, or a backup. */
  boolean newEpoch() {
    return right.newEpoch();
  }

  /** Notes that they have it. */
  void epochRaised() {
    right.epochRaised();
  }

  /** How often these books have been opened. */
  public long fence() {
    return right.fence();
  }

  /** The node that asks for these books, or empty. */
  public String wantedBy() {
    return right.wantedBy();
  }

  @Override
  public CompletableFuture<Void> commit(Commit commit) {
    return writer.write(commit);
  }

  @Override
  public CompletableFuture<Void> barrier() {
    return writer.write(new Commit());
  }

  @Override
  public CompletableFuture<StoreException> broken() {
    return writer.broken().copy();
  }

  @Override
  public boolean holdsRight() {
    return right.holds() && !writer.broken().isDone();
  }

  /** Without a write for a while the right is renewed for its own sake. */
  private void renew(long everyMillis) {
    if (right.leftMillis() > (RENEWALS_PER_RIGHT - 1) * everyMillis || writer.broken().isDone())
      return;
    long begun = CLOCK.millis();
    try {
      database.once(
          connection -> {
            right.renew(connection);
            connection.commit();
            return null;
          });
      right.renewed(begun);
    } catch (SQLException away) {
      LOG.debug("event=right-not-renewed home={}", home, away);
    } catch (StoreException fenced) {
      LOG.error("event=fenced home={} why=\"{}\"", home, fenced.getMessage());
      writer.broken().complete(fenced);
    }
  }

  private boolean goesOn() {
    return CLOCK.millis() - closedAtMillis < CLOSE_PATIENCE_MILLIS;
  }

  private final class Sink implements GroupWriter.Sink {
    @Override
    public void admit(long bytes) {
      // Whether its disk has room is known to the database only: it says so, and is asked again.
    }

    @Override
    public void write(List<Commit> group) {
      long begun =
          database.repeat(
              "write books of " + home,
              PostgresStore.this::goesOn,
              connection -> {
                long at = CLOCK.millis();
                right.renew(connection);
                apply(connection, group);
                connection.commit();
                return at;
              });
      right.renewed(begun);
    }
  }

  private void apply(Connection connection, List<Commit> group) throws SQLException {
    try (var batches = new Batches(connection)) {
      for (var commit : group)
        for (var operation : commit.operations()) batches.add(statementOf(operation), operation);
      batches.flush();
    }
  }

  private static String statementOf(Operation operation) {
    if (operation.value() != null) return PUT;
    return operation.end() != null ? DELETE_RANGE : DELETE;
  }

  /** Operations in their order, those of one form that follow each other in one round trip. */
  private final class Batches implements AutoCloseable {
    private final Connection connection;
    private PreparedStatement statement;
    private String sql = "";

    Batches(Connection connection) {
      this.connection = connection;
    }

    void add(String form, Operation operation) throws SQLException {
      if (!form.equals(sql)) {
        flush();
        sql = form;
        statement = connection.prepareStatement(form);
      }
      statement.setString(1, home.value());
      statement.setInt(2, operation.family().code);
      statement.setBytes(3, operation.key());
      if (operation.value() != null) statement.setBytes(4, operation.value());
      else if (operation.end() != null) statement.setBytes(4, operation.end());
      statement.addBatch();
    }

    void flush() throws SQLException {
      if (statement == null) return;
      statement.executeBatch();
      close();
    }

    @Override
    public void close() throws SQLException {
      if (statement != null) statement.close();
      statement = null;
      sql = "";
    }
  }

  private <T> T reading(SharedDatabase.Work<T> work) {
    if (closedAtMillis != Long.MAX_VALUE) throw closed();
    long until = CLOCK.millis() + database.settings().statementPatience().toMillis();
    return database.repeat(
        "read books of " + home,
        () -> CLOCK.millis() < until && closedAtMillis == Long.MAX_VALUE,
        work);
  }

  private StoreException closed() {
    return new StoreException(StoreException.Kind.BROKEN, place + " are closed", null, null);
  }

  @Override
  public Optional<byte[]> get(Family family, byte[] key) {
    return reading(
        connection -> {
          try (var statement = connection.prepareStatement(GET)) {
            statement.setString(1, home.value());
            statement.setInt(2, family.code);
            statement.setBytes(3, key);
            try (var row = statement.executeQuery()) {
              return row.next()
                  ? Optional.of(unseal(family, key, row.getBytes(1)))
                  : Optional.empty();
            }
          }
        });
  }

  private record Entry(byte[] key, byte[] value) {}

  @Override
  public void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    byte[] next = from;
    for (int limit = PAGE_FIRST; ; limit = grown(family, limit)) {
      var page = page(family, next, to, "asc", limit);
      for (var entry : page)
        if (!visitor.test(entry.key, unseal(family, entry.key, entry.value))) return;
      if (page.size() < limit) return;
      var last = page.getLast().key;
      // The smallest key after it.
      next = Arrays.copyOf(last, last.length + 1);
    }
  }

  @Override
  public void scanDown(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    byte[] end = to;
    for (int limit = 1; ; limit = grown(family, limit)) {
      var page = page(family, from, end, "desc", limit);
      for (var entry : page)
        if (!visitor.test(entry.key, unseal(family, entry.key, entry.value))) return;
      if (page.size() < limit) return;
      end = page.getLast().key;
    }
  }

  /** Chunks of files and blobs are large: fewer of them at once. */
  private static int grown(Family family, int limit) {
    boolean large = family == Family.FILES || family == Family.BLOBS;
    return Math.min(large ? LARGE_PAGE_MAX : PAGE_MAX, limit * PAGE_GROWTH);
  }

  /** Complete pages, so that a page can be read again when its connection breaks. */
  private List<Entry> page(Family family, byte[] from, byte[] to, String order, int limit) {
    return reading(
        connection -> {
          try (var statement = connection.prepareStatement(SCAN + order + " limit " + limit)) {
            statement.setString(1, home.value());
            statement.setInt(2, family.code);
            statement.setBytes(3, from);
            statement.setBytes(4, to);
            var page = new ArrayList<Entry>();
            try (var row = statement.executeQuery()) {
              while (row.next()) page.add(new Entry(row.getBytes(1), row.getBytes(2)));
            }
            return page;
          }
        });
  }

  private byte[] unseal(Family family, byte[] key, byte[] stored) {
    var value = Checksum.open(key, stored);
    if (value != null) return value;
    throw new StoreException(
        StoreException.Kind.CORRUPT,
        "corrupt record in %s: wrong checksum of %s %s"
            .formatted(place, family, HexFormat.of().formatHex(key)),
        "nothing was skipped or changed; bring back a backup of the database",
        null);
  }

  @Override
  public <T> CompletableFuture<T> readAfterWrites(Supplier<T> read) {
    return barrier().thenApplyAsync(nothing -> read.get(), readers);
  }

  @Override
  public void close() {
    if (closedAtMillis != Long.MAX_VALUE) return;
    renewer.shutdownNow();
    closedAtMillis = CLOCK.millis();
    writer.close();
    readers.shutdown();
    try {
      if (!writer.broken().isDone()) database.once(this::giveBack);
    } catch (SQLException away) {
      LOG.info("event=right-not-given-back home={}: it lapses by itself", home);
    }
  }

  private Void giveBack(Connection connection) throws SQLException {
    right.giveBack(connection);
    return null;
  }
}
