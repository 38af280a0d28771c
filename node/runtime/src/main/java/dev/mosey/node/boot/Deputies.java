package dev.mosey.node.boot;

import com.typesafe.config.ConfigRenderOptions;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.SharedStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.NodeName;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over homes that are away: for each, a daemon of its own beside this one, the deputy, which
 * bears the home's name, opens its books in the shared store, and runs nothing itself. To all
 * others the home is there again, at another address.
 *
 * <p>Which node starts it is drawn by the names (rendezvous hashing), so that all nodes come to the
 * same one without talking; the next in order waits a little longer, in case the first does not.
 * Who is wrong about it is refused by the database. A deputy ends when the home's own node asks for
 * the books.
 */
final class Deputies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deputies.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration NEXT_IN_ORDER_WAITS = Duration.ofSeconds(15);
  private static final long RETRY_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long STOP_SECONDS = 20;

  /**
   * A process that was started.
   *
   * @param startedNanos when
   */
  private record Deputy(Process process, long startedNanos) {}

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("mosey-deputies").daemon().factory());
  private final Map<NodeName, Deputy> started = new TreeMap<>();

  private Deputies() {}

  /**
   * Of a deputy: it has none itself.
   *
   * @param wantedBy who asks for the books, or empty
   * @param giveBack told once who does
   */
  static Deputies none(Supplier<String> wantedBy, Consumer<String> giveBack) {
    Deputies none = new Deputies();
    none.every(
        () -> {
          String by = wantedBy.get();
          if (!by.isEmpty()) {
            none.timer.shutdown();
            giveBack.accept(by);
          }
        });
    return none;
  }

  /**
   * Looks from now on whether homes are away, if the settings want that.
   *
   * @param ownAddress of this node, for deputies to join
   * @param cluster as this node sees it
   */
  static Deputies start(
      NodeSettings settings,
      NodeStore store,
      Supplier<String> ownAddress,
      Supplier<MembershipView> cluster) {
    Deputies deputies = new Deputies();
    Duration after = settings.sharing().takeoverAfter();
    if (store.shared().isPresent()
        && after.isPositive()
        && settings.roles().contains(NodeSettings.HOME)) {
      SharedStore shared = store.shared().get();
      deputies.every(
          () -> {
            for (NodeName home : due(shared, after, cluster.get())) {
              deputies.startOne(home, settings, ownAddress.get());
            }
          });
    }
    return deputies;
  }

  private void every(Runnable look) {
    var unused =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                look.run();
              } catch (StoreException databaseAway) {
                LOG.debug("event=deputies-not-looked-after", databaseAway);
              } catch (RuntimeException fault) {
                LOG.error("event=deputies-failed", fault);
              }
            },
            LOOK_EVERY.toMillis(),
            LOOK_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** The homes that it is this node's turn to take over. */
  private static List<NodeName> due(SharedStore shared, Duration after, MembershipView view) {
    List<NodeName> due = new ArrayList<>();
    if (!view.member()) {
      return due;
    }
    Set<NodeName> answering = new TreeSet<>(view.members());
    answering.removeAll(view.unreachable());
    for (NodeName home : shared.orphans(after)) {
      // A member of that name is there, or not given up yet: two of one name can't be in a cluster.
      if (view.members().contains(home)) {
        continue;
      }
      int place = order(home, answering).indexOf(view.self());
      Duration patience = after.plus(NEXT_IN_ORDER_WAITS.multipliedBy(place));
      if (place == 0 || shared.orphans(patience).contains(home)) {
        due.add(home);
      }
    }
    return due;
  }

  /** The nodes in the order in which they take over that home: the same wherever it is asked. */
  static List<NodeName> order(NodeName home, Set<NodeName> nodes) {
    return nodes.stream()
        .sorted(
            Comparator.comparingLong((NodeName node) -> draw(home, node))
                .thenComparing(NodeName::value))
        .toList();
  }

  private static long draw(NodeName home, NodeName node) {
    try {
      byte[] names = (home + " " + node).getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(names)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private synchronized void startOne(NodeName home, NodeSettings settings, String ownAddress) {
    Deputy before = started.get(home);
    long now = System.nanoTime();
    if (ownAddress == null
        || before != null
            && (before.process.isAlive() || now - before.startedNanos < RETRY_NANOS)) {
      return;
    }
    Path directory = settings.data().resolve("deputies");
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(home + ".conf");
      Files.writeString(file, settings.given().root().render(ConfigRenderOptions.concise()));
      List<String> command = command();
      command.addAll(
          List.of(
              "--deputy-by",
              settings.name().value(),
              "--name",
              home.value(),
              "--role",
              NodeSettings.HOME,
              "--data",
              directory.resolve(home.value()).toString(),
              "--port",
              "0",
              "--http-port",
              "0",
              "--seed",
              ownAddress,
              "--config",
              file.toString()));
      File log = directory.resolve(home + ".log").toFile();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .redirectError(ProcessBuilder.Redirect.appendTo(log))
              .start();
      started.put(home, new Deputy(process, now));
      LOG.warn("event=takeover home={} deputy_pid={} log={}", home, process.pid(), log);
    } catch (IOException failed) {
      LOG.error("event=takeover-failed home={}", home, failed);
    }
  }

  /** The program that this is: by its launcher, or as the JVM was started. */
  private static List<String> command() throws IOException {
    String launcher = System.getProperty("mosey.launcher");
    if (launcher != null && Files.isExecutable(Path.of(launcher))) {
      return new ArrayList<>(List.of(launcher));
    }
    List<String> command = new ArrayList<>();
    command.add(Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(MosdMain.class.getName());
    return command;
  }

  /** Ends those that run, in order, so that another node takes over at once. */
  synchronized void stop() {
    timer.shutdownNow();
    started.values().forEach(deputy -> deputy.process.destroy());
    for (Deputy deputy : started.values()) {
      try {
        if (!deputy.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          LOG.warn("event=deputy-not-ended pid={}", deputy.process.pid());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Looks no more; deputies go on. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
