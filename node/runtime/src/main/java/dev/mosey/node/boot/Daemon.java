package dev.mosey.node.boot;

import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.node.cluster.ClusterLife;
import dev.mosey.node.cluster.MemberFile;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.cluster.PostOffice;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.host.HandedOver;
import dev.mosey.node.keeper.FenceSweep;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperException;
import dev.mosey.node.keeper.Keepers;
import dev.mosey.node.store.AtomicFile;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.StoreException;
import dev.mosey.node.store.StoreSettings;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.key.KeyDirectory;
import dev.mosey.protocol.key.RunNote;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the daemon, from settings that were checked to its end. In this order:
 *
 * <ol>
 *   <li>the cluster's key, made if there is none;
 *   <li>the data directory: locked, its session raised, its stores opened;
 *   <li>what an earlier daemon left running is ended;
 *   <li>the keeper;
 *   <li>the actors, which open the books and the HTTP interface;
 *   <li>the cluster: knock, join, up; the ready line.
 * </ol>
 *
 * <p>A stop goes the other way: drain, leave, actors, keeper, stores.
 */
final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private final NodeSettings settings;
  private final Path restoreFrom;
  private final Optional<NodeName> deputyBy;
  private final PrintStream out;
  private final KeyDirectory keys;
  private final BlockingQueue<Happened> happened = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> givenUp = new CompletableFuture<>();
  private RunNote note;
  private boolean toBeFollowed;
  private HandedOver left;
  private Optional<String> passedOn = Optional.empty();

  /** What the main thread waits for. */
  private sealed interface Happened {
    /** Somebody wants it to end, after so long a drain. */
    record Stop(String signal, Duration drain) implements Happened {}

    /** Somebody wants another daemon to take its place. */
    record Restart() implements Happened {}

    /** The cluster does not let it in. */
    record NotLetIn(String why) implements Happened {}

    /** The membership is another one. */
    record Changed(MembershipView view) implements Happened {}

    /** It can't go on. */
    record Broken(String why) implements Happened {}
  }

  /**
   * A daemon that has not begun.
   *
   * @param restoreFrom a backup to bring the books back from, or null
   * @param deputyBy the node that has started this one as the deputy of a home that is away, or
   *     null
   * @param out for the ready line
   */
  Daemon(NodeSettings settings, Path restoreFrom, String deputyBy, PrintStream out) {
    this.settings = settings;
    this.restoreFrom = restoreFrom;
    this.deputyBy = Optional.ofNullable(deputyBy).map(NodeName::of);
    this.out = out;
    this.keys = new KeyDirectory(settings.keyDirectory());
  }

  /**
   * Runs until it is stopped; returns the exit status.
   *
   * @throws Refusal with a line for the user
   */
  int run() {
    checkFree(settings.network().port(), "port");
    checkFree(settings.network().httpPort(), "http-port");
    // Beside the opening of the store; before the first connection.
    CompletableFuture<Boolean> crypto = CompletableFuture.supplyAsync(NativeCrypto::install);
    ClusterKey key = key();
    try (NodeStore store = store()) {
      HostId self = new HostId(settings.name(), store.directory().identity().session());
      String fence = store.directory().fence();
      AtomicFile will = store.directory().file("succession");
      Succession.Left inherited = Succession.take(will).orElse(new Succession.Left(null, null));
      HandedOver before = inherited.over();
      try (LastingKeeper keeper = keeper(fence, before)) {
        Signals.listen(this::signalled);
        if (inherited.stop() != null) {
          signalled(inherited.stop());
        }
        crypto.join();
        return work(key, store, keeper, self, keeper.wasAdopted() ? before : null);
      } finally {
        if (left != null) {
          passedOn = stop();
          Succession.leave(will, new Succession.Left(left, passedOn.orElse(null)));
        }
      }
    } catch (StoreException failed) {
      throw new Refusal(Refusal.REFUSED, failed.getMessage(), failed.hint());
    } catch (KeeperException failed) {
      throw new Refusal(Refusal.REFUSED, failed.getMessage(), null);
    } finally {
      if (note != null) {
        note.remove(keys);
      }
    }
  }

  /** Whether another daemon is to take this one's place in this process, now that it has ended. */
  boolean isToBeFollowed() {
    // A stop of which the next one will not know is for this one.
    return toBeFollowed && (passedOn.isPresent() || stop().isEmpty());
  }

  /** What that one is left, or null. */
  HandedOver left() {
    return left;
  }

  private int work(ClusterKey key, NodeStore store, Keeper keeper, HostId self, HandedOver before) {
    PostOffice office = new PostOffice(self, settings.cluster().messageBytes());
    AtomicFile members = store.directory().file("members");
    ClusterLife cluster =
        new ClusterLife(
            new ClusterLife.Parts(
                settings,
                key,
                office,
                new MemberFile(members::readText, members::writeText),
                Set.of(),
                view -> happened.add(new Happened.Changed(view)),
                why -> happened.add(new Happened.NotLetIn(why))));
    Deputies deputies = deputies(store, office, cluster);
    Node node;
    try {
      node = Node.start(parts(key, store, keeper, office, cluster, self, deputies, before));
    } catch (CancellationException early) {
      deputies.close();
      return endEarly();
    }
    try {
      ClusterLife.Presence presence = node.presence();
      cluster.begin(presence);
      int exit = waitForTheEnd(node, cluster, presence);
      if (!toBeFollowed) {
        deputies.stop();
      }
      return exit;
    } catch (BindException inUse) {
      throw new Refusal(Refusal.REFUSED, inUse.getMessage(), "another --port, or stop who has it");
    } finally {
      deputies.close();
      node.end();
    }
  }

  private Node.Parts parts(
      ClusterKey key,
      NodeStore store,
      Keeper keeper,
      PostOffice office,
      ClusterLife cluster,
      HostId self,
      Deputies deputies,
      HandedOver before) {
    return new Node.Parts(
        settings,
        key,
        store,
        keeper,
        office,
        cluster,
        self,
        why -> giveUp(new Happened.Broken(why)),
        givenUp,
        () -> signalled("shutdown"),
        () -> happened.add(new Happened.Restart()),
        deputies::adopt,
        before,
        deputyBy.isPresent());
  }

  /** Its books did not open, and need not any more. */
  private int endEarly() {
    for (Happened one : happened) {
      if (one instanceof Happened.Broken broken) {
        throw broken(broken.why());
      }
    }
    LOG.info("event=stopping signal={} books=not-open-yet", stop().orElse("none"));
    return 0;
  }

  private static Refusal broken(String why) {
    return new Refusal(
        Refusal.REFUSED,
        why,
        "nothing acknowledged is lost; start the node again when that is mended");
  }

  /** Of this node for homes that are away; a deputy has none, and looks whether it is still one. */
  private Deputies deputies(NodeStore store, PostOffice office, ClusterLife cluster) {
    if (deputyBy.isPresent()) {
      return Deputies.none(
          settings,
          cluster::view,
          store.home().wantedBy(),
          by -> giveUp(new Happened.Stop("wanted-by-" + by, Duration.ZERO)));
    }
    return Deputies.start(settings, store, office::ownAddress, cluster::view);
  }

  private int waitForTheEnd(Node node, ClusterLife cluster, ClusterLife.Presence presence) {
    while (true) {
      switch (take()) {
        case Happened.Changed changed -> {
          node.membership(changed.view());
          sayReady(changed.view(), presence.httpUrl());
        }
        case Happened.NotLetIn refused -> {
          cluster.leave(Duration.ZERO);
          throw new Refusal(
              Refusal.REFUSED,
              settings.name() + " is not let in: " + refused.why(),
              refused.why().contains("another key")
                  ? "moskey invite there prints a line for moskey join here"
                  : null);
        }
        case Happened.Broken broken -> throw broken(broken.why());
        case Happened.Restart ignored -> {
          LOG.info("event=restarting");
          toBeFollowed = true;
          left = node.handOver(settings.shutdown().handOver(), settings.shutdown().succession());
          if (left == null) {
            node.drain(settings.shutdown().interrupt(), this::isStoppedAgain);
          }
          cluster.leaveToASuccessor(settings.shutdown().leave());
          return 0;
        }
        case Happened.Stop stop -> {
          LOG.info("event=stopping signal={} drain_seconds={}", stop.signal(), stop.drain());
          node.drain(stop.drain(), this::isStoppedAgain);
          cluster.leave(settings.shutdown().leave());
          return 0;
        }
      }
    }
  }

  /** A second signal while draining: whoever sends it does not want to wait. */
  private boolean isStoppedAgain() {
    return stop().isPresent();
  }

  /** The signal of a stop that waits to be heeded. */
  private Optional<String> stop() {
    return happened.stream()
        .filter(Happened.Stop.class::isInstance)
        .map(stop -> ((Happened.Stop) stop).signal())
        .findFirst();
  }

  private void sayReady(MembershipView view, String httpUrl) {
    if (note != null || !view.member()) {
      return;
    }
    note = RunNote.ofThisProcess(settings.name().value(), httpUrl);
    try {
      note.leave(keys);
    } catch (IOException unwritable) {
      LOG.warn("event=no-run-note: tools will not find this node by themselves", unwritable);
    }
    int size = view.members().size();
    out.println("mosd: " + settings.name() + " is up in a cluster of " + size + ", " + httpUrl);
    out.flush();
  }

  private void signalled(String signal) {
    Duration drain =
        signal.equals("INT") ? settings.shutdown().interrupt() : settings.shutdown().drain();
    giveUp(new Happened.Stop(signal, drain));
  }

  private void giveUp(Happened why) {
    happened.add(why);
    givenUp.complete(null);
  }

  private Happened take() {
    while (true) {
      try {
        return happened.take();
      } catch (InterruptedException nobodyDoesThat) {
        LOG.warn("event=interrupted");
      }
    }
  }

  private void checkFree(int port, String key) {
    if (port == 0) {
      return;
    }
    String host = settings.network().bindHost();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException inUse) {
      throw new Refusal(
          Refusal.REFUSED,
          "port " + port + " on " + host + " is in use",
          "give another one with --" + key + " (0 = any), or stop who has it");
    }
  }

  private ClusterKey key() {
    try {
      return ClusterKey.open(keys);
    } catch (IOException unusable) {
      throw new Refusal(Refusal.REFUSED, unusable.getMessage(), "see --key-dir");
    }
  }

  private NodeStore store() {
    return NodeStore.open(
        settings.data(),
        settings.name(),
        storeSettings(settings),
        settings.sharing(),
        deputyBy,
        Optional.ofNullable(restoreFrom),
        Instant.now(),
        new SecureRandom());
  }

  static StoreSettings storeSettings(NodeSettings settings) {
    try {
      return StoreSettings.from(settings.all());
    } catch (IllegalArgumentException wrong) {
      throw new Refusal(Refusal.USAGE, wrong.getMessage(), null);
    }
  }

  private static void sweep(String fence) {
    FenceSweep.Result swept = FenceSweep.sweep(fence);
    if (!swept.found().isEmpty()) {
      LOG.warn("event=swept found={}", swept.found());
    }
    if (!swept.left().isEmpty()) {
      throw new Refusal(
          Refusal.REFUSED,
          "what an earlier run of this node left can't be ended: " + swept.left(),
          "end it by hand, then start the node again");
    }
  }

  /** The keeper that was left with its bodies; or, once nothing of before runs, a new one. */
  private LastingKeeper keeper(String fence, HandedOver before) {
    Consumer<String> givenUp =
        why -> giveUp(new Happened.Broken("the keeper has ended, and no other starts: " + why));
    Function<Consumer<String>, Keeper> starter =
        onEnd -> Keepers.start(settings.keeper(), fence, onEnd);
    if (before != null) {
      try {
        return new LastingKeeper(
            onEnd -> Keepers.adopt(before.keeper(), settings.keeper(), fence, onEnd),
            starter,
            givenUp);
      } catch (KeeperException gone) {
        LOG.warn("event=nothing-taken-over reason=\"{}\"", gone.getMessage());
      }
    }
    sweep(fence);
    return new LastingKeeper(null, starter, givenUp);
  }
}
