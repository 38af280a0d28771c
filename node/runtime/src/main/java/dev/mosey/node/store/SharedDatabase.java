package dev.mosey.node.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of connections to the PostgreSQL database that several nodes keep their books in, with its
 * tables.
 *
 * <pre>
 *   mosey_home   one row per home: who has opened its books, how often they were opened (the
 *                fence), and until when that opener's right lasts without a sign of life
 *   mosey_entry  keys and values of all homes
 * </pre>
 */
final class SharedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);

  /** Classes of SQL states that a repetition does not mend: our fault, or the operator's. */
  private static final Set<String> LASTING = Set.of("0A", "22", "23", "3D", "3F", "42");

  private static final Set<String> LOGIN = Set.of("28");
  private static final long PAUSE_MILLIS_MIN = 50;
  private static final long PAUSE_MILLIS_MAX = 2_000;

  /** One lock for all nodes while the tables are made. */
  private static final long SCHEMA_LOCK = 0x6d6f736579L;

  private final SharedSettings settings;
  private final HikariDataSource pool;
  private volatile boolean opening = true;

  /** What is done with a connection. */
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private SharedDatabase(SharedSettings settings, HikariDataSource pool) {
    this.settings = settings;
    this.pool = pool;
  }

  /**
   * Connects, and makes the tables if they are not there.
   *
   * @throws StoreException UNSUITABLE if the database is not there, lets nobody in or does not
   *     sync; FAILED if it did not answer in time
   */
  static SharedDatabase open(SharedSettings settings) {
    var database = new SharedDatabase(settings, new HikariDataSource(config(settings)));
    try {
      long until = System.nanoTime() + settings.openPatience().toNanos();
      database.repeat(
          "open",
          () -> System.nanoTime() < until,
          connection -> {
            database.check(connection);
            database.createTables(connection);
            return null;
          });
      database.opening = false;
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static HikariConfig config(SharedSettings settings) {
    var config = new HikariConfig();
    config.setPoolName("mosey-postgresql");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(Math.max(250, settings.connectPatience().toMillis()));
    config.setValidationTimeout(Math.max(250, settings.connectPatience().toMillis()));
    config.setAutoCommit(false);
    // The database may be away when the node starts: waiting for it is not the pool's.
    config.setInitializationFailTimeout(-1);
    long statement = settings.statementPatience().toMillis();
    long idle = settings.right().toMillis();
    config.addDataSourceProperty("currentSchema", settings.schema());
    config.addDataSourceProperty("ApplicationName", "mosey");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", seconds(settings.connectPatience().toMillis()));
    config.addDataSourceProperty("loginTimeout", seconds(settings.connectPatience().toMillis()));
    config.addDataSourceProperty("socketTimeout", seconds(2 * statement));
    // A frozen opener must not keep the row of its home locked.
    config.addDataSourceProperty(
        "options",
        "-c synchronous_commit=on -c statement_timeout=%d -c lock_timeout=%d"
                .formatted(statement, Math.max(1000, idle / 2))
            + " -c idle_in_transaction_session_timeout="
            + idle);
    return config;
  }

  private static String seconds(long millis) {
    return String.valueOf(Math.max(1, (millis + 999) / 1000));
  }

  private void check(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select current_setting('fsync'), current_setting('full_page_writes')")) {
      row.next();
      if (!row.getString(1).equals("on") || !row.getString(2).equals("on"))
        throw new StoreException(
            StoreException.Kind.UNSUITABLE,
            "the database " + name() + " does not sync: fsync or full_page_writes is off",
            "set both to on: what was acknowledged would be lost with its power",
            null);
    }
  }

  private void createTables(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(" + SCHEMA_LOCK + ")");
      try (var found =
          statement.executeQuery("select to_regclass('" + settings.schema() + ".mosey_entry')")) {
        found.next();
        if (found.getString(1) != null) {
          connection.commit();
          return;
        }
      }
      statement.execute("create schema if not exists " + settings.schema());
      statement.execute(
          """
          create table if not exists mosey_home (
            name text primary key,
            store_id text not null,
            fence bigint not null,
            holder text not null,
            node text not null,
            session bigint not null default 0,
            wanted_by text not null default '',
            new_epoch boolean not null default false,
            right_until timestamptz not null)
            with (fillfactor = 50)
          """);
      statement.execute(
          """
          create table if not exists mosey_entry (
            home text not null,
            family smallint not null,
            key bytea not null,
            value bytea not null,
            primary key (home, family, key))
          """);
      // Images and output are compressed already, or not worth the time of the one writer.
      statement.execute("alter table mosey_entry alter column value set storage external");
      connection.commit();
    }
  }

  /** For messages. */
  String name() {
    return settings.url().replaceFirst("\\?.*", "");
  }

  SharedSettings settings() {
    return settings;
  }

  /** Once; the connection goes back to the pool, rolled back if the work did not commit. */
  <T> T once(Work<T> work) throws SQLException {
    try (var connection = pool.getConnection()) {
      return work.with(connection);
    }
  }

  /** Whether to go on trying. */
  interface Patience {
    boolean lasts();
  }

  /**
   * Repeats until it succeeds, while the database can't be reached or asks to try again. So the
   * work must be one that may be repeated, also when its commit was not heard of.
   *
   * @throws StoreException as soon as a repetition would not help, or when the patience has ended
   */
  <T> T repeat(String what, Patience patience, Work<T> work) {
    long pause = PAUSE_MILLIS_MIN;
    long since = System.nanoTime();
    boolean said = false;
    while (true) {
      try {
        T result = once(work);
        if (said)
          LOG.info(
              "event=database-back what={} away_ms={}",
              what,
              (System.nanoTime() - since) / 1000000);
        return result;
      } catch (SQLException e) {
        boolean wrongLogin = opening && LOGIN.contains(stateClass(e));
        if (isLasting(e) || wrongLogin || !patience.lasts()) throw explain(e);
        if (!said)
          LOG.warn("event=database-away what={} why=\"{}\": waiting for it", what, line(e));
        said = true;
      }
      LockSupport.parkNanos(pause * 1_000_000);
      pause = Math.min(2 * pause, PAUSE_MILLIS_MAX);
    }
  }

  private static boolean isLasting(SQLException e) {
    return LASTING.contains(stateClass(e));
  }

  private static String stateClass(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause())
      if (cause instanceof SQLException sql && sql.getSQLState() != null)
        return sql.getSQLState().substring(0, Math.min(2, sql.getSQLState().length()));
    return "";
  }

  /** One line, with what to do. */
  StoreException explain(SQLException e) {
    if (LOGIN.contains(stateClass(e)) || stateClass(e).equals("3D"))
      return new StoreException(
          StoreException.Kind.UNSUITABLE,
          "the database " + name() + " does not let " + settings.user() + " in: " + line(e),
          "see mosd.store.postgresql.url, user and password-file",
          e);
    if (isLasting(e))
      return new StoreException(
          StoreException.Kind.FAILED,
          "the database " + name() + " refuses: " + line(e),
          "the user needs all rights on schema " + settings.schema(),
          e);
    return new StoreException(
        StoreException.Kind.FAILED,
        "the database " + name() + " can't be used: " + line(e),
        "nothing acknowledged is lost; see that it runs and can be reached from here",
        e);
  }

  private static String line(SQLException e) {
    Throwable last = e;
    while (last.getCause() instanceof SQLException cause) last = cause;
    return String.valueOf(last.getMessage()).lines().findFirst().orElse("no reason given");
  }

  @Override
  public void close() {
    pool.close();
  }
}
