package dev.mosey.tools.service;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.key.RunNote;
import dev.mosey.tools.Failure;
import dev.mosey.tools.Run;
import dev.mosey.tools.json.JsonValue;
import dev.mosey.tools.output.Mode;
import dev.mosey.tools.output.Table;
import dev.mosey.tools.output.Units;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What {@code mosixd} does. */
public final class Service {
  private static final List<String> LOCAL_NAMES =
      List.of(
          "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
          "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi",
          "chi", "psi", "omega");
  private static final int PORT = 17_355;
  private static final int HTTP_PORT = 7_626;
  private static final int PORTS_TRIED = 500;
  private static final int STARTS_MOST = 4;
  private static final double PATIENCE_SECONDS = 60;

  /** mosd drains for 60 s and leaves in 10. */
  private static final double PATIENCE_TO_STOP_SECONDS = 90;

  private final Run run;
  private final Nodes nodes;
  private final Daemons daemons;
  private final Map<String, Nodes.Recorded> begun = new HashMap<>();

  private Service(Run run) {
    this.run = run;
    this.nodes = Nodes.of(run.caller());
    this.daemons = new Daemons(run, nodes);
  }

  static int start(Run run) {
    return new Service(run).start();
  }

  static int status(Run run) {
    return new Service(run).status();
  }

  static int stop(Run run) {
    Service service = new Service(run);
    return service.stop(service.runningOnes());
  }

  static int restart(Run run) {
    Service service = new Service(run);
    List<RunNote> restarted = new ArrayList<>();
    // One after the other: the others hold the cluster, and their leases go on.
    for (RunNote note : service.runningOnes()) {
      restarted.add(service.restart(note));
    }
    service.print(restarted, Set.of());
    return 0;
  }

  private RunNote restart(RunNote note) {
    long deadline =
        System.nanoTime() + (long) (patience(PATIENCE_SECONDS + PATIENCE_TO_STOP_SECONDS) * 1e9);
    String before = daemons.noteOf(note.name());
    daemons.restart(note);
    while (before.equals(daemons.noteOf(note.name()))) {
      if (System.nanoTime() > deadline) {
        throw Failure.refused(note.name() + " does not restart", "its log may say why");
      }
      Daemons.pause();
    }
    ProcessHandle process = ProcessHandle.of(note.pid()).orElse(null);
    if (process == null) {
      return awaitReady(begin(note.name()), deadline, 1);
    }
    return awaitReady(new Daemons.Started(note.name(), process), deadline, 1);
  }

  /**
   * Starts a node that joins others; what {@code moskey join} does in the end.
   *
   * @param host address by which the others reach it
   * @param seeds whom it joins
   */
  public static int join(Run run, String host, List<String> seeds) {
    Service service = new Service(run);
    String name = hostName();
    if (service.any(name) != null) {
      throw Failure.refused(
          "a node of yours runs here already: " + name,
          "stop it first (mosixd stop), then join again");
    }
    service.nodes.forget(name);
    service.nodes.put(service.fresh(name, host, seeds, List.of()));
    service.nodes.write();
    return service.startAll(List.of(name));
  }

  private int start() {
    for (String word : run.in().operands()) {
      if (!word.startsWith("-")) {
        throw Failure.usage(
            "'" + word + "' is no option of mosd",
            "mosixd start --name NAME starts a node of yours");
      }
      break; // what follows may be its value
    }
    List<String> names = names();
    boolean fresh = run.in().has(Mosixd.FRESH);
    for (String name : fresh ? names : List.<String>of()) {
      if (any(name) != null) {
        throw Failure.refused(name + " is running", "mosixd stop, then start --fresh");
      }
      nodes.forget(name);
    }
    for (String name : names) {
      record(name);
    }
    nodes.write();
    return startAll(names);
  }

  private List<String> names() {
    Long local = run.in().number(Mosixd.LOCAL, 1, LOCAL_NAMES.size());
    String name = run.in().text(Mosixd.NAME);
    if (local != null && name != null) {
      throw Failure.usage("--local names the nodes itself, so --name does not go with it", null);
    }
    if (local != null) {
      return LOCAL_NAMES.subList(0, Math.toIntExact(local));
    }
    if (name != null) {
      try {
        return List.of(NodeName.of(name).value());
      } catch (IllegalArgumentException malformed) {
        throw Failure.usage(malformed.getMessage(), null);
      }
    }
    List<String> recorded = nodes.all().stream().map(Nodes.Recorded::name).toList();
    return recorded.isEmpty() ? List.of(hostName()) : recorded;
  }

