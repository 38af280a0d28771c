package dev.mosey.node.gateway;

import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.home.Home;
import dev.mosey.protocol.api.Problem;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What {@code /alive}, {@code /ready} and {@code /health} say. Alive is a node whose interface
 * answers: nothing that time may mend makes it dead. Ready is one that is Up in a cluster and whose
 * books are open: only then is work sent to it done. Health says what is wrong, also what does not
 * stop it.
 */
final class Health {
  /**
   * Where it looks.
   *
   * @param self this node
   * @param membership its status in the cluster in Pekko's word, {@code up} in lower case; or null
   *     while it has joined none
   * @param cluster who belongs to it
   * @param books how the books are; fails when the home does not answer in time
   * @param takesNewWork whether the disk has room for new jobs
   * @param supervision {@code native}, or {@code weak: why}
   */
  record Sources(
      NodeName self,
      Supplier<String> membership,
      Supplier<MembershipView> cluster,
      Supplier<CompletableFuture<Home.Condition>> books,
      Supplier<Boolean> takesNewWork,
      String supervision) {}

  /**
   * Something that is wrong.
   *
   * @param code stable word for programs
   * @param message one line
   * @param hint what to do, or null
   * @param ready whether the node is ready in spite of it
   */
  record Finding(String code, String message, String hint, boolean ready) {}

  private final Sources sources;

  Health(Sources sources) {
    this.sources = sources;
  }

  /** Always 200. */
  ApiResponse alive() {
    return ApiResponse.ok(Map.of("status", "alive", "node", sources.self()));
  }

  /** 200 or 503; the future never fails. */
  CompletableFuture<ApiResponse> ready() {
    return findings()
        .thenApply(
            findings ->
                findings.stream()
                    .filter(finding -> !finding.ready())
                    .findFirst()
                    .map(
                        first ->
                            ApiResponse.of(
                                Problem.of(503, "not_ready", first.message(), first.hint())))
                    .orElse(ApiResponse.ok(Map.of("status", "ready", "node", sources.self()))));
  }

  /** 200, or 503 when the node is not ready, with everything that is wrong; never fails. */
  CompletableFuture<ApiResponse> health() {
    return findings()
        .thenApply(
            findings -> {
              boolean ready = findings.stream().allMatch(Finding::ready);
              Map<String, Object> answer = new LinkedHashMap<>();
              answer.put("status", findings.isEmpty() ? "ok" : ready ? "degraded" : "not_ready");
              answer.put("node", sources.self());
              answer.put("problems", findings);
              return new ApiResponse(ready ? 200 : 503, Json.bytes(answer));
            });
  }

  private CompletableFuture<List<Finding>> findings() {
    List<Finding> found = new ArrayList<>();
    membership(found);
    return sources
        .books()
        .get()
        .handle(
            (books, silent) -> {
              books(found, silent == null ? books : null);
              surroundings(found);
              return found;
            });
  }

  private void membership(List<Finding> found) {
    String status = sources.membership().get();
    if (status == null) {
      found.add(
          new Finding(
              "no_cluster",
              sources.self() + " has not joined a cluster yet",
              "it knocks at its seeds and at the members it remembers: is a majority running?",
              false));
    } else if (!status.equals("up")) {
      found.add(
          new Finding("not_up", sources.self() + " is " + status + ", not up", "try again", false));
    }
  }

  private void books(List<Finding> found, Home.Condition books) {
    if (books == null) {
      found.add(
          new Finding(
              "books_silent", "the home does not answer", "its log says what it does", false));
    } else if (books.closing()) {
      found.add(
          new Finding("shutting_down", "the node is shutting down", "ask another node", false));
    } else if (!books.open()) {
      found.add(
          new Finding(
              "books_closed",
              "the books are not open",
              "the log says why; they are opened again by themselves",
              false));
    }
  }

  private void surroundings(List<Finding> found) {
    for (NodeName node : sources.cluster().get().unreachable()) {
      found.add(
          new Finding("unreachable", node + " does not answer", "mosctl status has more", true));
    }
    if (!sources.takesNewWork().get()) {
      found.add(
          new Finding(
              "disk_full",
              "the disk is full: new jobs are refused",
              "free some space in the data directory's file system",
              true));
    }
    if (sources.supervision().startsWith("weak")) {
      found.add(
          new Finding(
              "weak_supervision",
              "supervision of processes is " + sources.supervision(),
              "install a C compiler and build the keeper",
              true));
    }
  }
}
