package dev.mosey.node.boot;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What can be typed after {@code mosd}. Every option is also a key of the settings. */
@Command(
    name = "mosd",
    description = "One node of a Mosey cluster.",
    synopsisHeading = "Usage: ",
    optionListHeading = "%nOptions:%n",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    version = "mosd ${MOSEY-VERSION:-0.1.0}",
    footer = {
      "",
      "Examples:",
      "  mosd                                   a node named as this machine, on loopback",
      "  mosd --name beta --port 0 --http-port 0 --seed 127.0.0.1:17355",
      "  mosd --host 10.0.0.6 --seed 10.0.0.5:17355 --slots 8 --resource gpu=2",
      "",
      "SIGTERM drains the node (60 s) and ends it with status 0; Ctrl-C is shorter."
    })
final class MosdOptions implements Runnable {
  @Option(names = "--name", paramLabel = "NAME", description = "stable name (short host name)")
  private String name;

  @Option(names = "--host", paramLabel = "ADDR", description = "own address (127.0.0.1)")
  private String host;

  @Option(names = "--port", paramLabel = "PORT", description = "between nodes (17355); 0 = any")
  private String port;

  @Option(names = "--http-port", paramLabel = "PORT", description = "HTTP (7626); 0 = any")
  private String httpPort;

  @Option(
      names = "--seed",
      paramLabel = "HOST:PORT",
      description = "a node that may know the cluster; several times")
  private List<String> seeds;

  @Option(names = "--data", paramLabel = "DIR", description = "data directory")
  private String data;

  @Option(names = "--key-dir", paramLabel = "DIR", description = "the cluster's key")
  private String keyDirectory;

  @Option(names = "--slots", paramLabel = "N", description = "processes at most (one per core)")
  private String slots;

  @Option(names = "--speed", paramLabel = "X", description = "of a core, 1 = standard (measured)")
  private String speed;

  @Option(
      names = "--resource",
      paramLabel = "NAME=N",
      description = "what else is here, like gpu=2; several times")
  private List<String> resources;

  @Option(names = "--label", paramLabel = "L", description = "a word jobs ask for; several times")
  private List<String> labels;

  @Option(names = "--role", paramLabel = "ROLE", description = "home, host (both)")
  private List<String> roles;

  @Option(names = "--config", paramLabel = "FILE", description = "settings; also MOSD_CONFIG")
  private Path config;

  @Option(
      names = "--restore-from",
      paramLabel = "DIR",
      description = "bring the books back from this backup, then start")
  private Path restoreFrom;

  @Option(
      names = "--convert-store",
      paramLabel = "KIND",
      description = "carry the books of a stopped node to embedded or postgresql, then end")
  private String convertStore;

  @Option(names = "--deputy-by", hidden = true, description = "the node that started this deputy")
  private String deputyBy;

  @Override
  public void run() {
    // Parsed for its values only; see MosdMain.
  }

  /** The values given, by key below {@code mosd}. */
  Map<String, Object> flags() {
    Map<String, Object> flags = new TreeMap<>();
    put(flags, "name", name);
    put(flags, "host", host);
    put(flags, "port", port);
    put(flags, "http-port", httpPort);
    put(flags, "seed", seeds);
    put(flags, "data", data);
    put(flags, "key-dir", keyDirectory);
    put(flags, "slots", slots);
    put(flags, "speed", speed);
    put(flags, "resource", resources == null ? null : String.join(",", resources));
    put(flags, "label", labels);
    put(flags, "role", roles);
    return flags;
  }

  Path config() {
    return config;
  }

  Path restoreFrom() {
    return restoreFrom;
  }

  /** The kind of store to carry the books to, or null. */
  String convertStore() {
    return convertStore;
  }

  /** The node that has started this one as the deputy of a home that is away, or null. */
  String deputyBy() {
    return deputyBy;
  }

  private static void put(Map<String, Object> flags, String key, Object value) {
    if (value != null) {
      flags.put(key, value);
    }
  }
}
