package dev.mosey.node.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.home.HomeView;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.policy.books.WhyWaiting.Reason;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WhyTest {
  private static WhyView why(String host, HomeView.Loss loss) {
    String json =
        "{\"id\":\"alpha.1\",\"state\":\"running\",\"home\":\"alpha\",\"host\":\"" + host + "\"}";
    JobView job = Json.parse(json.getBytes(StandardCharsets.UTF_8), JobView.class);
    return Why.of(job, Optional.empty(), Optional.of(loss), List.of(), Optional.empty());
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

  private static MoveView line(String from, String to, long at, Double realised) {
    return new MoveView(
        "alpha.1",
        from,
        to,
        Instant.ofEpochMilli(at),
        0.018,
        "balance",
        41.2,
        realised,
        "moved",
        Map.of());
  }

  @Test
  void ofAMoveItSaysWhatWasPredictedAndWhatWasRealised() {
    WhyView why = why("gamma", new HomeView.Loss(false, true, true, 10));
    WhyView moved =
        new WhyView(
            why.id(),
            why.state(),
            why.summary(),
            why.reason(),
            null,
            List.of(line("alpha", "beta", 1_000, null), line("alpha", "gamma", 60_000, null)),
            null,
            null,
            null);
    WhyView.Stays stays =
        new WhyView.Stays(
            "gain_too_small", "moving costs more than it would gain", "beta", Map.of());
    WhyView whole = Why.with(moved, List.of(line("alpha", "gamma", 60_300, 37.4)), stays);
    assertThat(whole.summary())
        .endsWith(
            "; moved alpha -> gamma: gain 41 s predicted, 37 s realised, pause 18 ms; it stays:"
                + " moving costs more than it would gain");
    assertThat(whole.moves()).extracting(MoveView::realisedGainSeconds).containsExactly(null, 37.4);
    assertThat(whole.stays()).isEqualTo(stays);
  }

  @Test
  void aLineOfAnotherTimeIsAnotherMove() {
    WhyView why = why("gamma", new HomeView.Loss(false, true, true, 10));
    WhyView moved =
        new WhyView(
            why.id(),
            why.state(),
            why.summary(),
            why.reason(),
            null,
            List.of(line("alpha", "gamma", 60_000, null)),
            null,
            null,
            null);
    WhyView whole = Why.with(moved, List.of(line("alpha", "gamma", 90_000, 37.4)), null);
    assertThat(whole.moves().getFirst().realisedGainSeconds()).isNull();
  }

  private static WhyView waits(WhyWaiting why, Candidate... nodes) {
    String json = "{\"id\":\"alpha.1\",\"state\":\"waiting\",\"home\":\"alpha\"}";
    JobView job = Json.parse(json.getBytes(StandardCharsets.UTF_8), JobView.class);
    return Why.of(
        job, Optional.of(why), Optional.empty(), List.of(nodes), Optional.of(NodeName.of("alpha")));
  }

  @Test
  void whatEveryNodeRefusesForGoodDoesNotWaitForRoom() {
    WhyWaiting next = new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 0, Map.of());
    Candidate lacks = new Candidate("alpha", false, "there is no program 'gzip'", true);
    Candidate small = new Candidate("beta", false, "cores: 9 wanted, 2 in all", true);
    Candidate full = new Candidate("gamma", false, "its slot is taken", false);
    assertThat(waits(next, lacks, small))
        .returns("alpha.1 is next, but no node can run it", WhyView::summary)
        .returns(List.of(lacks), WhyView::nodes);
    assertThat(waits(next, lacks, full).summary())
        .as("what is said of one node regards all the same")
        .isEqualTo("alpha.1 is next, and no node that could run it has room");
  }

  @Test
  void whatWaitsForRoomSaysWhetherThereIsAny() {
    WhyWaiting next = new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 0, Map.of());
    Candidate full = new Candidate("alpha", false, "has no free slot: 2 of 2 are taken", false);
    Candidate free = new Candidate("beta", true, "has room", false);
    assertThat(waits(next, full))
        .returns("alpha.1 is next, and no node that could run it has room", WhyView::summary)
        .returns(List.of(full), WhyView::nodes);
    assertThat(waits(next, full, free).summary())
        .isEqualTo("alpha.1 is next, and a node has room for it");
    WhyWaiting third = new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 2, Map.of());
    assertThat(waits(third, full).summary())
        .isEqualTo("2 jobs are before alpha.1, and no node that could run it has room");
    assertThat(waits(next).summary()).endsWith("no node that could run it has room");
  }
}