  /** What is given now replaces what was recorded; what is not given stays. */
  private void record(String name) {
    Nodes.Recorded known = nodes.get(name);
    String host = run.in().text(Mosixd.HOST);
    List<String> more = new ArrayList<>(run.in().operands());
    if (run.in().has(Mosixd.SLOTS)) {
      more.addAll(List.of("--slots", run.in().text(Mosixd.SLOTS)));
    }
    List<String> seeds = run.in().all(Mosixd.SEED);
    if (known != null) {
      nodes.put(
          new Nodes.Recorded(
              name,
              host == null ? known.host() : host,
              known.port(),
              known.httpPort(),
              seeds.isEmpty() ? known.seeds() : seeds,
              more.isEmpty() ? known.more() : more));
      return;
    }
    if (seeds.isEmpty() && !nodes.all().isEmpty()) {
      seeds = List.of(nodes.all().getFirst().address());
    }
    nodes.put(fresh(name, host == null ? "127.0.0.1" : host, seeds, more));
  }

  private Nodes.Recorded fresh(String name, String host, List<String> seeds, List<String> more) {
    Set<Integer> taken = new TreeSet<>();
    nodes.all().forEach(node -> taken.addAll(List.of(node.port(), node.httpPort())));
    int port = freePort(PORT, host, taken);
    taken.add(port);
    return new Nodes.Recorded(name, host, port, freePort(HTTP_PORT, host, taken), seeds, more);
  }

  /** Gives it other ports if one of its own can't be bound; whether that was so. */
  private boolean movedFromTakenPorts(String name) {
    Nodes.Recorded node = nodes.get(name);
    if (isFree(node.port(), node.host()) && isFree(node.httpPort(), node.host())) {
      return false;
    }
    Nodes.Recorded moved = fresh(name, node.host(), node.seeds(), node.more());
    nodes.put(moved);
    for (Nodes.Recorded other : nodes.all()) {
      nodes.put(other.withSeed(node.address(), moved.address()));
    }
    nodes.write();
    return true;
  }

