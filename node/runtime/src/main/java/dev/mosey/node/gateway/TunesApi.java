package dev.mosey.node.gateway;

import dev.mosey.node.load.LoadMonitor;
import dev.mosey.protocol.api.Page;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The tunes: shown, and changed for the whole cluster. */
final class TunesApi {
  private final Asking asking;

  TunesApi(Asking asking) {
    this.asking = asking;
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("GET", "tunes", (request, none) -> show(), "limit", "after")
        .on("PATCH", "tunes", (request, none) -> change(request));
  }

  private CompletableFuture<ApiResponse> show() {
    return asking
        .loads(view -> List.copyOf(view.tunes()))
        .thenApply(tunes -> ApiResponse.ok(Page.of(tunes)));
  }

  private CompletableFuture<ApiResponse> change(ApiRequest request) {
    Map<String, String> values = new TreeMap<>();
    request
        .json(com.fasterxml.jackson.databind.JsonNode.class)
        .properties()
        .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
    if (values.isEmpty()) {
      throw ApiException.badRequest(
          "no tune was named", "send an object, like {\"differential\":\"0.3\"}");
    }
    return asking
        .<LoadMonitor.Command, LoadMonitor.TunesAnswer>ask(
            asking.actors().loads(),
            replyTo -> new LoadMonitor.SetTunes(values, request.user(), replyTo))
        .thenCompose(
            answer -> {
              if (!answer.refused().isEmpty()) {
                throw ApiException.refused(
                    answer.refused().entrySet().stream()
                        .map(refused -> refused.getKey() + ": " + refused.getValue())
                        .collect(Collectors.joining("; ")),
                    "tune shows the name and range of each");
              }
              return show();
            });
  }
}
