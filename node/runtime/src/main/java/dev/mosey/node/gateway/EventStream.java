package dev.mosey.node.gateway;

import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.json.Json;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * {@code GET /mosey/v1/events}: server-sent events. A client holds a place in the log and nothing
 * else, so it costs the same however slowly it reads: who falls out of the bounded log is told to
 * read everything again and cut off, and so is who reads nothing at all for a while.
 */
final class EventStream {
  private static final int AT_ONCE = 64;

  /**
   * Bounds.
   *
   * @param watchers most clients at once
   * @param heartbeat between two signs of life
   * @param patience with a client that reads nothing
   */
  record Settings(int watchers, Duration heartbeat, Duration patience) {}

  /** Who brings the events of other nodes, while somebody watches. */
  @FunctionalInterface
  interface Feed {
    /** Somebody watches; the answer comes when nothing is missed any more, never a failure. */
    CompletableFuture<Void> wanted();
  }

  /** Where a client is; {@code over} when it is to be cut off. */
  private record Place(String place, boolean begun, boolean over) {}

  private final EventLog log;
  private final Feed feed;
  private final Settings settings;
  private final AtomicInteger watchers = new AtomicInteger();
  private final AtomicLong cutOff = new AtomicLong();

  EventStream(EventLog log, Feed feed, Settings settings) {
    this.log = log;
    this.feed = feed;
    this.settings = settings;
  }

  /** For the metrics. */
  Map<String, Double> metrics() {
    return Map.of(
        "mosey_event_watchers",
        (double) watchers.get(),
        "mosey_events_total",
        (double) log.count(),
        "mosey_event_watchers_cut_off_total",
        (double) cutOff.get());
  }

  /**
   * Opens a stream.
   *
   * @param lastId where the client was before, or null
   * @throws ApiException 503 when too many watch
   */
  CompletionStage<HttpResponse> open(String lastId) {
    if (watchers.get() >= settings.watchers()) {
      throw ApiException.busy(
          watchers.get() + " clients follow the events already",
          "come again, or ask another node; mosd.gateway.event-watchers is the bound");
    }
    String from = lastId == null || lastId.isBlank() ? log.now() : lastId.trim();
    return feed.wanted()
        .thenApply(
            ready ->
                HttpResponse.create()
                    .addHeader(RawHeader.create("Cache-Control", "no-store"))
                    .addHeader(RawHeader.create("X-Accel-Buffering", "no"))
                    .withEntity(
                        HttpEntities.create(
                            MediaTypes.TEXT_EVENT_STREAM.toContentType(), stream(from))));
  }

  /** The bytes for one client. */
  Source<ByteString, NotUsed> stream(String from) {
    return Source.single(ByteString.fromString("retry: 2000\n\n"))
        .concat(Source.unfoldAsync(new Place(from, false, false), this::next))
        .backpressureTimeout(settings.patience())
        .watchTermination(
            (used, done) -> {
              watchers.incrementAndGet();
              done.whenComplete(
                  (end, failure) -> {
                    watchers.decrementAndGet();
                    if (failure instanceof java.util.concurrent.TimeoutException) {
                      cutOff.incrementAndGet();
                    }
                  });
              return used;
            });
  }

  private CompletionStage<Optional<Pair<Place, ByteString>>> next(Place at) {
    if (at.over()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    feed.wanted();
    // The first answer comes at once: it tells the client where it is.
    Duration patience = at.begun() ? settings.heartbeat() : Duration.ZERO;
    return log.after(at.place(), AT_ONCE, patience).thenApply(part -> Optional.of(told(at, part)));
  }

  private Pair<Place, ByteString> told(Place at, EventLog.Part part) {
    StringBuilder text = new StringBuilder();
    if (part.missed() != null) {
      EventView reread = EventView.reread(null, null, part.missed());
      append(text, part.place(), reread);
      if (at.begun()) {
        cutOff.incrementAndGet();
      }
      return Pair.create(
          new Place(part.place(), true, at.begun()), ByteString.fromString(text.toString()));
    }
    part.items().forEach(entry -> append(text, log.place(entry.number()), entry.view()));
    if (text.isEmpty()) {
      text.append(at.begun() ? ":\n\n" : "id: " + at.place() + "\n\n");
    }
    return Pair.create(
        new Place(part.place(), true, false), ByteString.fromString(text.toString()));
  }

  private static void append(StringBuilder text, String id, EventView event) {
    text.append("id: ")
        .append(id)
        .append("\nevent: ")
        .append(event.event())
        .append("\ndata: ")
        .append(new String(Json.bytes(event), java.nio.charset.StandardCharsets.UTF_8))
        .append("\n\n");
  }
}
