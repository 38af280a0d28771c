package dev.mosey.node.gateway;

import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Stays;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Asks the nodes that a process left what its moves have gained, and the node where it is why it
 * stays. Who does not answer is left out: the rest of the answer is worth having without it.
 */
final class WhyMoved {
  private static final int NODES_MAX = 8;
  private static final int LINES = 32;

  private final Asking asking;
  private final Everywhere everywhere;

  WhyMoved(Asking asking, Everywhere everywhere) {
    this.asking = asking;
    this.everywhere = everywhere;
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on(
        "GET",
        "local/stays/*",
        (request, id) -> here(ProcessId.parse(id.getFirst())).thenApply(ApiResponse::ok));
  }

  /** The answer, completed. */
  CompletableFuture<WhyView> complete(WhyView why, JobView job) {
    List<MoveView> moves = why.moves() == null ? List.of() : why.moves();
    List<CompletableFuture<List<MoveView>>> ledgers =
        moves.stream()
            .map(MoveView::from)
            .distinct()
            .limit(NODES_MAX)
            .map(from -> ledger(NodeName.of(from), why.id()))
            .toList();
    return Everywhere.all(ledgers)
        .thenCombine(
            stays(job),
            (lines, stays) ->
                Why.with(why, lines.stream().flatMap(List::stream).toList(), stays.orNull()));
  }

  /** An answer that may be missing; as JSON it must be a value. */
  record Answer(Stays stays) {
    static final Answer NONE = new Answer(null);

    Stays orNull() {
      return stays;
    }
  }

  private CompletableFuture<Answer> here(ProcessId id) {
    return asking.scheduler(
        view -> view.stay(id).map(WhyMoved::view).map(Answer::new).orElse(Answer.NONE));
  }

  private static Stays view(Stay stay) {
    return new Stays(
        stay.reason().word(),
        stay.reason().sentence(),
        stay.best() == null ? null : stay.best().value(),
        stay.figures());
  }

  private CompletableFuture<Answer> stays(JobView job) {
    if (!"running".equals(job.state()) || job.host() == null || job.id() == null) {
      return CompletableFuture.completedFuture(Answer.NONE);
    }
    NodeName host = NodeName.of(job.host());
    if (everywhere.isSelf(host)) {
      return here(ProcessId.parse(job.id()));
    }
    return ask(
        host, "/local/stays/" + job.id(), body -> Json.parse(body, Answer.class), Answer.NONE);
  }

  private CompletableFuture<List<MoveView>> ledger(NodeName node, String id) {
    if (everywhere.isSelf(node)) {
      return asking.scheduler(view -> new ArrayList<>(view.moves(ProcessId.parse(id), LINES)));
    }
    return ask(
        node,
        "/local/moves?limit=" + LINES + "&id=" + id,
        body -> List.of(Json.parse(body, MoveView[].class)),
        List.of());
  }

  private <T> CompletableFuture<T> ask(
      NodeName node, String path, Function<byte[], T> read, T otherwise) {
    try {
      return everywhere
          .pass(node, ApiRequest.parse("GET", path, "", null, null), Duration.ZERO)
          .thenApply(answer -> answer.status() == 200 ? read.apply(answer.body()) : otherwise)
          .exceptionally(failure -> otherwise);
    } catch (ApiException away) {
      return CompletableFuture.completedFuture(otherwise);
    }
  }
}
