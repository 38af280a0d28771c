package dev.mosey.tools.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jdk.net.ExtendedSocketOptions;

/**
 * Runs tools for the native fronts of one user. Started by a front when commands come one after the
 * other; ends by itself when none has come for a while.
 */
public final class ToolServer implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final long LOOK_MILLIS = 10_000;

  private final Path path;
  private final ServerSocketChannel server;
  private final String owner;
  private final String place;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());

  /**
   * Listens.
   *
   * @param path of the socket, in a directory that is the user's own
   * @throws IOException when it can't
   */
  ToolServer(Path path) throws IOException {
    this.path = path;
    this.place = place();
    Files.deleteIfExists(path);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    owner = Files.getOwner(path).getName();
  }

  /** Serves until idle; the argument is the socket's path. */
  public static void main(String[] arguments) throws IOException {
    ToolServer server = new ToolServer(Path.of(arguments[0]));
    Thread.ofPlatform().daemon().start(server::endWhenIdle);
    server.serve();
  }

  /** The same as the front says of itself: namespaces, and the root directory. */
  private static String place() throws IOException {
    StringBuilder place = new StringBuilder();
    for (String space : new String[] {"mnt", "net", "user", "pid"}) {
      place.append(Files.readSymbolicLink(Path.of("/proc/self/ns", space))).append(' ');
    }
    return place.append(Files.getAttribute(Path.of("/proc/self/root/"), "unix:ino")).toString();
  }

  /** How many commands run now. */
  int active() {
    return active.get();
  }

  /** Takes fronts until it is closed. */
  void serve() {
    while (true) {
      try {
        SocketChannel channel = server.accept();
        active.incrementAndGet();
        Thread.ofVirtual().start(() -> talk(channel));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void talk(SocketChannel channel) {
    try (channel) {
      if (channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName().equals(owner)) {
        new Conversation(channel, place).run();
      }
    } catch (IOException | RuntimeException gone) {
      // The front falls back, or has gone away: there is nobody to tell.
    } finally {
      lastNanos.set(System.nanoTime());
      active.decrementAndGet();
    }
  }

  private void endWhenIdle() {
    while (true) {
      try {
        // sleeps because being idle is the absence of events
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException nobodyDoesThat) {
        return;
      }
      boolean idle = System.nanoTime() - lastNanos.get() > IDLE.toNanos();
      if (active.get() == 0 && (idle || !Files.exists(path))) {
        try {
          close();
        } catch (IOException ended) {
          // It ends anyway.
        }
        Runtime.getRuntime().halt(0);
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
    server.close();
  }
}
