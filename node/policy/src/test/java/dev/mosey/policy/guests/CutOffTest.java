package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host tells whether a lease lapsed because it was cut off, or because it stood still. */
class CutOffTest {
  private static final long LEASE = 10_000;
  private static final long TICK = 250;
  private static final ProcessId ID = new ProcessId(HOME, 1, ProcessId.SINGLE);

  private final Guests guests =
      new Guests(BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private long millis = 1_000_000;

  private void handle(GuestsInput input) {
    guests.handle(input, new Now(millis + 1_000_000_000, millis));
  }

  @BeforeEach
  void runs() {
    handle(
        new GuestsInput.CapacityChanged(
            new Capacity(Resources.of(2, 0), 2), GuestsInput.Mode.OPEN));
    handle(new GuestsInput.ReportDue(HOME));
    var books = new BooksId(HOME, "store", 1, 1);
    var spec = Specs.job().move(MoveMode.NEVER).spec();
    var start = new Order.Start(ID, 1, null, 0, LEASE, null);
    handle(
        new GuestsInput.OrdersIn(new Orders(books, 1, BETA, 1, List.of(start), Map.of(1L, spec))));
    handle(new GuestsInput.BodyStarted(ID, 1, millis));
  }

  private void ticksFor(long length) {
    for (long end = millis + length; millis < end; millis += TICK) {
      handle(new GuestsInput.Tick());
    }
  }

  private GuestState.Left left() {
    return (GuestState.Left) guests.reported(HOME).getFirst().state();
  }

  @Test
  void aLeaseThatLapsesWhileTheHostIsAwakeWasCutOff() {
    ticksFor(LEASE + TICK);
    assertThat(left().cutOff()).isTrue();
  }

  @Test
  void aLeaseThatLapsesWhileTheHostStandsStillWasNot() {
    ticksFor(LEASE / 2);
    millis += 2 * LEASE;
    handle(new GuestsInput.Tick());
    assertThat(left().cutOff()).isFalse();
  }

  @Test
  void norIsItWhenTheKeepersWordComesFirstAfterTheStandstill() {
    ticksFor(LEASE / 2);
    millis += 2 * LEASE;
    handle(new GuestsInput.BodyLost(ID, 1, "its lease lapsed", OutputEnds.NONE));
    assertThat(left().cutOff()).isFalse();
  }

  @Test
  void aStandstillThatWasOverInTimeExcusesNothing() {
    millis += LEASE * 6 / 10;
    ticksFor(LEASE);
    assertThat(left().cutOff()).isTrue();
  }

  @Test
  void whoLeavesForAnotherReasonWasNotCutOff() {
    ticksFor(LEASE / 2);
    handle(new GuestsInput.BodyLost(ID, 1, "its keeper is gone", OutputEnds.NONE));
    assertThat(left().cutOff()).isFalse();
  }
}
