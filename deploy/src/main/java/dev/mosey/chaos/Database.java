package dev.mosey.chaos;

import dev.mosey.demo.DemoFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of the run's own, in which all homes have their books. It syncs, and it can
 * crash.
 */
final class Database implements AutoCloseable {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final int CONNECTIONS = 100;

  private final Path programs;
  private final Path directory;
  private final String host;
  private final int port;

  /**
   * Starts one.
   *
   * @param directory which is made
   * @param host the address of this machine at which the nodes reach it
   */
  Database(Path directory, String host) throws IOException {
    this.programs =
        programs()
            .orElseThrow(
                () ->
                    new DemoFailure(
                        "--store postgresql needs PostgreSQL here (Debian: postgresql)"));
    this.directory = Files.createDirectories(directory);
    this.host = host;
    this.port = freePort();
    if (Shell.isRoot()) {
      // The server refuses to run as root, and has to come to its files.
      must("chmod", "711", directory.getParent().toString());
      must("chown", "nobody", directory.toString());
    }
    server("initdb", "-D", data(), "-A", "trust", "-U", "mosey", "-E", "UTF8");
    Files.writeString(
        Path.of(data(), "pg_hba.conf"),
        "host all all " + host + "/16 trust\n",
        StandardOpenOption.APPEND);
    startAgain();
  }

  private static Optional<Path> programs() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String each : System.getenv("PATH").split(":")) {
      places.add(Path.of(each));
    }
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        versions.sorted().map(version -> version.resolve("bin")).forEach(places::add);
      }
    }
    return places.stream().filter(place -> Files.isExecutable(place.resolve("initdb"))).findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  /** What nodes write into their settings. */
  List<String> settings() {
    return List.of(
        "mosd.store.kind = postgresql",
        "mosd.store.postgresql.url = \"jdbc:postgresql://%s:%d/postgres\"".formatted(host, port),
        "mosd.store.postgresql.connections = 6");
  }

  /** Starts it after a crash. */
  void startAgain() {
    server(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        data(),
        "-l",
        directory.resolve("log").toString(),
        "-o",
        "-p %d -c listen_addresses=127.0.0.1,%s -c max_connections=%d -c unix_socket_directories=%s"
            .formatted(port, host, CONNECTIONS, directory));
  }

  /** Ends it at once: nothing is written any more, every connection breaks. */
  void crash() {
    server("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data());
  }

  private void server(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (Shell.isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    try {
      int status =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (status != 0) {
        throw new DemoFailure(program + " of PostgreSQL failed: status " + status);
      }
    } catch (IOException missing) {
      throw new DemoFailure(program + " can't be run: " + missing.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted");
    }
  }

  private static void must(String... command) {
    Shell.Said said = Shell.run(command);
    if (said.status() != 0) {
      throw new DemoFailure(String.join(" ", command) + ": " + said.text());
    }
  }

  @Override
  public void close() {
    try {
      crash();
    } catch (DemoFailure already) {
      // it was not running
    }
  }
}
