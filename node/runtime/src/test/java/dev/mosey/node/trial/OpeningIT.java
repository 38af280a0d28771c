package dev.mosey.node.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.PostgresServer;
import dev.mosey.node.testcluster.ClusterLogs;
import dev.mosey.node.testcluster.TestCluster;
import dev.mosey.node.testcluster.TestNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A daemon whose books do not open: it is frozen when it begins to read them, and a lock in the
 * database keeps it from going on.
 */
@ExtendWith(ClusterLogs.class)
final class OpeningIT {
  private static final String WAITS = "event=books-opening";

  private static PostgresServer server;
  private static TestCluster cluster;
  private static TestNode alpha;

  @BeforeAll
  static void start() throws IOException {
    server = PostgresServer.start();
    cluster =
        TestCluster.of("alpha")
            .set("store.kind", "postgresql")
            .set("store.postgresql.url", server.url())
            .set("store.postgresql.right", "3s")
            .start()
            .awaitUp(1);
    alpha = cluster.node("alpha");
    alpha.terminate();
    assertThat(alpha.awaitExit()).isZero();
  }

  @AfterAll
  static void stop() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
    if (server != null) {
      server.close();
    }
  }

  /** Nobody reads or writes the books until this is closed. */
  private static Connection locked() throws SQLException {
    Connection connection = DriverManager.getConnection(server.url(), "mosey", "");
    connection.setAutoCommit(false);
    try (var lock = connection.createStatement()) {
      lock.execute("lock table mosey_entry in access exclusive mode");
    }
    return connection;
  }

  private static void frozenAtItsBooks() {
    alpha.start().awaitLine(WAITS).sigstop();
  }

  @Test
  void endsInOrderWhenItIsToldToBeforeItsBooksAreOpen() throws SQLException {
    frozenAtItsBooks();
    try (Connection _ = locked()) {
      alpha.sigcont();
      alpha.terminate();
      assertThat(alpha.awaitExit()).isZero();
    }
    alpha.start().awaitUp();
    alpha.terminate();
    assertThat(alpha.awaitExit()).isZero();
  }

  @Test
  void endsWhenAnotherHasTakenItsBooksBeforeTheyWereOpen() throws SQLException {
    frozenAtItsBooks();
    try (Connection _ = locked()) {
      try (Connection another = DriverManager.getConnection(server.url(), "mosey", "");
          var take = another.createStatement()) {
        take.execute("update mosey_home set fence = fence + 1 where name = 'alpha'");
      }
      alpha.sigcont();
      assertThat(alpha.awaitExit()).isEqualTo(1);
      assertThat(alpha.written()).contains("the books of alpha have been opened elsewhere");
    }
  }
}
