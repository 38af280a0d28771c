package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mosey.node.testcluster.Await;
import dev.mosey.protocol.api.EventView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int PARTS_MAX = 100;

  private final EventLog log = new EventLog("alpha", 7, 100);

  private EventStream stream(Duration patience) {
    return new EventStream(
        log,
        () -> CompletableFuture.completedFuture(null),
        new EventStream.Settings(2, Duration.ofMillis(50), patience));
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void add(int count, String reason) {
    for (int i = 0; i < count; i++) {
      log.add(EventView.reread(Instant.EPOCH, "alpha", reason));
    }
  }

  private static Client read(EventStream stream, String from) {
    return new Client(
        stream.stream(from)
            .runWith(
                Sink.<ByteString>queue().withAttributes(Attributes.inputBuffer(1, 1)),
                KIT.system()));
  }

  /** Reads a part at a time; at most two more are on their way to it. */
  private record Client(SinkQueueWithCancel<ByteString> queue) {
    /** Empty at the end of the stream. */
    Optional<String> pull() {
      return queue
          .pull()
          .toCompletableFuture()
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join()
          .map(ByteString::utf8String);
    }

    /** The next part with this text. */
    String next(String text) {
      for (int parts = 0; parts < PARTS_MAX; parts++) {
        String part = pull().orElseThrow();
        if (part.contains(text)) {
          return part;
        }
      }
      throw new AssertionError("not told: " + text);
    }

    void cancel() {
      queue.cancel();
    }
  }

  @Test
  void aClientThatComesBackMissesNothing() {
    EventStream events = stream(PATIENCE);
    Client client = read(events, log.now());
    assertThat(client.pull()).hasValue("retry: 2000\n\n");
    assertThat(client.pull()).hasValue("id: alpha-7-0\n\n");
    add(1, "one");
    assertThat(client.next("id: "))
        .startsWith("id: alpha-7-1\nevent: reread\ndata: {")
        .contains("\"reason\":\"one\"")
        .endsWith("}\n\n");
    client.cancel();

    add(99, "while away");
    client = read(events, "alpha-7-1");
    String text = client.next("id: ") + client.next("id: ");
    for (int number = 2; number <= 100; number++) {
      assertThat(text).containsOnlyOnce("id: alpha-7-" + number + "\n");
    }
    assertThat(text).doesNotContain("more events");
    client.cancel();
  }

  @Test
  void aClientWhoseEventsAreGoneIsToldToReadAgainAndGoesOn() {
    add(150, "old");
    for (String gone : new String[] {"alpha-7-49", "alpha-6-149", "beta-7-149", "nonsense"}) {
      Client client = read(stream(PATIENCE), gone);
      assertThat(client.next("id: ")).as(gone).startsWith("id: alpha-7-").contains("reread\n");
      add(1, "new");
      assertThat(client.next("id: ")).as(gone).contains("\"reason\":\"new\"");
      client.cancel();
    }
  }

  @Test
  void aHeartbeatIsAComment() {
    Client client = read(stream(PATIENCE), log.now());
    client.next("id: ");
    assertThat(client.pull()).hasValue(":\n\n");
    client.cancel();
  }

  @Test
  void aClientThatFallsOutOfTheLogIsCutOff() {
    EventStream events = stream(PATIENCE);
    Client client = read(events, log.now());
    client.next("id: ");
    add(1, "read");
    client.next("\"read\"");
    add(100_000, "not read");
    assertThat(client.next("more events came than are kept")).contains("event: reread\n");
    assertThat(client.pull()).isEmpty();
    assertThat(log.after("alpha-7-99901", 1000, Duration.ZERO).join().items()).hasSize(100);
    Await.until(PATIENCE, "it is gone", () -> events.metrics().get("mosey_event_watchers") == 0);
    assertThat(events.metrics()).containsEntry("mosey_event_watchers_cut_off_total", 1.0);
  }

  @Test
  void aClientThatReadsNothingIsCutOff() {
    EventStream events = stream(Duration.ofMillis(200));
    read(events, log.now());
    Await.until(
        PATIENCE,
        "it is cut off",
        () -> events.metrics().get("mosey_event_watchers_cut_off_total") == 1);
    Await.until(PATIENCE, "it is gone", () -> events.metrics().get("mosey_event_watchers") == 0);
  }

  private static Function<HttpRequest, CompletionStage<HttpResponse>> whole(EventStream events) {
    return request -> {
      request.discardEntityBytes(KIT.system());
      return events.open(null);
    };
  }

  @Test
  void aSocketThatIsNotReadIsClosedAndHoldsNothing() throws IOException {
    EventStream events = stream(Duration.ofSeconds(1));
    ServerBinding binding =
        Http.get(KIT.system())
            .newServerAt("127.0.0.1", 0)
            .bind(whole(events))
            .toCompletableFuture()
            .join();
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(
          new InetSocketAddress(
              InetAddress.getLoopbackAddress(), binding.localAddress().getPort()));
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Await.until(PATIENCE, "it watches", () -> events.metrics().get("mosey_event_watchers") == 1);
      Await.until(
          PATIENCE,
          "it is cut off",
          () -> {
            add(50, "x".repeat(20_000));
            return events.metrics().get("mosey_event_watchers_cut_off_total") == 1;
          });
      Await.until(PATIENCE, "it is gone", () -> events.metrics().get("mosey_event_watchers") == 0);
    } finally {
      binding.unbind();
    }
  }

  @Test
  void noMoreMayWatchThanAreConfigured() {
    EventStream events = stream(PATIENCE);
    Client one = read(events, log.now());
    Client two = read(events, log.now());
    one.next("id: ");
    two.next("id: ");
    ApiException refused = catchThrowableOfType(ApiException.class, () -> events.open(null));
    assertThat(refused.problem().status()).isEqualTo(503);
    one.cancel();
    Await.until(PATIENCE, "one is gone", () -> events.metrics().get("mosey_event_watchers") == 1);
    assertThat(events.open(null).toCompletableFuture().join().status().intValue()).isEqualTo(200);
    two.cancel();
  }
}
