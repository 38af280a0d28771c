package dev.mosey.tools.service;

import dev.mosey.tools.Caller;
import dev.mosey.tools.Failure;
import dev.mosey.tools.json.JsonText;
import dev.mosey.tools.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the user's nodes on this machine are started with, kept in {@code nodes.json} of the state
 * directory, so that a later start resumes them.
 */
public final class Nodes {
  private final Path state;
  private final Map<String, Recorded> nodes = new LinkedHashMap<>();

  /**
   * One node.
   *
   * @param name its name
   * @param host its address
   * @param port between nodes
   * @param httpPort of the HTTP interface
   * @param seeds nodes to join
   * @param more further arguments for mosd
   */
  public record Recorded(
      String name, String host, int port, int httpPort, List<String> seeds, List<String> more) {
    List<String> arguments() {
      List<String> arguments = new ArrayList<>(List.of("--name", name, "--host", host));
      arguments.addAll(List.of("--port", Integer.toString(port)));
      arguments.addAll(List.of("--http-port", Integer.toString(httpPort)));
      for (String seed : seeds) {
        arguments.addAll(List.of("--seed", seed));
      }
      arguments.addAll(more);
      return arguments;
    }

    /** The same with another address of a seed. */
    Recorded withSeed(String before, String after) {
      List<String> changed =
          seeds.stream().map(seed -> seed.equals(before) ? after : seed).toList();
      return new Recorded(name, host, port, httpPort, changed, more);
    }

    /** How other nodes reach it. */
    String address() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  private Nodes(Path state) {
    this.state = state;
  }

  /** What is recorded; nothing when nothing was started yet. */
  public static Nodes of(Caller caller) {
    String set = caller.variable("XDG_STATE_HOME");
    Path base =
        set != null && set.startsWith("/") ? Path.of(set) : caller.home().resolve(".local/state");
    Nodes nodes = new Nodes(base.resolve("mosey"));
    nodes.read();
    return nodes;
  }

  private Path file() {
    return state.resolve("nodes.json");
  }

  private void read() {
    try {
      for (JsonValue node : JsonText.parse(Files.readString(file())).get("nodes").items()) {
        put(
            new Recorded(
                node.text("name", ""),
                node.text("host", "127.0.0.1"),
                (int) node.number("port"),
                (int) node.number("http_port"),
                node.texts("seeds"),
                node.texts("more")));
      }
    } catch (NoSuchFileException none) {
      // Nothing was started yet.
    } catch (IOException | IllegalArgumentException damaged) {
      throw Failure.refused(
          file() + " is not readable: " + damaged.getMessage(),
          "delete it: the nodes' data stays, and mosixd start records anew");
    }
  }

  /** Records these. */
  public void write() {
    List<JsonValue> all = new ArrayList<>();
    for (Recorded node : nodes.values()) {
      all.add(
          new JsonValue.Members()
              .put("name", node.name)
              .put("host", node.host)
              .put("port", node.port)
              .put("http_port", node.httpPort)
              .put("seeds", node.seeds)
              .put("more", node.more));
    }
    try {
      Files.createDirectories(state);
      Path written = Files.createTempFile(state, "nodes", ".new");
      Files.writeString(written, new JsonValue.Members().put("nodes", all) + "\n");
      Files.move(
          written, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException unwritable) {
      throw Failure.refused(file() + " can't be written: " + unwritable.getMessage(), null);
    }
  }

  /** One, or null. */
  public Recorded get(String name) {
    return nodes.get(name);
  }

  /** All, in the order in which they were first started. */
  public List<Recorded> all() {
    return List.copyOf(nodes.values());
  }

  /** Adds or replaces one. */
  public void put(Recorded node) {
    nodes.put(node.name, node);
  }

  /** Where its daemon writes what it has to say. */
  Path log(String name) {
    return state.resolve(name + ".log");
  }

  /** Who was started last under this name: a note as mosd leaves one, but before it is ready. */
  Path started(String name) {
    return state.resolve(name + ".started");
  }

  /** Deletes what a node keeps. */
  void forget(String name) {
    nodes.remove(name);
    Path data = state.resolve(name);
    if (!Files.isDirectory(data)) {
      return;
    }
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException kept) {
      throw Failure.refused(data + " can't be deleted: " + kept.getMessage(), null);
    }
  }
}