  private static boolean isFree(int port, String host) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }

  private static int freePort(int from, String host, Set<Integer> taken) {
    try {
      InetAddress.getByName(host);
    } catch (java.net.UnknownHostException unknown) {
      throw Failure.usage("--host: '" + host + "' is not known here", null);
    }
    for (int port = from; port < from + PORTS_TRIED; port++) {
      if (!taken.contains(port) && isFree(port, host)) {
        return port;
      }
    }
    throw Failure.refused(
        "no port from " + from + " to " + (from + PORTS_TRIED) + " can be used on " + host,
        "is this an address of this machine?");
  }

  private int startAll(List<String> names) {
    double patience = patience(PATIENCE_SECONDS);
    long deadline = System.nanoTime() + (long) (patience * 1e9);
    List<Daemons.Started> started = new ArrayList<>();
    Set<String> before = new LinkedHashSet<>();
    for (String name : names) {
      RunNote starting = daemons.starting(name);
      if (daemons.running(name) != null) {
        before.add(name);
      } else if (starting != null) {
        ProcessHandle.of(starting.pid())
            .ifPresent(process -> started.add(new Daemons.Started(name, process)));
      } else {
        movedFromTakenPorts(name);
        started.add(begin(name));
      }
    }
    List<RunNote> notes = new ArrayList<>();
    for (Daemons.Started each : started) {
      notes.add(awaitReady(knowing(each), deadline, STARTS_MOST));
    }
    before.forEach(name -> notes.add(daemons.running(name)));
    notes.sort(java.util.Comparator.comparing(RunNote::name));
    print(notes, before);
    return 0;
  }

  private Daemons.Started begin(String name) {
    begun.put(name, nodes.get(name));
    return daemons.start(nodes.get(name));
  }

  /** Starts it anew if a node that it was told to join has got another port since. */
  private Daemons.Started knowing(Daemons.Started started) {
    Nodes.Recorded asBegun = begun.get(started.name());
    if (asBegun == null || asBegun.equals(nodes.get(started.name()))) {
      return started;
    }
    started.process().destroy();
    started.process().onExit().join();
    return begin(started.name());
  }

  /** Somebody else may have taken a port between our look and the daemon's: then once more. */
  private RunNote awaitReady(Daemons.Started started, long deadline, int left) {
    try {
      return daemons.awaitReady(started, deadline);
    } catch (Failure failed) {
      boolean again = left > 1 && !started.process().isAlive();
      if (again && movedFromTakenPorts(started.name())) {
        return awaitReady(begin(started.name()), deadline, left - 1);
      }
      throw failed;
    }
  }

  private void print(List<RunNote> notes, Set<String> before) {
    switch (run.mode()) {
      case JSON -> {
        List<JsonValue> items = new ArrayList<>();
        notes.forEach(note -> items.add(json(note.name(), note)));
        run.json(new JsonValue.Members().put("items", items));
      }
      case QUIET -> notes.forEach(note -> run.out().println(note.name()));
      case TABLE, WIDE -> {
        for (RunNote note : notes) {
          String how = before.contains(note.name()) ? " was up already: " : " is up: ";
          run.out().println(note.name() + how + note.url());
        }
      }
    }
  }

  /** The running node of this name, ready or not; null when there is none. */
  private RunNote any(String name) {
    RunNote ready = daemons.running(name);
    return ready != null ? ready : daemons.starting(name);
  }

  private static String state(RunNote note) {
    return note == null ? "down" : note.url().isEmpty() ? "starting" : "up";
  }

  private static JsonValue json(String name, RunNote note) {
    JsonValue.Members node = new JsonValue.Members().put("name", name).put("state", state(note));
    return note == null ? node : node.put("pid", note.pid()).put("url", note.url());
  }

  private int status() {
    Set<String> names = new LinkedHashSet<>();
    if (run.in().operands().isEmpty()) {
      nodes.all().forEach(node -> names.add(node.name()));
      run.keys().running().stream().filter(RunNote::alive).forEach(n -> names.add(n.name()));
    } else {
      names.addAll(run.in().operands());
    }
    boolean allUp = !names.isEmpty();
    List<JsonValue> items = new ArrayList<>();
    Table table = new Table().column("NODE").column("STATE").number("PID").number("UP");
    table.column("URL");
    for (String name : names) {
      RunNote note = any(name);
      allUp &= state(note).equals("up");
      items.add(json(name, note));
      double up =
          note == null
              ? Double.NaN
              : (System.currentTimeMillis() - note.startedAtMillis()) / 1000.0;
      table.row(
          List.of(
              name,
              state(note),
              note == null ? "-" : Long.toString(note.pid()),
              Units.elapsed(up),
              note == null || note.url().isEmpty() ? "-" : note.url()));
    }
    switch (run.mode()) {
      case JSON -> run.json(new JsonValue.Members().put("items", items));
      case QUIET -> names.forEach(run.out()::println);
      case TABLE, WIDE -> {
        if (table.isEmpty()) {
          run.note("none of your nodes was started here");
        } else {
          run.table(table);
        }
      }
    }
    return allUp ? 0 : Failure.REFUSED;
  }

  private List<RunNote> runningOnes() {
    List<String> named = run.in().operands();
    List<RunNote> running = new ArrayList<>();
    for (String name : named) {
      RunNote note = any(name);
      if (note == null) {
        throw new Failure(
            Failure.REFUSED,
            "not_found",
            "no node '" + name + "' of yours runs here",
            "mosixd status lists them");
      }
      running.add(note);
    }
    if (named.isEmpty()) {
      Set<String> names = new LinkedHashSet<>();
      nodes.all().forEach(node -> names.add(node.name()));
      run.keys().running().forEach(note -> names.add(note.name()));
      names.stream().map(this::any).filter(java.util.Objects::nonNull).forEach(running::add);
    }
    return running;
  }

  private int stop(List<RunNote> running) {
    long deadline = System.nanoTime() + (long) (patience(PATIENCE_TO_STOP_SECONDS) * 1e9);
    running.forEach(daemons::stop);
    List<String> left = new ArrayList<>();
    List<JsonValue> items = new ArrayList<>();
    for (RunNote note : running) {
      boolean ended = daemons.awaitEnd(note, deadline);
      if (!ended) {
        left.add(note.name());
      }
      items.add(json(note.name(), ended ? null : note));
      if (ended && run.mode().forPeople() && run.in().command().name().equals("stop")) {
        run.out().println(note.name() + " has stopped");
      }
    }
    if (!left.isEmpty()) {
      throw Failure.refused(
          String.join(", ", left) + " is still draining",
          "it ends when what runs there has moved, checkpointed or ended");
    }
    if (run.in().command().name().equals("stop")) {
      switch (run.mode()) {
        case JSON -> run.json(new JsonValue.Members().put("items", items));
        case QUIET -> running.forEach(note -> run.out().println(note.name()));
        case TABLE, WIDE -> {}
      }
      if (running.isEmpty() && run.mode() != Mode.JSON) {
        run.note("none of your nodes runs here");
      }
    }
    return 0;
  }

  private double patience(double usual) {
    String typed = run.in().text(Mosixd.PATIENCE);
    return typed == null ? usual : Units.seconds("--patience", typed);
  }

  /** The short host name as a node's name, as mosd would take it. */
  static String hostName() {
    String name = "node";
    try {
      name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException notLinux) {
      // The name above will do.
    }
    String tidy = name.split("\\.")[0].toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
    try {
      return NodeName.of(tidy).value();
    } catch (IllegalArgumentException reserved) {
      return "node";
    }
  }
}
