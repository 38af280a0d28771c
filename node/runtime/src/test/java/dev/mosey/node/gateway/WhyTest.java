package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.home.HomeView;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.policy.books.WhyWaiting.Reason;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WhyTest {
  private static WhyView why(String host, HomeView.Loss loss) {
    String json =
        "{\"id\":\"alpha.1\",\"state\":\"running\",\"home\":\"alpha\",\"host\":\"" + host + "\"}";
    JobView job = Json.parse(json.getBytes(StandardCharsets.UTF_8), JobView.class);
    return Why.of(job, Optional.empty(), Optional.of(loss), List.of());
  }

  @Test
  void aProcessAtItsOwnHomeBeginsAgainWhenItsHomeIsBack() {
    assertThat(why("alpha", new HomeView.Loss(true, true, false, 0)))
        .returns(
            "alpha.1 is running on alpha; it is at its own home and needs no lease: if alpha fails,"
                + " it begins again when alpha is back",
            WhyView::summary)
        .returns(null, WhyView::recoverySeconds);
    assertThat(why("alpha", new HomeView.Loss(true, true, true, 0)).summary())
        .endsWith("it goes on from its checkpoint when alpha is back");
  }

  @Test
  void aGuestSaysWithinWhatTimeItIsRecoveredOrLost() {
    assertThat(why("beta", new HomeView.Loss(false, true, false, 10.4)))
        .returns(
            "alpha.1 is running on beta; if its host is lost, it begins again within 10 s",
            WhyView::summary)
        .returns(10.4, WhyView::recoverySeconds);
    assertThat(why("beta", new HomeView.Loss(false, false, false, 10)))
        .returns(
            "alpha.1 is running on beta; if its host is lost, it is lost within 10 s",
            WhyView::summary)
        .returns(null, WhyView::recoverySeconds);
  }

  private static WhyView waits(WhyWaiting why, Candidate... nodes) {
    String json = "{\"id\":\"alpha.1\",\"state\":\"waiting\",\"home\":\"alpha\"}";
    JobView job = Json.parse(json.getBytes(StandardCharsets.UTF_8), JobView.class);
    return Why.of(job, Optional.of(why), Optional.empty(), List.of(nodes));
  }

  @Test
  void whatWaitsForRoomSaysWhetherThereIsAny() {
    WhyWaiting next = new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 0, Map.of());
    Candidate full = new Candidate("alpha", false, "has no free slot: 2 of 2 are taken");
    Candidate free = new Candidate("beta", true, "has room");
    assertThat(waits(next, full))
        .returns("alpha.1 is next, and no node that could run it has room", WhyView::summary)
        .returns(List.of(full), WhyView::nodes);
    assertThat(waits(next, full, free).summary())
        .isEqualTo("alpha.1 is next, and a node has room for it");
    WhyWaiting third = new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 2, Map.of());
    assertThat(waits(third, full).summary())
        .isEqualTo("2 jobs are before alpha.1, and no node that could run it has room");
  }
}
