package dev.mosey.chaos;

import dev.mosey.chaos.Plan.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the nodes stand on: a network and a disk for each where this machine lets us have them. */
final class Ground implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int PORT = 7520;
  private static final int HTTP_PORT = 7521;

  private final Path directory;
  private final Networks networks;
  private final Disks disks;
  private final Database database;
  private final Map<String, Place> places = new HashMap<>();

  /**
   * Where a node is.
   *
   * @param prefix what its command begins with
   * @param data its directory
   */
  record Place(List<String> prefix, String host, int port, int httpPort, Path data) {}

  private Ground(Path directory, Networks networks, Disks disks, Database database) {
    this.database = database;
    this.directory = directory;
    this.networks = networks;
    this.disks = disks;
  }

  /**
   * For these nodes.
   *
   * @param directory where all files are
   * @param shared whether their books are in a database
   */
  static Ground of(Path directory, List<String> nodes, boolean shared) throws IOException {
    Networks networks = Networks.arePossible() ? new Networks(nodes) : null;
    Disks disks = Disks.arePossible(directory) ? new Disks(directory, nodes) : null;
    String here = networks == null ? LOOPBACK : networks.own();
    Database database = shared ? new Database(directory.resolve("postgres"), here) : null;
    Ground ground = new Ground(directory, networks, disks, database);
    List<Integer> ports = networks == null ? freePorts(2 * nodes.size()) : List.of();
    for (int i = 0; i < nodes.size(); i++) {
      String node = nodes.get(i);
      Path data = disks == null ? directory.resolve(node) : disks.of(node).resolve("data");
      ground.places.put(
          node,
          networks == null
              ? new Place(List.of(), LOOPBACK, ports.get(i), ports.get(nodes.size() + i), data)
              : new Place(networks.within(node), networks.address(node), PORT, HTTP_PORT, data));
    }
    return ground;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    return ports;
  }

  Place place(String node) {
    return places.get(node);
  }

  /** What is there. */
  Set<Needs> there() {
    Set<Needs> there = EnumSet.of(Needs.NOTHING);
    if (networks != null) {
      there.add(Needs.NETWORKS);
    }
    if (disks != null) {
      there.add(Needs.DISKS);
    }
    if (database != null) {
      there.add(Needs.DATABASE);
    }
    return there;
  }

  /** Null where the books are on the nodes' disks. */
  Database database() {
    return database;
  }

  Networks networks() {
    return networks;
  }

  Disks disks() {
    return disks;
  }

  /** Copies what is on the disks of the nodes to where it can be looked at later. */
  void keep() {
    if (disks != null) {
      places.forEach(
          (node, place) ->
              Shell.run("cp", "-a", place.data().toString(), directory.resolve(node).toString()));
    }
  }

  @Override
  public void close() throws IOException {
    if (database != null) {
      database.close();
    }
    if (networks != null) {
      networks.close();
    }
    if (disks != null) {
      disks.close();
      for (String node : places.keySet()) {
        Files.deleteIfExists(directory.resolve(node + ".disk"));
      }
    }
  }
}
