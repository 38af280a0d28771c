package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Brings the events of the other nodes here while somebody watches: one long poll to each of them,
 * however many watch. What happened while nobody watched is fetched when somebody does again, as
 * far as those nodes keep it.
 *
 * <pre>
 *   idle --wanted--> asking every node once --all have answered--> following
 *     ^                                                                |
 *     +----------------- nobody wanted it for a minute ----------------+
 * </pre>
 */
final class ClusterFeed {
  private static final Duration WANTED_FOR = Duration.ofMinutes(1);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration WAIT = Duration.ofSeconds(15);
  private static final int ITEMS_MAX = 200;

  /** So many bytes of events go into one answer between nodes. */
  private static final int ANSWER_BYTES = Federation.BODY_BYTES_MAX / 2;

  /**
   * A part of a node's own events.
   *
   * @param items in order
   * @param place to ask after for what follows
   * @param missed why events before these are lost, or null
   */
  record Page(List<EventView> items, String place, String missed) {}

  private final ActorSystem<?> system;
  private final Everywhere everywhere;
  private final Events events;
  private final Map<NodeName, String> places = new HashMap<>();
  private final Set<NodeName> asking = new HashSet<>();
  private CompletableFuture<Void> ready;
  private long wantedUntil;

  ClusterFeed(ActorSystem<?> system, Everywhere everywhere, Events events) {
    this.system = system;
    this.everywhere = everywhere;
    this.events = events;
  }

  /** Adds the entry of the table that other nodes ask. */
  void register(Api api) {
    api.on("GET", "local/events", (request, none) -> own(request));
  }

  /**
   * Somebody watches, now and for a while. The answer comes when everything that happens from now
   * on, on any node that answers, will be heard; never with a failure.
   */
  synchronized CompletableFuture<Void> wanted() {
    wantedUntil = System.nanoTime() + WANTED_FOR.toNanos();
    if (ready == null) {
      List<CompletableFuture<Void>> first = new ArrayList<>();
      others().forEach(node -> first.add(ask(node, true)));
      ready = CompletableFuture.allOf(first.toArray(CompletableFuture[]::new));
      later();
    }
    return ready;
  }

  private List<NodeName> others() {
    return everywhere.nodes().stream()
        .filter(MembershipView.Node::reachable)
        .map(MembershipView.Node::name)
        .filter(node -> !everywhere.isSelf(node) && !asking.contains(node))
        .toList();
  }

  private void later() {
    system.scheduler().scheduleOnce(TICK, this::tick, system.executionContext());
  }

  /** Asks whom nobody asks: who came, or did not answer. */
  private synchronized void tick() {
    if (System.nanoTime() - wantedUntil > 0) {
      ready = null;
      return;
    }
    others().forEach(node -> ask(node, false));
    later();
  }

  /** The answer comes when that node has answered, or not. */
  private CompletableFuture<Void> ask(NodeName node, boolean fromTheBeginning) {
    asking.add(node);
    String place = places.get(node);
    return call(node, place, Duration.ZERO)
        .handle(
            (page, failure) -> {
              if (failure == null && place == null && !fromTheBeginning) {
                events.missed(node, node + " has come");
              }
              took(node, failure == null ? page : null);
              return null;
            });
  }

  private synchronized void took(NodeName node, Page page) {
    if (page == null) {
      asking.remove(node);
      return;
    }
    if (page.missed() != null) {
      events.missed(node, page.missed());
    }
    events.heard(page.items());
    places.put(node, page.place());
    if (ready == null) {
      asking.remove(node);
      return;
    }
    call(node, page.place(), WAIT)
        .whenComplete((next, failure) -> took(node, failure == null ? next : null));
  }

  private CompletableFuture<Page> call(NodeName node, String place, Duration wait) {
    try {
      ApiRequest question =
          ApiRequest.parse("GET", "/local/events", "", null, null)
              .with("after", place == null ? "" : place)
              .with("wait", Long.toString(wait.toSeconds()));
      return everywhere
          .pass(node, question, wait)
          .thenApply(
              answer -> {
                if (answer.status() != 200) {
                  throw ApiException.away(node + " has no events", null);
                }
                return Json.parse(answer.body(), Page.class);
              });
    } catch (RuntimeException away) {
      return CompletableFuture.failedFuture(away);
    }
  }

  private CompletableFuture<ApiResponse> own(ApiRequest request) {
    Duration wait = Duration.ofSeconds(request.number("wait", 0, 0, 60));
    String after = request.text("after").orElse(null);
    if (after == null) {
      return CompletableFuture.completedFuture(
          ApiResponse.ok(new Page(List.of(), events.own().now(), null)));
    }
    return events
        .own()
        .after(after, ITEMS_MAX, wait)
        .thenApply(part -> ApiResponse.ok(page(events.own(), part)));
  }

  /** As much of it as fits into one message. */
  static Page page(EventLog log, EventLog.Part part) {
    List<EventView> items = new ArrayList<>();
    String place = part.items().isEmpty() ? part.place() : null;
    int bytes = 0;
    for (EventLog.Entry entry : part.items()) {
      bytes += Json.bytes(entry.view()).length;
      if (bytes > ANSWER_BYTES && !items.isEmpty()) {
        break;
      }
      items.add(entry.view());
      place = log.place(entry.number());
    }
    return new Page(items, place, part.missed());
  }
}
