package dev.mosey.node.boot;

import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.node.cluster.ClusterLife;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.cluster.PekkoConfig;
import dev.mosey.node.cluster.PostOffice;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.store.NodeStore;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actors that work on this node, and how they are wired. */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration END_PATIENCE = Duration.ofSeconds(20);

  private final Parts parts;
  private final ActorSystem<Void> system;

  /**
   * What a node is made of.
   *
   * @param settings of it
   * @param key of the cluster
   * @param store all that it keeps
   * @param keeper runs its bodies
   * @param office its post
   * @param cluster its life in the cluster
   * @param self its name and session
   */
  record Parts(
      NodeSettings settings,
      ClusterKey key,
      NodeStore store,
      Keeper keeper,
      PostOffice office,
      ClusterLife cluster,
      HostId self) {}

  private Node(Parts parts) {
    this.parts = parts;
    this.system =
        ActorSystem.create(
            Behaviors.empty(), PekkoConfig.WORK_SYSTEM, PekkoConfig.work(parts.settings()));
  }

  /** Starts the actors. */
  static Node start(Parts parts) {
    return new Node(parts);
  }

  /** What the node says of itself to others; waits until its books and its ports are open. */
  ClusterLife.Presence presence() {
    String storeId = parts.store().directory().identity().storeId();
    return new ClusterLife.Presence(
        new BooksId(parts.self().node(), storeId, 1, parts.self().session()),
        "http://" + parts.settings().network().host() + ":" + parts.settings().network().httpPort(),
        "");
  }

  /** Tells everyone here who belongs to the cluster. */
  void membership(MembershipView view) {
    LOG.info("event=membership members={} unreachable={}", view.members(), view.unreachable());
  }

  /**
   * Moves, checkpoints and ends what runs here.
   *
   * @param bound what is left then is stopped
   * @param impatient whether to stop it at once
   */
  void drain(Duration bound, BooleanSupplier impatient) {
    LOG.info("event=drained within={} hurried={}", bound, impatient.getAsBoolean());
  }

  /** Ends the actors. */
  void end() {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .orTimeout(END_PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (CompletionException late) {
      LOG.warn("event=actors-did-not-end", late);
    }
  }
}
