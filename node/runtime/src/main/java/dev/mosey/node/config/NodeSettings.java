package dev.mosey.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mosey.node.gateway.GatewaySettings;
import dev.mosey.node.keeper.KeeperSettings;
import dev.mosey.node.load.LoadSettings;
import dev.mosey.node.schedule.ScheduleSettings;
import dev.mosey.node.store.SharedSettings;
import dev.mosey.protocol.id.NodeName;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that can be set on a node, read and checked. Each part of the node has a section of
 * {@code reference.conf} and a record of its own, which reads that section with a static {@code
 * read(Section)} and is a component here.
 *
 * @param name of this node
 * @param data its data directory
 * @param keyDirectory where the cluster's key is, and where running nodes leave a note for tools
 * @param roles {@code home}, {@code host} or both
 * @param network addresses and seeds
 * @param machine what it offers
 * @param cluster membership
 * @param shutdown bounds of stopping
 * @param policy figures of the pure decisions
 * @param keeper how bodies are kept
 * @param home bounds of the books
 * @param load sampling and gossip
 * @param schedule placing and moving
 * @param gateway bounds of the HTTP interface, and what a submit gets that does not say
 * @param sharing where the books of its home are
 * @param unsafe what takes promises back, for proofs
 * @param given what was set anywhere but in {@code reference.conf}, Pekko's keys too
 */
public record NodeSettings(
    NodeName name,
    Path data,
    Path keyDirectory,
    Set<String> roles,
    NetworkSettings network,
    MachineSettings machine,
    ClusterSettings cluster,
    ShutdownSettings shutdown,
    PolicySettings policy,
    KeeperSettings keeper,
    HomeSettings home,
    LoadSettings load,
    ScheduleSettings schedule,
    GatewaySettings gateway,
    SharedSettings sharing,
    UnsafeSettings unsafe,
    Config given) {
  /** Role of a node that keeps books: what is submitted to it stays with it. */
  public static final String HOME = "home";

  /** Role of a node that runs processes. */
  public static final String HOST = "host";

  private static final Set<String> ROLES = Set.of(HOME, HOST);

  /** Every key with its value in force, Pekko's too. */
  public Config all() {
    return given.withFallback(ConfigFactory.defaultReference());
  }

  static NodeSettings read(Section mosd, Places places, Config given) {
    NodeName name =
        mosd.isAuto("name")
            ? mosd.parsed("name", auto -> NodeName.of(places.shortHostName()))
            : mosd.parsed("name", NodeName::of);
    Set<String> roles = new TreeSet<>(mosd.list("role"));
    if (roles.isEmpty() || !ROLES.containsAll(roles)) {
      mosd.refuse(
          "role", "'" + String.join(",", roles) + "' are not roles", "use home, host or both");
    }
    return new NodeSettings(
        name,
        mosd.isAuto("data")
            ? places.dataDirectory(name == null ? "nameless" : name.value())
            : places.absolute(mosd.text("data")),
        mosd.isAuto("key-dir") ? places.keyDirectory() : places.absolute(mosd.text("key-dir")),
        Set.copyOf(roles),
        NetworkSettings.read(mosd),
        MachineSettings.read(mosd),
        ClusterSettings.read(mosd.in("cluster")),
        ShutdownSettings.read(mosd.in("shutdown")),
        PolicySettings.read(mosd),
        KeeperSettings.read(mosd.in("keeper")),
        HomeSettings.read(mosd.in("home")),
        LoadSettings.read(mosd.in("load")),
        ScheduleSettings.read(mosd.in("schedule")),
        GatewaySettings.read(mosd.in("gateway")),
        SharedSettings.read(mosd.in("store")),
        UnsafeSettings.read(mosd.in("unsafe")),
        given);
  }
}
