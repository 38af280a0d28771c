package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.HomeView;
import dev.mosey.node.load.LoadMonitor;
import dev.mosey.node.load.LoadView;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.node.store.StoreException;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.place.BestNodes;
import dev.mosey.protocol.api.NodeView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything about nodes: lists, the best one, their switches. A verb about another node is passed
 * on to it.
 */
final class NodesApi implements SubmitApi.Prospects {
  private static final Duration MOVE_PATIENCE = Duration.ofSeconds(60);
  private static final long DEADLINE_MAX = 24 * 3600;
  private static final double SPEED_MIN = 0.01;
  private static final double SPEED_MAX = 100;

  /**
   * What it needs.
   *
   * @param self this node
   * @param facts what is fixed about this node: supervision, version
   * @param daemon ends the daemon in order, after the answer; opens the books of another
   */
  record Parts(NodeName self, NodeFacts facts, Gateway.Daemon daemon) {}

  /**
   * What is fixed about a node.
   *
   * @param supervision {@code native}, or {@code weak: why}
   * @param version of the program
   */
  record NodeFacts(String supervision, String version) {}

  private record Verb(Double deadlineSeconds, Double speed, String directory) {}

  private record Own(String url, BooksId books) {}

  private volatile Own own = new Own(null, null);
  private final Asking asking;
  private final Parts parts;
  private final JobsApi jobs;
  private final Everywhere everywhere;
  private final Executor blocking;

  NodesApi(Asking asking, Parts parts, JobsApi jobs, Everywhere everywhere, Executor blocking) {
    this.asking = asking;
    this.parts = parts;
    this.jobs = jobs;
    this.everywhere = everywhere;
    this.blocking = blocking;
  }

  /** The interface is open, at this address, and the books with this identity. */
  void opened(String url, BooksId books) {
    own = new Own(url, books);
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("GET", "nodes", (request, none) -> nodes(), "limit", "after")
        .on("GET", "nodes/best", (request, none) -> best(request), "memory_mb", "cores", "count")
        .on("GET", "nodes/*", (request, name) -> node(NodeName.of(name.getFirst())))
        .on(
            "POST",
            "nodes/*/forget",
            (request, name) -> forget(request, NodeName.of(name.getFirst())))
        .on(
            "POST",
            "nodes/*/*",
            (request, path) -> verb(request, NodeName.of(path.get(0)), path.get(1)))
        .on(
            "POST",
            "local/forget/*",
            (request, name) -> tellHome("forget", NodeName.of(name.getFirst())))
        .on(
            "POST",
            "local/trust/*",
            (request, name) -> tellHome("trust", NodeName.of(name.getFirst())))
        .on("GET", "status", (request, none) -> status());
  }

