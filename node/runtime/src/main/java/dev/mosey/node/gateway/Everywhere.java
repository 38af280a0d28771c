package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers for the whole cluster: asks every home for its part, merges, and says whose part is
 * missing.
 */
final class Everywhere {
  /** So many rows of a list fit into one answer between nodes. */
  private static final int ROWS_PER_CALL = 48;

  private final NodeName self;
  private final Supplier<MembershipView> cluster;
  private final Federation federation;

  Everywhere(NodeName self, Supplier<MembershipView> cluster, Federation federation) {
    this.self = self;
    this.cluster = cluster;
    this.federation = federation;
  }

  boolean isSelf(NodeName node) {
    return self.equals(node);
  }

  /** Passes a request on to the node that it is about. */
  CompletableFuture<ApiResponse> pass(NodeName node, ApiRequest request, Duration patience) {
    MembershipView.Node member = node(node);
    if (!member.reachable()) {
      throw ApiException.away(
          note(member), "what is there can be read and changed again when it is back");
    }
    return federation.call(node, request, patience);
  }

  /**
   * A node that is known.
   *
   * @throws ApiException 404 when it is not
   */
  MembershipView.Node node(NodeName name) {
    MembershipView.Node node = cluster.get().nodes().get(name);
    if (node == null) {
      throw ApiException.notFound("there is no node " + name, "mosctl status lists the nodes");
    }
    return node;
  }

  /** Every node that is known, this one among them. */
  java.util.Collection<MembershipView.Node> nodes() {
    return cluster.get().nodes().values();
  }

  /** The jobs of all homes. */
  CompletableFuture<Page<JobView>> list(ApiRequest request, HomeQuery query, JobReader own) {
    Map<String, String> cursors = cursors(query.after());
    String only = request.text("home").orElse(null);
    List<CompletableFuture<Part>> parts = new ArrayList<>();
    for (MembershipView.Node member : nodes()) {
      String name = member.name().value();
      if ((only != null && !only.equals(name))
          || (query.after() != null && !cursors.containsKey(name))) {
        continue;
      }
      HomeQuery page = JobQueries.page(query, query.limit(), cursors.get(name));
      if (isSelf(member.name())) {
        parts.add(
            own.list(page, request.flag("history"))
                .thenApply(rows -> new Part(member, rows.items(), rows.next(), null)));
      } else if (!member.reachable()) {
        parts.add(
            CompletableFuture.completedFuture(new Part(member, List.of(), null, note(member))));
      } else {
        parts.add(
            rows(member.name(), request, page, new ArrayList<>())
                .thenApply(rows -> new Part(member, rows.items(), rows.next(), null))
                .exceptionally(
                    failure ->
                        new Part(member, List.of(), null, member.name() + " does not answer")));
      }
    }
    return all(parts).thenApply(found -> merge(found, query));
  }

  /** The pages of one home, until there are enough. */
  private CompletableFuture<Page<JobView>> rows(
      NodeName node, ApiRequest request, HomeQuery query, List<JobView> found) {
    ApiRequest part =
        request
            .with("scope", "local")
            .with("limit", Integer.toString(Math.min(ROWS_PER_CALL, query.limit() - found.size())));
    ApiRequest from = query.after() == null ? part : part.with("after", query.after());
    return federation
        .call(node, from, Duration.ZERO)
        .thenCompose(
            answer -> {
              if (answer.status() != 200) {
                throw ApiException.away(node + " could not answer", null);
              }
              Page<JobView> page = JobsApi.JobPage.parse(answer);
              found.addAll(page.items());
              boolean enough = page.next() == null || found.size() >= query.limit();
              return enough
                  ? CompletableFuture.completedFuture(new Page<>(found, page.next(), null, null))
                  : rows(node, request, JobQueries.page(query, query.limit(), page.next()), found);
            });
  }

  private record Part(
      MembershipView.Node member, List<JobView> items, String next, String missing) {}

  private static Page<JobView> merge(List<Part> parts, HomeQuery query) {
    List<JobView> items = new ArrayList<>();
    List<String> incomplete = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Map<String, String> next = new TreeMap<>();
    for (Part part : parts) {
      items.addAll(part.items());
      if (part.missing() != null) {
        incomplete.add(part.member().name().value());
        notes.add(part.missing());
      }
      if (part.next() != null) {
        next.put(part.member().name().value(), part.next());
      }
    }
    items.sort(query.newest() ? NEWEST : QUEUE);
    String cursor =
        next.isEmpty()
            ? null
            : Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(next));
    return new Page<>(items, cursor, incomplete, notes);
  }

  private static final Comparator<JobView> NEWEST =
      Comparator.comparing(
          (JobView job) -> job.ended() == null ? job.submitted() : job.ended(),
          Comparator.nullsLast(Comparator.reverseOrder()));

  /**
   * What runs first, then the queue by priority and age; stable, so that each home's own order is
   * kept.
   */
  private static final Comparator<JobView> QUEUE =
      Comparator.comparing(
              (JobView job) ->
                  !List.of("starting", "running", "moving", "frozen").contains(job.state()))
          .thenComparing(job -> job.priority() == null ? 50 : job.priority())
          .thenComparing(JobView::submitted, Comparator.nullsLast(Comparator.naturalOrder()));

  /** Several jobs by id; what is not found is noted. */
  CompletableFuture<Page<JobView>> each(
      List<String> ids, Function<String, CompletableFuture<Optional<JobView>>> one) {
    List<String> notes = new ArrayList<>();
    List<CompletableFuture<Optional<JobView>>> found =
        ids.stream()
            .map(
                id ->
                    one.apply(id)
                        .exceptionally(failure -> Optional.empty())
                        .thenApply(
                            job -> {
                              if (job.isEmpty()) {
                                synchronized (notes) {
                                  notes.add("there is no " + id + ", or its home does not answer");
                                }
                              }
                              return job;
                            }))
            .toList();
    return all(found)
        .thenApply(
            jobs ->
                new Page<>(jobs.stream().flatMap(Optional::stream).toList(), null, null, notes));
  }

  /** That a node is away, and since when. */
  String note(MembershipView.Node member) {
    String since =
        member.awaySinceMillis() == 0
            ? ""
            : " since "
                + Instant.ofEpochMilli(member.awaySinceMillis()).truncatedTo(ChronoUnit.SECONDS);
    return member.name() + " is away" + since;
  }

  private static Map<String, String> cursors(String after) {
    if (after == null) {
      return Map.of();
    }
    try {
      Map<String, String> cursors = new TreeMap<>();
      Json.MAPPER
          .readTree(new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8))
          .properties()
          .forEach(entry -> cursors.put(entry.getKey(), entry.getValue().asText()));
      return cursors;
    } catch (IllegalArgumentException | java.io.IOException e) {
      throw ApiException.badRequest("'after' is not what an earlier page gave as next", null);
    }
  }

  /** All of them, in order, when the last is there. */
  static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}
