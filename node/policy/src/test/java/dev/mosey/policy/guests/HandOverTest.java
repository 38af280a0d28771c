package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A daemon that restarts on purpose, and the next one. */
class HandOverTest {
  private static final HostId BETA = Specs.BETA;
  private static final BooksId BOOKS = new BooksId(HOME, "store", 1, 1);
  private static final ProcessId ID = new ProcessId(HOME, 1, ProcessId.SINGLE);
  private static final Now NOW = new Now(1_000_000, 1_000_000);

  private final Guests guests =
      new Guests(BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private final List<GuestsEffect> effects = new ArrayList<>();

  private void handle(GuestsInput input) {
    effects.clear();
    effects.addAll(guests.handle(input, NOW));
  }

  private void runs(JobSpec spec) {
    handle(
        new GuestsInput.CapacityChanged(
            new Capacity(Resources.of(2, 0), 2), GuestsInput.Mode.OPEN));
    handle(new GuestsInput.ReportDue(HOME));
    long seq = report(effects).seq();
    Orders.Order start = new Orders.Order.Start(ID, 1, null, 0, 10_000, null, false);
    handle(
        new GuestsInput.OrdersIn(
            new Orders(BOOKS, 1, BETA, seq, List.of(start), Map.of(1L, spec))));
    handle(new GuestsInput.BodyStarted(ID, 1, 5));
  }

  private static Report report(List<GuestsEffect> effects) {
    return effects.stream()
        .filter(GuestsEffect.Send.class::isInstance)
        .map(effect -> ((GuestsEffect.Send) effect).message())
        .filter(Report.class::isInstance)
        .map(Report.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private boolean has(Class<? extends GuestsEffect> type) {
    return effects.stream().anyMatch(type::isInstance);
  }

  private static Guests successor(Guests before) {
    return new Guests(
        new HostId(before.self().node(), before.self().session() + 1),
        GuestsSettings.USUAL,
        Rules.SAFE,
        List.of(),
        List.of(BOOKS),
        before.carried());
  }

  @Test
  void whatRunsGoesOnUnderTheNextDaemonAndTheHomeIsToldOfWhichSession() {
    runs(Specs.job().spec());
    handle(new GuestsInput.HandOver("restart"));
    assertThat(guests.isReadyToHandOver()).isTrue();
    assertThat(has(GuestsEffect.KillBody.class)).isFalse();
    Guests next = successor(guests);
    Report report = report(next.handle(new GuestsInput.Tick(), NOW));
    assertThat(report.host().session()).isEqualTo(BETA.session() + 1);
    assertThat(report.continues()).isEqualTo(BETA.session());
    assertThat(report.guests())
        .singleElement()
        .satisfies(guest -> assertThat(guest.state()).isInstanceOf(GuestState.Running.class));
    assertThat(next.freeSlots()).isZero();
  }

  @Test
  void whoIsHandedOnTwiceIsStillOfTheFirstSession() {
    runs(Specs.job().spec());
    handle(new GuestsInput.HandOver("restart"));
    Guests second = successor(guests);
    second.handle(new GuestsInput.HandOver("restart"), NOW);
    Report report = report(successor(second).handle(new GuestsInput.Tick(), NOW));
    assertThat(report.host().session()).isEqualTo(BETA.session() + 2);
    assertThat(report.continues()).isEqualTo(BETA.session());
  }

  @Test
  void movesThatWereNotAskedForAreGivenUpAndNoneBegins() {
    runs(Specs.job().spec());
    handle(new GuestsInput.MoveOut(ID, Specs.GAMMA.node(), "hand", 0));
    handle(new GuestsInput.HandOver("restart"));
    assertThat(guests.isReadyToHandOver()).isTrue();
    handle(new GuestsInput.MoveOut(ID, Specs.GAMMA.node(), "hand", 0));
    assertThat(effects)
        .singleElement()
        .isInstanceOfSatisfying(
            GuestsEffect.MoveOver.class, over -> assertThat(over.failed()).contains("restarts"));
  }

  @Test
  void aProgramThatLivesWithItsDaemonIsPackedFirst() {
    runs(Specs.job().kind(Kind.JAVA).spec());
    handle(new GuestsInput.HandOver("restart"));
    assertThat(guests.isReadyToHandOver()).isFalse();
    assertThat(has(GuestsEffect.PauseBody.class)).isTrue();
    handle(new GuestsInput.BodyPaused(ID, 1, Specs.image(1, BETA.node()), OutputEnds.NONE, 7));
    handle(new GuestsInput.BodyEnded(ID, 1, Exit.signal(9), OutputEnds.NONE, 9, true));
    assertThat(guests.isReadyToHandOver()).isTrue();
    assertThat(guests.carried().guests()).isEmpty();
  }

  @Test
  void whatWasAskedToEndIsHandedOverAsWell() {
    runs(Specs.job().spec());
    Orders.Order stop = new Orders.Order.Stop(ID, 1, 1_000, "cancelled");
    handle(new GuestsInput.OrdersIn(new Orders(BOOKS, 2, BETA, 1, List.of(stop), Map.of())));
    handle(new GuestsInput.HandOver("restart"));
    assertThat(guests.isReadyToHandOver()).isTrue();
    assertThat(guests.carried().guests())
        .singleElement()
        .satisfies(guest -> assertThat(guest.phase()).isEqualTo(Guest.Phase.STOPPING));
  }
}