  private CompletableFuture<ApiResponse> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("node", parts.self());
    status.put("version", parts.facts().version());
    status.put("members", everywhere.nodes().stream().filter(MembershipView.Node::member).count());
    status.put("cluster", everywhere.nodes().stream().map(MembershipView.Node::name).toList());
    return CompletableFuture.completedFuture(ApiResponse.ok(status));
  }

  private CompletableFuture<ApiResponse> nodes() {
    return views().thenApply(views -> ApiResponse.ok(Page.of(views)));
  }

  private CompletableFuture<ApiResponse> node(NodeName name) {
    everywhere.node(name);
    return views()
        .thenApply(
            views ->
                ApiResponse.ok(
                    views.stream()
                        .filter(v -> v.name().equals(name.value()))
                        .findFirst()
                        .orElseThrow()));
  }

  private CompletableFuture<List<NodeView>> views() {
    return asking
        .loads(LoadSnapshot::of)
        .thenCombine(
            asking
                .scheduler(view -> new Here(view.stay(), view.movesPay(), Map.of()))
                .thenCombine(asking.home(HomeView::leftOut), Here::without),
            (loads, here) ->
                everywhere.nodes().stream().map(node -> view(node, loads, here)).toList());
  }

  /** A copy of what the load monitor knows, to leave its thread with. */
  private record LoadSnapshot(
      Map<NodeName, LoadReport> reports, List<String> unread, Map<String, Double> ages) {
    static LoadSnapshot of(LoadView view) {
      return new LoadSnapshot(
          view.reports().stream()
              .collect(Collectors.toMap(r -> r.host().node(), r -> r, (a, b) -> a)),
          List.copyOf(view.unread()),
          ages(view.metrics()));
    }

    private static Map<String, Double> ages(Map<String, Double> metrics) {
      Map<String, Double> ages = new LinkedHashMap<>();
      ages.put("average", metrics.get("mosey_load_age_average_seconds"));
      ages.put("maximal", metrics.get("mosey_load_age_max_seconds"));
      ages.put("expected", metrics.get("mosey_load_age_expected_seconds"));
      return ages;
    }
  }

  /** What the scheduler and the home of this node say. */
  private record Here(boolean stay, String movesPay, Map<NodeName, String> leftOut) {
    Here without(Map<NodeName, String> hosts) {
      return new Here(stay, movesPay, hosts);
    }
  }

  private NodeView view(MembershipView.Node node, LoadSnapshot loads, Here scheduler) {
    LoadReport report = loads.reports().get(node.name());
    boolean self = node.name().equals(parts.self());
    boolean here = self || node.reachable();
    BooksId books = self ? own.books() : node.hello() == null ? null : node.hello().books();
    return new NodeView(
        node.name().value(),
        here ? "up" : "away",
        report == null ? null : report.mode(),
        self ? scheduler.stay() : null,
        report == null ? null : report.load(),
        report == null ? null : report.speed(),
        report == null ? null : report.cores(),
        report == null ? null : report.slots(),
        report == null ? null : report.running(),
        report == null ? null : report.memoryTotalMb(),
        report == null ? null : report.memoryFreeMb(),
        report == null ? null : report.swapTotalMb(),
        report == null ? null : report.swapFreeMb(),
        report == null ? null : report.pressure(),
        report == null ? null : report.waiting(),
        report == null ? null : report.ageMillis() / 1000.0,
        self ? own.url() : node.hello() == null ? null : node.hello().httpUrl(),
        node.address(),
        self ? parts.facts().supervision() : null,
        self ? loads.unread() : null,
        NodeView.Books.of(books),
        self ? parts.facts().version() : null,
        here || node.awaySinceMillis() == 0
            ? null
            : Instant.ofEpochMilli(node.awaySinceMillis()).toString(),
        self ? scheduler.movesPay() : null,
        self ? loads.ages() : null,
        scheduler.leftOut().get(node.name()));
  }

  private CompletableFuture<ApiResponse> best(ApiRequest request) {
    double memory = request.number("memory_mb", 0, 0, Integer.MAX_VALUE);
    double cores = request.decimal("cores", 1, 0, 1_000_000);
    int count = (int) request.number("count", 1, 1, 1000);
    return asking
        .scheduler(view -> view.best(Resources.of(cores, memory), count, any -> true))
        .thenApply(best -> ApiResponse.ok(Map.of("nodes", best)));
  }

  private CompletableFuture<ApiResponse> verb(ApiRequest request, NodeName node, String verb) {
    if (!everywhere.isSelf(node)) {
      Verb options = options(request);
      return everywhere.pass(
          node, request, Duration.ofSeconds(options.deadlineSeconds().longValue() + 5));
    }
    return switch (verb) {
      case "block" -> mode("blocked", null, "takes no guests");
      case "noblock", "undrain" ->
          toldHomes(request, "trust")
              .thenCompose(deaf -> mode("open", null, "takes guests" + notTold(deaf)));
      case "stay" -> mode(null, true, "keeps its processes");
      case "nostay" -> mode(null, false, "gives processes away when that pays");
      case "expel" -> evacuate("expel");
      case "drain" -> drain(options(request));
      case "shutdown" -> soon(parts.daemon().shutDown(), "drains and shuts down");
      case "restart" -> soon(parts.daemon().restart(), "restarts: what runs there runs on");
      case "backup" -> backup(options(request).directory());
      case "setspeed" -> setSpeed(options(request).speed());
      case "adopt" -> adopt(options(request).directory());
      default ->
          throw ApiException.notFound(
              "'" + verb + "' is not a verb of a node",
              "verbs: stay nostay block noblock expel drain undrain shutdown restart forget"
                  + " backup setspeed adopt");
    };
  }

  private static Verb options(ApiRequest request) {
    Verb options =
        request.body().length == 0 ? new Verb(null, null, null) : request.json(Verb.class);
    if (options.deadlineSeconds() == null) {
      return new Verb(60.0, options.speed(), options.directory());
    }
    if (!(options.deadlineSeconds() >= 0 && options.deadlineSeconds() <= DEADLINE_MAX)) {
      throw ApiException.badRequest("deadline_seconds must be from 0 to " + DEADLINE_MAX, null);
    }
    return options;
  }

  private CompletableFuture<ApiResponse> backup(String directory) {
    return with(
        directory,
        target -> {
          parts.daemon().backup().accept(target);
          return "has a backup in " + target;
        });
  }

  private CompletableFuture<ApiResponse> adopt(String directory) {
    return with(
        directory, source -> "has opened the books of " + parts.daemon().adoption().adopt(source));
  }

  /** What takes a directory, and its time. */
  private CompletableFuture<ApiResponse> with(String directory, Function<Path, String> work) {
    Path path = absolute(directory);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return said(work.apply(path), List.of());
          } catch (StoreException refused) {
            throw ApiException.refused(refused.getMessage(), refused.hint());
          }
        },
        blocking);
  }

  private Path absolute(String directory) {
    try {
      Path path = directory == null ? null : Path.of(directory).normalize();
      if (path != null && path.isAbsolute() && path.getNameCount() > 0) {
        return path;
      }
    } catch (InvalidPathException notOne) {
      // said below
    }
    throw ApiException.badRequest(
        "directory must be an absolute path on " + parts.self() + ", was " + directory,
        "send an object, like {\"directory\": \"/backups/monday\"}");
  }

  private CompletableFuture<ApiResponse> setSpeed(Double speed) {
    if (speed == null || !(speed >= SPEED_MIN && speed <= SPEED_MAX)) {
      throw ApiException.badRequest(
          "speed must be from " + SPEED_MIN + " to " + SPEED_MAX + ", was " + speed,
          "send an object, like {\"speed\": 1.5}");
    }
    return asking
        .<LoadMonitor.Command, Double>ask(
            asking.actors().loads(), replyTo -> new LoadMonitor.SetSpeed(speed, replyTo))
        .thenApply(set -> said("has speed " + set, List.of()));
  }

  private CompletableFuture<ApiResponse> mode(String mode, Boolean stay, String message) {
    return setMode(mode, stay).thenApply(now -> said(message, List.of()));
  }

  private CompletableFuture<String> setMode(String mode, Boolean stay) {
    return asking.ask(
        asking.actors().scheduler(), replyTo -> new Scheduler.SetMode(mode, stay, replyTo));
  }

  private ApiResponse said(String message, List<ProcessId> left) {
    return ApiResponse.ok(
        Map.of("node", parts.self(), "message", parts.self() + " " + message, "left", left));
  }

  private CompletableFuture<ApiResponse> evacuate(String reason) {
    return evacuateNow(reason)
        .thenApply(
            done -> {
              long moved = done.moves().stream().filter(m -> m.failed() == null).count();
              return said(
                  "gave " + moved + (moved == 1 ? " process" : " processes") + " away" + left(done),
                  List.copyOf(done.left().keySet()));
            });
  }

  private CompletableFuture<Scheduler.Evacuated> evacuateNow(String reason) {
    return asking
        .within(MOVE_PATIENCE)
        .ask(asking.actors().scheduler(), replyTo -> new Scheduler.Evacuate(reason, replyTo));
  }

  private CompletableFuture<ApiResponse> drain(Verb options) {
    long deadline = System.nanoTime() + (long) (options.deadlineSeconds() * 1e9);
    return setMode("draining", null)
        .thenCompose(mode -> evacuateNow("drain"))
        .thenCompose(done -> emptied(deadline).thenApply(count -> drained(count, done)));
  }

  private ApiResponse drained(int running, Scheduler.Evacuated done) {
    return running == 0
        ? said("is drained: nothing runs there", List.of())
        : said("still runs " + running + left(done), List.copyOf(done.left().keySet()));
  }

  /** As {@code : 1 can't move, 2 had nowhere to go}; of those that were left then. */
  static String left(Scheduler.Evacuated done) {
    long fixed = done.left().values().stream().filter(StayReason.CANNOT_MOVE::equals).count();
    long homeless = done.left().size() - fixed;
    List<String> parts = new ArrayList<>();
    if (fixed > 0) {
      parts.add(fixed + " can't move");
    }
    if (homeless > 0) {
      parts.add(homeless + " had nowhere to go");
    }
    return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
  }

  /** Waits until nothing runs here any more, or the deadline; how many are left. */
  private CompletableFuture<Integer> emptied(long deadline) {
    return asking
        .loads(view -> view.reports().getFirst().running())
        .thenCompose(
            running -> {
              if (running == 0 || System.nanoTime() >= deadline) {
                return CompletableFuture.completedFuture(running);
              }
              CompletableFuture<Void> pause = new CompletableFuture<>();
              asking
                  .system()
                  .scheduler()
                  .scheduleOnce(
                      Duration.ofMillis(200),
                      () -> pause.complete(null),
                      asking.system().executionContext());
              return pause.thenCompose(ignored -> emptied(deadline));
            });
  }

  @Override
  public CompletableFuture<Map<String, Object>> wouldGo(JobSpec spec) {
    record Places(
        List<BestNodes.Choice> best, List<Candidate> candidates, Optional<String> hopeless) {}
    return asking
        .scheduler(
            view ->
                new Places(
                    view.best(spec.resources(), 1, spec::mayRunOn),
                    view.candidates(spec, Map.of()),
                    view.hopeless(spec)))
        .thenApply(
            places -> {
              Map<String, Object> answer = new LinkedHashMap<>();
              places.best().stream().findFirst().ifPresent(best -> answer.put("node", best.node()));
              answer.put(
                  "message",
                  places.best().isEmpty()
                      ? "it would wait: " + places.hopeless().orElse("no node has room")
                      : "it would start on " + places.best().getFirst().node());
              answer.put("nodes", places.candidates());
              return answer;
            });
  }

  @Override
  public CompletableFuture<Optional<String>> hopeless(JobSpec spec) {
    return asking.scheduler(view -> view.hopeless(spec));
  }

  private CompletableFuture<ApiResponse> soon(Runnable end, String line) {
    asking
        .system()
        .scheduler()
        .scheduleOnce(Duration.ofMillis(100), end, asking.system().executionContext());
    return CompletableFuture.completedFuture(said(line, List.of()));
  }

  private CompletableFuture<ApiResponse> forget(ApiRequest request, NodeName node) {
    MembershipView.Node known = everywhere.node(node);
    if (everywhere.isSelf(node) || known.reachable()) {
      throw new ApiException(
          409,
          "still_there",
          node + " answers: what runs there runs",
          "forget is for a node that is gone; use mosctl drain and shutdown");
    }
    return toldHomes(request, "forget", node)
        .thenApply(
            deaf ->
                ApiResponse.ok(
                    Map.of(
                        "node",
                        node,
                        "message",
                        deaf.isEmpty()
                            ? "every home gives out again what " + node + " ran"
                            : "not told: " + String.join(", ", deaf),
                        "left",
                        List.of())));
  }

  private CompletableFuture<List<String>> toldHomes(ApiRequest request, String what) {
    return toldHomes(request, what, parts.self());
  }

  /** Tells every home that answers something about a node; the names of those that do not. */
  private CompletableFuture<List<String>> toldHomes(
      ApiRequest request, String what, NodeName node) {
    List<CompletableFuture<String>> homes = new ArrayList<>();
    for (MembershipView.Node home : everywhere.nodes()) {
      ApiRequest onward =
          ApiRequest.parse("POST", "/local/" + what + "/" + node, request.user(), null, null);
      if (everywhere.isSelf(home.name())) {
        homes.add(tellHome(what, node).thenApply(done -> null));
      } else if (home.reachable()) {
        homes.add(
            everywhere
                .pass(home.name(), onward, Duration.ZERO)
                .handle(
                    (answer, failure) ->
                        failure == null && answer.status() == 200 ? null : home.name().value()));
      }
    }
    return Everywhere.all(homes)
        .thenApply(results -> results.stream().filter(java.util.Objects::nonNull).toList());
  }

  private static String notTold(List<String> deaf) {
    return deaf.isEmpty() ? "" : "; not told: " + String.join(", ", deaf);
  }

  private CompletableFuture<ApiResponse> tellHome(String what, NodeName node) {
    BooksCommand command =
        what.equals("trust") ? new BooksCommand.Trust(node) : new BooksCommand.Forget(node);
    return jobs.askHome(command).thenApply(reply -> ApiResponse.ok(Map.of("node", node)));
  }
}
