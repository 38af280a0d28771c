package dev.mosey.node.cluster;

import com.typesafe.config.Config;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.remote.artery.tcp.SSLEngineProviderSetup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's life in the cluster, from joining to leaving. It has an actor system of its own,
 * which ends when the others have removed this node, by mistake or not; then it starts another one
 * and joins again, and nothing else of the daemon notices more than that the others were away. Safe
 * for use by several threads.
 */
public final class ClusterLife {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLife.class);
  private static final Duration BIND_PATIENCE = Duration.ofSeconds(10);
  private static final long BIND_RETRY_MILLIS = 200;

  private final Parts parts;
  private volatile MembershipView view;
  private volatile ActorSystem<Membership.Command> system;
  private volatile boolean leaving;
  private volatile int port;

  /**
   * What it needs.
   *
   * @param settings of the node
   * @param key of the cluster
   * @param office the post, whose endpoint it runs
   * @param file the members remembered
   * @param capabilities what this node can do, by name
   * @param changed told of every change of the membership, by threads of this class
   * @param refused told, in one line, when this node is not let in
   */
  public record Parts(
      NodeSettings settings,
      ClusterKey key,
      PostOffice office,
      MemberFile file,
      Set<String> capabilities,
      Consumer<MembershipView> changed,
      Consumer<String> refused) {}

  /**
   * What this node says of itself.
   *
   * @param books identity of its books
   * @param httpUrl of its HTTP interface
   * @param streamAddress HOST:PORT of its stream server
   */
  public record Presence(BooksId books, String httpUrl, String streamAddress) {}

  /** A life that has not begun. */
  public ClusterLife(Parts parts) {
    this.parts = parts;
    this.port = parts.settings().network().port();
    this.view = new MembershipView(parts.settings().name(), false, Map.of());
  }

  /**
   * Begins: opens the port between nodes and looks for the cluster.
   *
   * @throws BindException when the port is in use
   */
  public void begin(Presence presence) throws BindException {
    ActorSystem<Membership.Command> started = start(presence);
    system = started;
    port = Cluster.get(started).selfMember().address().getPort().get();
    Ending.bound(started, this::hopeless);
    started
        .getWhenTerminated()
        .whenComplete(
            (done, failure) -> {
              if (!leaving) {
                new Thread(() -> again(presence), "mosd-reboot").start();
              }
            });
  }

  /** What is known of the others at this moment. */
  public MembershipView view() {
    return view;
  }

  /** The actor system of the cluster, which is another one after every removal; null at first. */
  public ActorSystem<?> system() {
    return system;
  }

  /** The member will not come back: it is neither asked for nor waited for any more. */
  public void forget(NodeName name) {
    ActorRef<Membership.Command> membership = system;
    if (membership != null) {
      membership.tell(new Membership.Forget(name));
    }
  }

  /** Leaves the cluster in order, within this bound, and ends; at once when it is no member. */
  public void leave(Duration bound) {
    leave(bound, false);
  }

  /**
   * Leaves the cluster for another daemon in this one's place: it is not waited for the end of what
   * this process leaves behind anyway.
   */
  public void leaveToASuccessor(Duration bound) {
    leave(bound, true);
  }

  private void leave(Duration bound, boolean hurried) {
    leaving = true;
    ActorSystem<?> last = system;
    if (last == null) {
      return;
    }
    if (!view.member()) {
      last.terminate();
      return;
    }
    try {
      CompletableFuture<Object> gone = new CompletableFuture<>();
      if (hurried) {
        org.apache.pekko.cluster.Cluster.get(last)
            .registerOnMemberRemoved(() -> gone.complete(view));
      }
      CoordinatedShutdown.get(last)
          .runAll(CoordinatedShutdown.clusterLeavingReason())
          .whenComplete((done, failure) -> gone.complete(view));
      gone.get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException late) {
      LOG.warn("event=left-without-notice: the others will find out by themselves");
      last.terminate();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      last.terminate();
    }
  }

  private void hopeless() {
    if (!leaving) {
      parts.refused().accept("its part in the cluster does not end, so that it can't join again");
    }
  }

  private void again(Presence presence) {
    LOG.warn("event=removed-from-cluster: joining again");
    changed(new MembershipView(parts.settings().name(), false, view.nodes()));
    long until = System.nanoTime() + BIND_PATIENCE.toNanos();
    while (!leaving) {
      try {
        begin(presence);
        return;
      } catch (BindException notYetFree) {
        if (System.nanoTime() - until > 0) {
          parts.refused().accept(notYetFree.getMessage());
          return;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      // sleeps because no one tells when the kernel has freed the port
      Thread.sleep(BIND_RETRY_MILLIS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private ActorSystem<Membership.Command> start(Presence presence) throws BindException {
    Config config = PekkoConfig.cluster(parts.settings(), presence.books().storeId(), port);
    ActorSystemSetup setup =
        ActorSystemSetup.create(
            BootstrapSetup.create(config),
            SSLEngineProviderSetup.create(extended -> new ArteryTls(parts.key())));
    try {
      return ActorSystem.create(guardian(presence), PekkoConfig.CLUSTER_SYSTEM, setup);
    } catch (RuntimeException failed) {
      for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
        if (cause instanceof BindException) {
          BindException inUse =
              new BindException(
                  "port " + port + " on " + parts.settings().network().bindHost() + " is in use");
          inUse.initCause(failed);
          throw inUse;
        }
      }
      throw failed;
    }
  }

  private Behavior<Membership.Command> guardian(Presence presence) {
    return Behaviors.setup(
        context -> {
          String own = Cluster.get(context.getSystem()).selfMember().address().hostPort();
          context.spawn(
              parts.office().endpoint(own.substring(own.indexOf('@') + 1)),
              PostOffice.ENDPOINT,
              PostOffice.dispatcher());
          return Membership.create(
              new Membership.Wiring(
                  parts.settings().cluster(),
                  parts.settings().network().seeds(),
                  parts.office().self(),
                  presence.books(),
                  parts.capabilities(),
                  presence.httpUrl(),
                  presence.streamAddress(),
                  parts.office(),
                  parts.key(),
                  parts.file(),
                  this::changed,
                  parts.refused(),
                  this::giveWay));
        });
  }

  private void giveWay(String why) {
    LOG.warn("event=two-clusters: {}; joining it", why);
    ActorSystem<?> present = system;
    if (present != null) {
      CoordinatedShutdown.get(present).runAll(CoordinatedShutdown.clusterDowningReason());
    }
  }

  private void changed(MembershipView now) {
    view = now;
    parts.changed().accept(now);
  }
}
