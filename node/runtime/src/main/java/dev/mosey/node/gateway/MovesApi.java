package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The move ledgers of all nodes, newest first. */
final class MovesApi {
  private static final int LIMIT_MAX = 1000;
  private static final int ROWS_PER_CALL = 100;

  private final Asking asking;
  private final Everywhere everywhere;

  MovesApi(Asking asking, Everywhere everywhere) {
    this.asking = asking;
    this.everywhere = everywhere;
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("GET", "moves", (request, none) -> moves(request), "limit", "id")
        .on("GET", "local/moves", (request, none) -> here(request).thenApply(ApiResponse::ok));
  }

  private CompletableFuture<ApiResponse> moves(ApiRequest request) {
    int limit = (int) request.number("limit", 100, 1, LIMIT_MAX);
    List<CompletableFuture<Part>> parts = new ArrayList<>();
    for (MembershipView.Node node : everywhere.nodes()) {
      String name = node.name().value();
      if (everywhere.isSelf(node.name())) {
        parts.add(here(request).thenApply(moves -> new Part(moves, null)));
      } else if (node.reachable()) {
        ApiRequest part =
            ApiRequest.parse("GET", "/local/moves", request.user(), null, null)
                .with("limit", Integer.toString(Math.min(limit, ROWS_PER_CALL)))
                .with("id", request.text("id").orElse(""));
        parts.add(
            everywhere
                .pass(node.name(), part, Duration.ZERO)
                .thenApply(
                    answer -> new Part(List.of(Json.parse(answer.body(), MoveView[].class)), null))
                .exceptionally(failure -> new Part(List.of(), name)));
      } else {
        parts.add(CompletableFuture.completedFuture(new Part(List.of(), name)));
      }
    }
    return Everywhere.all(parts).thenApply(found -> ApiResponse.ok(merge(found, limit)));
  }

  private record Part(List<MoveView> moves, String missing) {}

  private static Page<MoveView> merge(List<Part> parts, int limit) {
    List<MoveView> moves =
        parts.stream()
            .flatMap(part -> part.moves().stream())
            .sorted(
                Comparator.comparing(MoveView::at, Comparator.nullsLast(Comparator.reverseOrder())))
            .limit(limit)
            .toList();
    List<String> missing =
        parts.stream().map(Part::missing).filter(java.util.Objects::nonNull).toList();
    return new Page<>(
        moves, null, missing, missing.stream().map(node -> node + " does not answer").toList());
  }

  private CompletableFuture<List<MoveView>> here(ApiRequest request) {
    int limit = (int) request.number("limit", 100, 1, LIMIT_MAX);
    ProcessId id = request.text("id").map(ProcessId::parse).orElse(null);
    return asking.scheduler(view -> view.moves(id, limit));
  }
}
