package dev.mosey.node.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A real PostgreSQL server in a directory of its own, on a port of its own, that syncs. */
public final class PostgresServer implements AutoCloseable {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final int STARTS_MAX = 5;

  private final Path programs;
  private final Path directory;
  private int port;
  private int schemas;

  private PostgresServer(Path programs, Path directory) {
    this.programs = programs;
    this.directory = directory;
  }

  /** Starts one; the test is skipped where PostgreSQL is not installed. */
  public static PostgresServer start() throws IOException {
    var programs = programs();
    assumeTrue(
        programs.isPresent() || System.getenv("MOSEY_NO_SKIP") != null,
        "PostgreSQL is not installed (Debian: postgresql)");
    var server =
        new PostgresServer(programs.orElseThrow(), Files.createTempDirectory("mosey-postgres"));
    if (isRoot()) check(run(List.of("chown", "nobody", server.directory.toString())));
    check(
        server.postgres(
            "initdb", "-D", server.data(), "-A", "trust", "-U", "mosey", "-N", "-E", "UTF8"));
    for (int starts = 1; ; starts++) {
      server.port = freePort();
      int status = server.startAgain();
      if (status == 0) return server;
      if (starts == STARTS_MAX)
        throw new IOException("no start: " + Files.readString(server.directory.resolve("log")));
    }
  }

  private static Optional<Path> programs() throws IOException {
    var places = new ArrayList<Path>();
    for (var each : System.getenv("PATH").split(":")) places.add(Path.of(each));
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        versions.sorted().map(version -> version.resolve("bin")).forEach(places::add);
      }
    }
    return places.stream().filter(place -> Files.isExecutable(place.resolve("initdb"))).findFirst();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  /** PostgreSQL refuses to run as root. */
  private int postgres(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    if (isRoot())
      command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    return run(command);
  }

  private static int run(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(Path.of("/tmp").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join()
        .exitValue();
  }

  private static void check(int status) throws IOException {
    if (status != 0) throw new IOException("a program of PostgreSQL failed: status " + status);
  }

  /** Starts it after a stop, on the same port. */
  public int startAgain() throws IOException {
    return postgres(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        data(),
        "-l",
        directory.resolve("log").toString(),
        "-o",
        "-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c max_connections=60 -c unix_socket_directories="
            + directory);
  }

  /** Ends it as a crash would: nothing is written any more, every connection breaks. */
  public void crash() throws IOException {
    check(postgres("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data()));
  }

  /** Settings for a schema of its own. */
  public SharedSettings freshSchema(Duration right) {
    return settings("mosey_" + ++schemas, right);
  }

  public SharedSettings settings(String schema, Duration right) {
    return new SharedSettings(
        true,
        url(),
        "mosey",
        "",
        schema,
        4,
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        right,
        Duration.ZERO);
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /** Runs a statement beside all nodes; the first column of its first row, or null. */
  public String ask(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(url(), "mosey", "");
        var statement = connection.createStatement()) {
      if (!statement.execute(sql)) return null;
      try (var row = statement.getResultSet()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    postgres("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data());
    Fixtures.delete(directory);
  }
}
