package dev.mosey.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.mosey.node.config.ClusterSettings;
import dev.mosey.node.config.NetworkSettings;
import dev.mosey.node.config.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pekko's configuration for one node. A daemon has two actor systems: one holds the cluster and
 * nothing else, the other all that works. So being removed from the cluster restarts the first
 * alone, while books, bodies and the HTTP interface live on; and nothing that works can hold up a
 * heartbeat.
 */
public final class PekkoConfig {
  /** Name of every node's actor system of the cluster. */
  static final String CLUSTER_SYSTEM = "mosey";

  /** Name of the actor system in which a node works. */
  public static final String WORK_SYSTEM = "node";

  /** Taking in who joins waits for no news: only the first member looks, and finds it at hand. */
  private static final Duration LEADER_TICK_MOST = Duration.ofMillis(250);

  private static final String NAME_ROLE = "name-";
  private static final String STORE_ROLE = "store-";

  private PekkoConfig() {}

  /** For the actor system in which a node works; it has no remoting. */
  public static Config work(NodeSettings settings) {
    return layered(
        ConfigFactory.empty()
            .withValue("pekko.actor.provider", ConfigValueFactory.fromAnyRef("local")),
        settings);
  }

  /**
   * For the actor system of the cluster.
   *
   * @param settings of the node
   * @param storeId identity of its books
   * @param port between nodes; not 0 when this is not the first actor system of the daemon
   */
  static Config cluster(NodeSettings settings, String storeId, int port) {
    Map<String, Object> own = new LinkedHashMap<>();
    NetworkSettings network = settings.network();
    own.put("pekko.remote.artery.canonical.hostname", network.host());
    own.put("pekko.remote.artery.canonical.port", port);
    own.put("pekko.remote.artery.bind.hostname", network.bindHost());
    ClusterSettings cluster = settings.cluster();
    String gossip = cluster.gossipInterval().toMillis() + "ms";
    own.put("pekko.cluster.gossip-interval", gossip);
    long leader = Math.min(cluster.gossipInterval().toMillis(), LEADER_TICK_MOST.toMillis());
    own.put("pekko.cluster.leader-actions-interval", leader + "ms");
    own.put("pekko.cluster.unreachable-nodes-reaper-interval", gossip);
    own.put(
        "pekko.cluster.failure-detector.heartbeat-interval",
        cluster.heartbeatInterval().toMillis() + "ms");
    own.put(
        "pekko.cluster.failure-detector.acceptable-heartbeat-pause",
        cluster.heartbeatPause().toMillis() + "ms");
    own.put(
        "pekko.cluster.split-brain-resolver.stable-after", cluster.stableAfter().toMillis() + "ms");
    own.put("pekko.cluster.roles", roles(settings, storeId));
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, Object> entry : own.entrySet()) {
      config = config.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue()));
    }
    return layered(config, settings);
  }

  private static Config layered(Config own, NodeSettings settings) {
    return own.withFallback(settings.given())
        .withFallback(ConfigFactory.parseResources("mosd-pekko.conf"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  /** With these every member knows from the membership alone who is who. */
  private static List<String> roles(NodeSettings settings, String storeId) {
    List<String> roles = new ArrayList<>(settings.roles());
    roles.add(NAME_ROLE + settings.name());
    roles.add(STORE_ROLE + storeId);
    return roles;
  }

  /** The name that a member bears, by its roles; null when it is none of our nodes. */
  static String nameIn(Set<String> roles) {
    return valueIn(roles, NAME_ROLE);
  }

  /** The identity of its books, by its roles. */
  static String storeIn(Set<String> roles) {
    return valueIn(roles, STORE_ROLE);
  }

  private static String valueIn(Set<String> roles, String prefix) {
    return roles.stream()
        .filter(role -> role.startsWith(prefix))
        .map(role -> role.substring(prefix.length()))
        .findFirst()
        .orElse(null);
  }
}
