package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.host.LinkProbe;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.policy.balance.Link;
import dev.mosey.policy.balance.LinkRefresh;
import dev.mosey.protocol.api.LinkView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What moves cost between nodes: measured when somebody asks for it, and from time to time in the
 * background, one link after the other; the scheduler is told.
 */
final class LinksApi {
  private static final Logger LOG = LoggerFactory.getLogger(LinksApi.class);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ROUND_TRIPS = 5;
  private static final double NANOS = 1e9;

  private final Asking asking;
  private final Everywhere everywhere;
  private final NodeName self;
  private final LinkProbe probe;
  private final GatewaySettings.Links settings;
  private final InstantSource clock;
  private final Executor blocking;

  /** Two at once would find each other's load. */
  private final ReentrantLock one = new ReentrantLock();

  LinksApi(
      Asking asking,
      Everywhere everywhere,
      NodeName self,
      LinkProbe probe,
      GatewaySettings.Links settings,
      InstantSource clock,
      Executor blocking) {
    this.asking = asking;
    this.everywhere = everywhere;
    this.self = self;
    this.probe = probe;
    this.settings = settings;
    this.clock = clock;
    this.blocking = blocking;
  }

  /** What is to be measured; absent: from the node that is asked, to all others that answer. */
  private record Wish(String from, List<String> to) {}

  private record Take(String from, Blob blob) {}

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("GET", "links", (request, none) -> all(request))
        .on("GET", "local/links", (request, none) -> here().thenApply(ApiResponse::ok))
        .on("POST", "links", (request, none) -> measure(request))
        .on(
            "GET",
            "local/echo",
            (request, none) -> CompletableFuture.completedFuture(ApiResponse.ok(Map.of())))
        .on("POST", "local/probe", (request, none) -> take(request.json(Take.class)));
  }

  private CompletableFuture<List<LinkView>> here() {
    return asking.scheduler(view -> List.copyOf(view.links()));
  }

  private CompletableFuture<ApiResponse> all(ApiRequest request) {
    List<CompletableFuture<List<LinkView>>> parts = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (MembershipView.Node node : everywhere.nodes()) {
      if (everywhere.isSelf(node.name())) {
        parts.add(here());
      } else if (node.reachable()) {
        ApiRequest part = ApiRequest.parse("GET", "/local/links", request.user(), null, null);
        parts.add(
            everywhere
                .pass(node.name(), part, Duration.ZERO)
                .thenApply(answer -> List.of(Json.parse(answer.body(), LinkView[].class)))
                .exceptionally(
                    failure -> {
                      synchronized (missing) {
                        missing.add(node.name().value());
                      }
                      return List.of();
                    }));
      } else {
        missing.add(node.name().value());
      }
    }
    return Everywhere.all(parts)
        .thenApply(
            found ->
                ApiResponse.ok(
                    new Page<>(
                        found.stream().flatMap(List::stream).toList(), null, missing, null)));
  }

  private CompletableFuture<ApiResponse> measure(ApiRequest request) {
    Wish wish = request.body().length == 0 ? new Wish(null, null) : request.json(Wish.class);
    NodeName from = wish.from() == null ? self : NodeName.of(wish.from());
    List<NodeName> targets = new ArrayList<>();
    if (wish.to() == null) {
      targets.addAll(others());
      targets.remove(from);
    } else {
      wish.to().forEach(name -> targets.add(everywhere.node(NodeName.of(name)).name()));
    }
    if (targets.contains(from)) {
      throw ApiException.badRequest("there is no way from " + from + " to itself", null);
    }
    if (!everywhere.isSelf(from)) {
      return everywhere.pass(from, request, PATIENCE.multipliedBy(Math.max(1, targets.size())));
    }
    return CompletableFuture.supplyAsync(
        () -> ApiResponse.ok(Page.of(targets.stream().map(this::measured).toList())), blocking);
  }

  private List<NodeName> others() {
    return everywhere.nodes().stream()
        .filter(node -> node.reachable() && !everywhere.isSelf(node.name()))
        .map(MembershipView.Node::name)
        .toList();
  }

  /** Measures one link, tells the scheduler, and says what is known of it then; blocks. */
  private LinkView measured(NodeName target) {
    one.lock();
    try {
      double roundTrip = roundTrip(target);
      LinkProbe.Written written = probe.write(settings.bytes());
      LinkProbe.Taken taken;
      try {
        byte[] body = Json.bytes(new Take(self.value(), written.blob()));
        ApiRequest question = ApiRequest.parse("POST", "/local/probe", "", null, body);
        taken = Json.parse(ask(target, question).body(), LinkProbe.Taken.class);
      } finally {
        probe.forget(written.blob());
      }
      Link link =
          new Link(
              roundTrip,
              taken.startSeconds(),
              settings.bytes() / written.seconds(),
              settings.bytes() / taken.carrySeconds(),
              settings.bytes() / taken.readSeconds());
      LOG.info("event=link-measured to={} link={}", target, link);
      asking.actors().scheduler().tell(new Scheduler.LinkMeasured(target, link));
      return here().join().stream()
          .filter(view -> view.to().equals(target.value()))
          .findFirst()
          .orElseThrow();
    } finally {
      one.unlock();
    }
  }

  private double roundTrip(NodeName target) {
    ApiRequest echo = ApiRequest.parse("GET", "/local/echo", "", null, null);
    ask(target, echo); // the first one opens what is closed
    double[] seconds = new double[ROUND_TRIPS];
    for (int i = 0; i < ROUND_TRIPS; i++) {
      long begin = System.nanoTime();
      ask(target, echo);
      seconds[i] = (System.nanoTime() - begin) / NANOS;
    }
    Arrays.sort(seconds);
    return seconds[ROUND_TRIPS / 2];
  }

  private ApiResponse ask(NodeName target, ApiRequest question) {
    try {
      ApiResponse answer = everywhere.pass(target, question, PATIENCE).join();
      if (answer.status() != 200) {
        throw ApiException.away("the way to " + target + " can't be measured now", null);
      }
      return answer;
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof ApiException said ? said : failed;
    }
  }

  private CompletableFuture<ApiResponse> take(Take take) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return ApiResponse.ok(probe.take(NodeName.of(take.from()), take.blob()));
          } catch (CompletionException | IllegalStateException failed) {
            String why = failed.getCause() == null ? failed.getMessage() : "" + failed.getCause();
            throw ApiException.away(self + " could not take it: " + why, null);
          }
        },
        blocking);
  }

  /** Begins to measure in the background. */
  void refresh(ActorSystem<?> system) {
    long pause =
        LinkRefresh.pauseMillis(
            others().size(), settings.every().toMillis(), settings.pause().toMillis());
    long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(Math.max(1, pause));
    system
        .scheduler()
        .scheduleOnce(
            Duration.ofMillis(jittered),
            () -> {
              try {
                next();
              } catch (RuntimeException later) {
                LOG.debug("event=link-not-measured", later);
              }
              refresh(system);
            },
            system.executionContext());
  }

  private void next() {
    here()
        .thenAcceptAsync(
            known -> {
              Map<NodeName, Long> measured = new HashMap<>();
              known.forEach(
                  link -> {
                    if (link.measuredAt() != null) {
                      measured.put(NodeName.of(link.to()), link.measuredAt().toEpochMilli());
                    }
                  });
              LinkRefresh.due(measured, others(), clock.millis(), settings.every().toMillis())
                  .ifPresent(this::measured);
            },
            blocking)
        .exceptionally(
            failed -> {
              LOG.debug("event=link-not-measured", failed);
              return null;
            });
  }
}
