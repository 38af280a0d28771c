package dev.mosey.node.store;

import dev.mosey.node.config.BootClock;
import dev.mosey.protocol.id.NodeName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one opener to the books of one home, as the database has it. Each opening raises the
 * home's fence by a compare-and-set. Everything that an opener writes first renews its right in the
 * same transaction, under its own fence: when another has opened the books since, there is no such
 * row, and the transaction fails.
 *
 * <p>The right lapses without a sign of life. Books are opened only when the right of the one
 * before has lapsed or was given back, and who holds one grants no lease after it. So at the moment
 * of an opening the last lease of the opener before has been granted already, and the new one waits
 * for it as after a restart.
 */
final class HomeRight {
  private static final Logger LOG = LoggerFactory.getLogger(HomeRight.class);
  private static final BootClock CLOCK = BootClock.system();
  private static final long POLL_MILLIS = 100;

  /** For the rate of this machine's clock against that of the database's, in parts of one. */
  private static final double DRIFT = 0.02;

  private final NodeName home;
  private final String storeId;
  private final long fence;
  private final boolean newEpoch;
  private final long session;
  private final long rightMillis;
  private final String renewal;
  private volatile long validUntilMillis;
  private volatile boolean givenBack;
  private volatile boolean epochRaised;
  private volatile String wantedBy = "";

  private HomeRight(NodeName home, Tried opened, Duration right, long askedAtMillis) {
    this.home = home;
    this.storeId = opened.storeId;
    this.fence = opened.fence;
    this.newEpoch = opened.newEpoch;
    this.session = opened.session;
    this.rightMillis = (long) (right.toMillis() * (1 - DRIFT));
    this.renewal = "clock_timestamp() + interval '" + right.toMillis() + " milliseconds'";
    this.validUntilMillis = askedAtMillis + rightMillis;
  }

  /**
   * Who wants to open books.
   *
   * @param node its name
   * @param asks whether it may ask a deputy to give them back: the home's own node
   * @param session of the node on its own disk
   * @param holder tells it from all others, also from its own data directory copied elsewhere. One
   *     who holds the right already is known to have ended, so that it need not lapse first
   */
  record Opener(NodeName node, String holder, boolean asks, long session) {
    /** One that asks, and has not been started before. */
    Opener(NodeName node, String holder) {
      this(node, holder, true, 0);
    }
  }

  /**
   * Opens the books, as soon as the right of the opener before has lapsed.
   *
   * @throws StoreException IN_USE if somebody else keeps it longer than the patience
   */
  static HomeRight open(
      SharedDatabase database,
      NodeName home,
      Opener opener,
      Duration patience,
      RandomGenerator random) {
    long until = System.nanoTime() + patience.toNanos();
    String newStoreId = "%016x".formatted(random.nextLong());
    boolean said = false;
    while (true) {
      long askedAt = CLOCK.millis();
      var tried =
          database.repeat(
              "open books of " + home,
              () -> System.nanoTime() < until,
              connection -> tryOpen(connection, database, home, opener, newStoreId));
      if (tried.fence > 0) {
        LOG.info("event=books-opened home={} fence={} store={}", home, tried.fence, tried.storeId);
        return new HomeRight(home, tried, database.settings().right(), askedAt);
      }
      if (System.nanoTime() >= until)
        throw new StoreException(
            StoreException.Kind.IN_USE,
            "the books of " + home + " are open on " + tried.node,
            "stop that node first, or give this one another name with --name",
            null);
      if (!said)
        LOG.info(
            "event=books-held home={} by={}: waiting for its right to lapse", home, tried.node);
      said = true;
      LockSupport.parkNanos(POLL_MILLIS * 1_000_000);
    }
  }

  /** What an attempt found; fence 0 if somebody has the right. */
  private record Tried(long fence, String storeId, String node, boolean newEpoch, long session) {
    Tried at(long otherFence, long newSession) {
      return new Tried(otherFence, storeId, node, newEpoch, newSession);
    }
  }

  private static Tried tryOpen(
      Connection connection,
      SharedDatabase database,
      NodeName home,
      Opener opener,
      String newStoreId)
      throws SQLException {
    String until =
        "clock_timestamp() + interval '"
            + database.settings().right().toMillis()
            + " milliseconds'";
    try (var create =
        connection.prepareStatement(
            "insert into mosey_home (name, store_id, fence, holder, node, right_until)"
                + " values (?, ?, 0, '', '', clock_timestamp()) on conflict do nothing")) {
      create.setString(1, home.value());
      create.setString(2, newStoreId);
      create.executeUpdate();
    }
    Tried found;
    boolean free;
    try (var look =
        connection.prepareStatement(
            "select fence, store_id, node, right_until <= clock_timestamp() or holder = ?,"
                + " new_epoch or holder not in ('', ?) from mosey_home where name = ?")) {
      look.setString(1, opener.holder);
      look.setString(2, opener.holder);
      look.setString(3, home.value());
      try (var row = look.executeQuery()) {
        row.next();
        found = new Tried(row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(5), 0);
        free = row.getBoolean(4);
      }
    }
    Tried tried = free ? take(connection, found, home, opener, until) : found.at(0, 0);
    if (!free && opener.asks) ask(connection, found, home, opener);
    connection.commit();
    return tried;
  }

