package dev.mosey.node.gateway;

import dev.mosey.node.load.LoadMonitor;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.TuneView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** The tunes: shown, and changed for the whole cluster. */
final class TunesApi {
  private final ActorSystem<?> system;
  private final ActorRef<LoadMonitor.Command> loads;
  private final Duration timeout;

  TunesApi(ActorSystem<?> system, ActorRef<LoadMonitor.Command> loads, Duration timeout) {
    this.system = system;
    this.loads = loads;
    this.timeout = timeout;
  }

  /** Adds the entries of the table. */
  void register(Api api) {
    api.on("GET", "tunes", (request, none) -> show(), "limit", "after")
        .on("PATCH", "tunes", (request, none) -> change(request));
  }

  private CompletableFuture<ApiResponse> show() {
    return AskPattern.<LoadMonitor.Command, List<TuneView>>ask(
            loads,
            replyTo -> new LoadMonitor.Read<>(view -> List.copyOf(view.tunes()), replyTo),
            timeout,
            system.scheduler())
        .toCompletableFuture()
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
    return AskPattern.<LoadMonitor.Command, LoadMonitor.TunesAnswer>ask(
            loads,
            replyTo -> new LoadMonitor.SetTunes(values, replyTo),
            timeout,
            system.scheduler())
        .toCompletableFuture()
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
