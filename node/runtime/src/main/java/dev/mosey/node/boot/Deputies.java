package dev.mosey.node.boot;

import com.typesafe.config.ConfigRenderOptions;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.store.DataDirectory;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.SharedStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.protocol.id.NodeName;
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
import java.util.concurrent.locks.LockSupport;
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
  private static final Duration UP_PATIENCE = Duration.ofSeconds(50);
  private static final long LOOK_AGAIN_NANOS = 50_000_000L;

  /**
   * A process that was started.
   *
   * @param startedNanos when
   * @param log what it writes
   * @param logBegin where that begins, in characters
   */
  private record Deputy(Process process, long startedNanos, Path log, int logBegin) {}

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("mosey-deputies").daemon().factory());
  private final Map<NodeName, Deputy> started = new TreeMap<>();
  private final NodeSettings settings;
  private final Supplier<String> ownAddress;
  private final Supplier<MembershipView> cluster;

  private Deputies(
      NodeSettings settings, Supplier<String> ownAddress, Supplier<MembershipView> cluster) {
    this.settings = settings;
    this.ownAddress = ownAddress;
    this.cluster = cluster;
  }

  /**
   * Of a deputy: it takes over nothing itself.
   *
   * @param settings of it
   * @param wantedBy who asks for the books, or empty
   * @param giveBack told once who does
   */
  static Deputies none(
      NodeSettings settings,
      Supplier<MembershipView> cluster,
      Supplier<String> wantedBy,
      Consumer<String> giveBack) {
    Deputies none = new Deputies(settings, () -> null, cluster);
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
    Deputies deputies = new Deputies(settings, ownAddress, cluster);
    Duration after = settings.sharing().takeoverAfter();
    if (store.shared().isPresent()
        && after.isPositive()
        && settings.roles().contains(NodeSettings.HOME)) {
      SharedStore shared = store.shared().get();
      deputies.every(
          () -> {
            for (NodeName home : due(shared, after, cluster.get())) {
              deputies.takeOver(home);
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

  private synchronized void takeOver(NodeName home) {
    Deputy before = started.get(home);
    if (before != null
        && (before.process.isAlive() || System.nanoTime() - before.startedNanos < RETRY_NANOS)) {
      return;
    }
    try {
      Deputy deputy =
          begin(
              home,
              directory().resolve(home.value()),
              List.of("--deputy-by", settings.name().value()));
      LOG.warn(
          "event=takeover home={} deputy_pid={} log={}", home, deputy.process.pid(), deputy.log);
    } catch (IOException failed) {
      LOG.error("event=takeover-failed home={}", home, failed);
    }
  }

  /**
   * Opens the books of a lost node's disk, which has been moved to this machine: by a daemon of its
   * name, which ends with this one.
   *
   * @return its name, once it is up
   * @throws StoreException REFUSED in one line when it can't be
   */
  NodeName adopt(Path disk) {
    NodeName home = DataDirectory.nameOf(disk);
    if (cluster.get().members().contains(home)) {
      throw refused(home + " is a member of the cluster", "books can be open at one place only");
    }
    if (settings.sharing().shared()) {
      throw refused("books are in a database here", "the disk of a lost node is not needed");
    }
    try {
      Deputy deputy;
      synchronized (this) {
        Deputy before = started.get(home);
        if (before != null && before.process.isAlive()) {
          throw refused("the books of " + home + " are being opened", "look at mosctl status");
        }
        deputy = begin(home, disk, List.of());
      }
      LOG.warn("event=adopted home={} pid={} disk={}", home, deputy.process.pid(), disk);
      awaitUp(home, deputy);
      return home;
    } catch (IOException failed) {
      throw refused("no daemon could be started for " + home + ": " + failed.getMessage(), null);
    }
  }

  private static StoreException refused(String what, String hint) {
    return new StoreException(StoreException.Kind.REFUSED, what, hint, null);
  }

  private static void awaitUp(NodeName home, Deputy deputy) throws IOException {
    long until = System.nanoTime() + UP_PATIENCE.toNanos();
    while (System.nanoTime() < until) {
      boolean alive = deputy.process.isAlive();
      String said = Files.readString(deputy.log).substring(deputy.logBegin);
      if (said.contains("mosd: " + home + " is up in a cluster")) {
        return;
      }
      if (!alive) {
        String last =
            said.lines().filter(line -> line.startsWith("mosd: ")).findFirst().orElse("mosd: ?");
        throw refused(last.substring("mosd: ".length()), "its log: " + deputy.log);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    throw refused(home + " is not up yet", "its log: " + deputy.log);
  }

  private Path directory() {
    return settings.data().resolve("deputies");
  }

  /** Starts a daemon that keeps a home and runs nothing. */
  private Deputy begin(NodeName home, Path data, List<String> more) throws IOException {
    if (ownAddress.get() == null) {
      throw new IOException("this node is not open yet");
    }
    Files.createDirectories(directory());
    Path file = directory().resolve(home + ".conf");
    Files.writeString(file, settings.given().root().render(ConfigRenderOptions.concise()));
    List<String> command = command();
    command.addAll(more);
    command.addAll(List.of("--name", home.value(), "--role", NodeSettings.HOME));
    command.addAll(List.of("--data", data.toString(), "--port", "0", "--http-port", "0"));
    command.addAll(List.of("--seed", ownAddress.get(), "--config", file.toString()));
    Path log = directory().resolve(home + ".log");
    int logBegin = Files.exists(log) ? Files.readString(log).length() : 0;
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Deputy deputy = new Deputy(process, System.nanoTime(), log, logBegin);
    started.put(home, deputy);
    return deputy;
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