  /** The fence says whether it is still the row that was looked at. */
  private static Tried take(
      Connection connection, Tried found, NodeName home, Opener opener, String until)
      throws SQLException {
    try (var take =
        connection.prepareStatement(
            "update mosey_home set fence = fence + 1, wanted_by = '',"
                + " new_epoch = new_epoch or holder not in ('', ?), holder = ?, node = ?,"
                + " session = greatest(session, ?) + 1, right_until = "
                + until
                + " where name = ? and fence = ? and (right_until <= clock_timestamp()"
                + " or holder = ?) returning session")) {
      take.setString(1, opener.holder);
      take.setString(2, opener.holder);
      take.setString(3, opener.node.value());
      take.setLong(4, opener.session);
      take.setString(5, home.value());
      take.setLong(6, found.fence);
      take.setString(7, opener.holder);
      try (var row = take.executeQuery()) {
        return row.next() ? found.at(found.fence + 1, row.getLong(1)) : found.at(0, 0);
      }
    }
  }

  private static void ask(Connection connection, Tried found, NodeName home, Opener opener)
      throws SQLException {
    try (var ask =
        connection.prepareStatement(
            "update mosey_home set wanted_by = ? where name = ? and node <> ? and fence = ?")) {
      ask.setString(1, opener.node.value());
      ask.setString(2, home.value());
      ask.setString(3, opener.node.value());
      ask.setLong(4, found.fence);
      ask.executeUpdate();
    }
  }

  /**
   * Renews it as part of a transaction, and so locks out other openers until that ends. To be
   * followed by {@link #renewed} once the transaction is committed.
   *
   * @throws StoreException FENCED: another has opened the books since
   */
  void renew(Connection connection) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update mosey_home set right_until = "
                + renewal
                + ", new_epoch = new_epoch and not ? where name = ? and fence = ? returning"
                + " wanted_by")) {
      statement.setBoolean(1, epochRaised);
      statement.setString(2, home.value());
      statement.setLong(3, fence);
      try (var row = statement.executeQuery()) {
        if (!row.next()) throw fenced();
        wantedBy = row.getString(1);
      }
    }
  }

  /** The transaction that was begun at that time of the boot clock has been committed. */
  void renewed(long begunAtMillis) {
    validUntilMillis = Math.max(validUntilMillis, begunAtMillis + rightMillis);
  }

  /** Gives it back, so that the next opener need not wait; nothing if another has it. */
  void giveBack(Connection connection) throws SQLException {
    givenBack = true;
    try (var statement =
        connection.prepareStatement(
            "update mosey_home set right_until = clock_timestamp(),"
                + " new_epoch = new_epoch and not ? where name = ? and fence = ?")) {
      statement.setBoolean(1, epochRaised);
      statement.setString(2, home.value());
      statement.setLong(3, fence);
      statement.executeUpdate();
      connection.commit();
    }
  }

  private StoreException fenced() {
    return new StoreException(
        StoreException.Kind.FENCED,
        "the books of " + home + " have been opened elsewhere",
        "this node writes no more to them; when it is started again it asks for them back",
        null);
  }

  /** Whether it still holds, by this machine's clock, which runs on in suspend. */
  boolean holds() {
    return !givenBack && leftMillis() > 0;
  }

  /** What is left of it; not positive when it has lapsed. */
  long leftMillis() {
    return validUntilMillis - CLOCK.millis();
  }

  /** The node that asks for the books back, or empty; as of the last renewal. */
  String wantedBy() {
    return wantedBy;
  }

  /** The session of the node that bears the home's name: above all before, on any machine. */
  long session() {
    return session;
  }

  /** Whether the books must be given a new epoch: another machine had them, or a backup. */
  boolean newEpoch() {
    return newEpoch;
  }

  /** The new epoch is in the books; the next renewal says so to the database. */
  void epochRaised() {
    epochRaised = true;
  }

  /** The identity of the books. */
  String storeId() {
    return storeId;
  }

  long fence() {
    return fence;
  }
}
