package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.api.EventView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EventLogTest {
  private final EventLog log = new EventLog("alpha", 7, 5);

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      log.add(EventView.node("node-up", Instant.EPOCH, "alpha", "beta"));
    }
  }

  private EventLog.Part after(String place) {
    return log.after(place, 3, Duration.ZERO).join();
  }

  private static List<Long> numbers(EventLog.Part part) {
    return part.items().stream().map(EventLog.Entry::number).toList();
  }

  @Test
  void readsOnFromAPlaceInPartsAndMissesNothing() {
    add(5);
    EventLog.Part first = after("alpha-7-0");
    assertThat(numbers(first)).containsExactly(1L, 2L, 3L);
    assertThat(numbers(after(first.place()))).containsExactly(4L, 5L);
    assertThat(after(log.now()).items()).isEmpty();
    assertThat(after(log.now()).place()).isEqualTo("alpha-7-5");
  }

  @Test
  void saysWhenEventsAreLost() {
    add(6);
    assertThat(numbers(after("alpha-7-1"))).containsExactly(2L, 3L, 4L);
    for (String lost :
        List.of("alpha-7-0", "alpha-6-3", "beta-7-3", "alpha-7-7", "alpha-7-x", "")) {
      assertThat(after(lost).missed()).as(lost).isNotNull();
      assertThat(after(lost).items()).isEmpty();
      assertThat(after(lost).place()).isEqualTo("alpha-7-6");
    }
  }

  @Test
  void wakesWhoWaits() {
    CompletableFuture<EventLog.Part> waiting = log.after(log.now(), 3, Duration.ofMinutes(1));
    assertThat(waiting).isNotDone();
    add(1);
    assertThat(numbers(waiting.join())).containsExactly(1L);
    assertThat(log.after(log.now(), 3, Duration.ofMillis(20)).join().items()).isEmpty();
  }

  @Test
  void aPageForAnotherNodeFitsItsMessage() {
    EventLog large = new EventLog("alpha", 7, 100);
    for (int i = 0; i < 100; i++) {
      large.add(EventView.reread(Instant.EPOCH, "alpha", "x".repeat(1000)));
    }
    ClusterFeed.Page page =
        ClusterFeed.page(large, large.after("alpha-7-0", 100, Duration.ZERO).join());
    assertThat(page.items()).hasSizeBetween(10, 24);
    assertThat(page.place()).isEqualTo("alpha-7-" + page.items().size());
  }
}
