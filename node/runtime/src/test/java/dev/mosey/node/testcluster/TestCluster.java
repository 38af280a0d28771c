package dev.mosey.node.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Some nodes on this machine, each a process of its own, in a directory of their own with a key of
 * their own. Whatever was started is ended by {@link #close}, and at the latest with the JVM of the
 * test; with {@link ClusterLogs} on the test class also without it, and their logs are printed when
 * a test fails.
 *
 * <pre>
 *   try (TestCluster cluster = TestCluster.of("alpha", "beta", "gamma").slots(2).start()) {
 *     cluster.awaitUp(3);
 *     cluster.node("beta").kill9();
 *   }
 * </pre>
 */
public final class TestCluster implements AutoCloseable {
  private static final List<TestCluster> OPEN = new CopyOnWriteArrayList<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TestCluster::closeAll));
  }

  private final Path directory;
  private final Map<String, TestNode> nodes = new LinkedHashMap<>();
  private final Function<String, TestNode.Place> places;

  private TestCluster(Collection<String> names, Function<String, TestNode.Place> places) {
    this.places = places;
    try {
      directory = Files.createTempDirectory("mosey-test");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    OPEN.add(this);
    List<Integer> ports = freePorts(2 * names.size());
    for (String name : names) {
      nodes.put(name, node(name, ports.removeLast(), ports.removeLast()));
    }
    TestNode first = nodes.values().iterator().next();
    nodes.values().stream()
        .filter(node -> node != first)
        .forEach(node -> node.argument("--seed", first.address()));
  }

  /** Nodes of these names; the first founds the cluster, and is the others' seed. */
  public static TestCluster of(String... names) {
    return new TestCluster(List.of(names), name -> TestNode.Place.LOOPBACK);
  }

  /** The same, each node in a network of its own. */
  public static TestCluster in(TestNetwork network, String... names) {
    return new TestCluster(List.of(names), network::place);
  }

  private TestNode node(String name, int port, int httpPort) {
    return new TestNode(
        name, port, httpPort, places.apply(name), directory.resolve(name), keyDirectory());
  }

  /** As many processes on each node at most. */
  public TestCluster slots(int slots) {
    return set("slots", String.valueOf(slots));
  }

  /** Sets a key of the settings below {@code mosd} on every node. */
  public TestCluster set(String key, String value) {
    return each(node -> node.set(key, value));
  }

  /** Adds an option to every node's JVM. */
  public TestCluster jvmOption(String option) {
    return each(node -> node.jvmOption(option));
  }

  /** Does something with every node. */
  public TestCluster each(Consumer<TestNode> action) {
    nodes.values().forEach(action);
    return this;
  }

  /** Starts every node; does not wait. */
  public TestCluster start() {
    return each(TestNode::start);
  }

  /** Waits until so many nodes, all that run, are up and see each other. */
  public TestCluster awaitUp(int count) {
    Set<String> running = new TreeSet<>();
    each(
        node -> {
          if (node.alive()) {
            running.add(node.name());
          }
        });
    if (running.size() != count) {
      throw new AssertionError(running + " run, not " + count);
    }
    for (String name : running) {
      node(name).awaitUp();
    }
    for (String name : running) {
      node(name).awaitMembers(running);
    }
    return this;
  }

  /** The node of this name. */
  public TestNode node(String name) {
    return nodes.get(name);
  }

  /** All nodes, in the order given. */
  public List<TestNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** All that run but these. */
  public List<TestNode> others(String... names) {
    return nodes().stream()
        .filter(node -> node.alive() && !List.of(names).contains(node.name()))
        .toList();
  }

  /** The directory of everything here. */
  public Path directory() {
    return directory;
  }

  /** Where the cluster's key is. */
  public Path keyDirectory() {
    return directory.resolve("key");
  }

  /** One more node, not started, which has the first as its seed. */
  public TestNode add(String name) {
    List<Integer> ports = freePorts(2);
    TestNode node = node(name, ports.getFirst(), ports.getLast());
    node.argument("--seed", nodes().getFirst().address());
    nodes.put(name, node);
    return node;
  }

  @Override
  public void close() {
    each(TestNode::kill9);
    OPEN.remove(this);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException stillWritten) {
      System.err.println("left behind: " + directory + ": " + stillWritten.getMessage());
    }
  }

  static void closeAll() {
    OPEN.forEach(TestCluster::close);
  }

  /** The ends of the logs of every node of every open cluster. */
  static String logs() {
    StringBuilder logs = new StringBuilder();
    for (TestCluster cluster : OPEN) {
      for (TestNode node : cluster.nodes()) {
        logs.append("---- ").append(node.name());
        logs.append(node.alive() ? ", running\n" : ", ended\n").append(node.tail()).append('\n');
      }
    }
    return logs.toString();
  }

  /** Ports that nobody has at this moment. */
  static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } finally {
      sockets.forEach(TestCluster::closeQuietly);
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
