package dev.mosey.node.testcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A small network on this machine: one namespace for each node, all on one bridge, on which this
 * JVM has an address as well. Needs root and {@code ip}; its names are its own, and all of it is
 * removed by {@link #close}, at the latest with this JVM.
 */
public final class TestNetwork implements AutoCloseable {
  private final String tag = Long.toString(ProcessHandle.current().pid(), 36);
  private final String bridge = "mtb" + tag;

  /** A part of 198.18.0.0/15, which is kept for tests of networks (RFC 2544). */
  private final String prefix =
      "198.%d.%d."
          .formatted(
              ThreadLocalRandom.current().nextInt(18, 20),
              ThreadLocalRandom.current().nextInt(256));

  private final List<String> names = new ArrayList<>();
  private final Thread hook = new Thread(this::remove);

  /** An empty network. */
  public TestNetwork() {
    Runtime.getRuntime().addShutdownHook(hook);
    ip("link add " + bridge + " type bridge");
    ip("addr add " + prefix + "1/24 dev " + bridge);
    ip("link set " + bridge + " up");
  }

  /** Whether this machine lets us make one. */
  public static boolean isPossible() {
    try {
      new ProcessBuilder("ip", "-V").start().waitFor();
      return Integer.parseInt(run("id", "-u").strip()) == 0;
    } catch (IOException none) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Puts a node into a namespace of its own. */
  TestNode.Place place(String name) {
    names.add(name);
    String address = prefix + (names.size() + 1);
    ip("netns add " + namespace(name));
    ip("link add %s type veth peer name eth0 netns %s".formatted(link(name), namespace(name)));
    ip("link set %s master %s up".formatted(link(name), bridge));
    ip("-n %s addr add %s/24 dev eth0".formatted(namespace(name), address));
    ip("-n %s link set eth0 up".formatted(namespace(name)));
    ip("-n %s link set lo up".formatted(namespace(name)));
    return new TestNode.Place(List.of("ip", "netns", "exec", namespace(name)), address);
  }

  /** Cuts a node off from all others. */
  public void cut(String name) {
    ip("link set " + link(name) + " down");
  }

  /** The link is back. */
  public void mend(String name) {
    ip("link set " + link(name) + " up");
  }

  private String namespace(String name) {
    return "mosey-test-" + tag + "-" + name;
  }

  private String link(String name) {
    return "mt" + names.indexOf(name) + tag;
  }

  private void remove() {
    for (String name : names) {
      run("ip", "link", "del", link(name));
      run("ip", "netns", "del", namespace(name));
    }
    run("ip", "link", "del", bridge);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    remove();
  }

  private static void ip(String words) {
    String said = run(("ip " + words).split(" "));
    if (!said.isBlank()) {
      throw new AssertionError("ip " + words + ": " + said);
    }
  }

  /** What a command says; an ip command that has worked says nothing. */
  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
