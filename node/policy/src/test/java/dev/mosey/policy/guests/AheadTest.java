package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.guests.Guest.Phase;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host with one slot, whose home sends more than one. */
class AheadTest {
  private static final BooksId BOOKS = new BooksId(HOME, "store", 1, 1);

  private final Guests guests =
      new Guests(Specs.BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private final List<GuestsEffect> effects = new ArrayList<>();
  private long millis = 1_000_000;
  private long seq;

  @BeforeEach
  void open() {
    mode(GuestsInput.Mode.OPEN);
  }

  private void mode(GuestsInput.Mode mode) {
    handle(new GuestsInput.CapacityChanged(new Capacity(Resources.of(1, 0), 1), mode));
  }

  private void handle(GuestsInput input) {
    effects.addAll(guests.handle(input, new Now(millis + 1_000_000_000, millis)));
  }

  private static ProcessId id(int number) {
    return new ProcessId(HOME, 1, number);
  }

  private void start(int... numbers) {
    start(false, numbers);
  }

  private void start(boolean now, int... numbers) {
    handle(new GuestsInput.ReportDue(HOME));
    long report =
        guests.sends(HOME).keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
    List<Order> orders = new ArrayList<>();
    for (int number : numbers) {
      orders.add(new Order.Start(id(number), 1, null, 0, 10_000, null, now));
    }
    var spec = Specs.job().spec();
    handle(
        new GuestsInput.OrdersIn(
            new Orders(BOOKS, ++seq, Specs.BETA, report, orders, Map.of(1L, spec))));
  }

  private void runs(int number, long howLong) {
    long epoch = millis + 1_000_000_000;
    handle(new GuestsInput.BodyStarted(id(number), 1, epoch));
    millis += howLong;
    handle(
        new GuestsInput.BodyEnded(
            id(number), 1, Exit.code(0), OutputEnds.NONE, epoch + howLong, true));
  }

  private Phase phase(int number) {
    return guests.guest(id(number), 1).phase();
  }

  private List<ProcessId> started() {
    return effects.stream()
        .filter(GuestsEffect.StartBody.class::isInstance)
        .map(effect -> ((GuestsEffect.StartBody) effect).id())
        .toList();
  }

  @Test
  void nothingIsTakenAheadBeforeItIsKnownHowLongGuestsRun() {
    assertThat(guests.ahead()).isZero();
    start(1, 2);
    assertThat(phase(1)).isEqualTo(Phase.STARTING);
    assertThat(guests.guest(id(2), 1).refusal()).isEqualTo(RefusalCode.FULL);
  }

  @Test
  void whoWaitsStartsInOrderAsSoonAsTheSlotIsFree() {
    start(1);
    runs(1, 5);
    start(2, 3, 4);
    assertThat(guests.freeSlots()).isZero();
    assertThat(phase(3)).isEqualTo(Phase.QUEUED);
    runs(2, 5);
    assertThat(phase(3)).isEqualTo(Phase.STARTING);
    assertThat(phase(4)).isEqualTo(Phase.QUEUED);
    runs(3, 5);
    runs(4, 5);
    assertThat(started()).containsExactly(id(1), id(2), id(3), id(4));
  }

  @Test
  void soMuchIsTakenAheadAsIsDoneInTheTimeSet() {
    start(1);
    runs(1, 5);
    assertThat(guests.ahead()).isEqualTo(150 / 5);
    start(2);
    runs(2, 10_000);
    assertThat(guests.ahead()).as("after a long one").isZero();
  }

  @Test
  void whoGetsNoRoomInTimeGoesBackToItsHome() {
    start(1);
    runs(1, 5);
    start(2, 3);
    millis += 499;
    handle(new GuestsInput.Tick());
    assertThat(phase(3)).isEqualTo(Phase.QUEUED);
    millis += 1;
    handle(new GuestsInput.Tick());
    assertThat(guests.guest(id(3), 1).refusal()).isEqualTo(RefusalCode.FULL);
    assertThat(guests.waitsAhead()).isFalse();
    assertThat(guests.ahead()).as("those that run are not short").isZero();
    runs(2, 5);
    assertThat(guests.ahead()).as("a short one has ended").isPositive();
  }

  @Test
  void whoIsToRunNowWaitsForNoRoom() {
    start(1);
    runs(1, 5);
    start(2, 3, 4);
    start(true, 4);
    assertThat(phase(3)).isEqualTo(Phase.QUEUED);
    assertThat(phase(4)).as("waited there").isEqualTo(Phase.STARTING);
    start(true, 5);
    assertThat(phase(5)).as("has just come").isEqualTo(Phase.STARTING);
    assertThat(guests.freeSlots()).isZero();
    runs(2, 5);
    assertThat(phase(3)).as("the slots are taken still").isEqualTo(Phase.QUEUED);
    runs(4, 5);
    runs(5, 5);
    assertThat(phase(3)).isEqualTo(Phase.STARTING);
  }

  @Test
  void whoWaitsGoesBackWhenTheHostIsBlocked() {
    start(1);
    runs(1, 5);
    start(2, 3);
    mode(GuestsInput.Mode.BLOCKED);
    assertThat(guests.guest(id(3), 1).refusal()).isEqualTo(RefusalCode.BLOCKED);
    assertThat(phase(2)).isEqualTo(Phase.STARTING);
  }

  @Test
  void whoIsCancelledWhileItWaitsNeverStarts() {
    start(1);
    runs(1, 5);
    start(2, 3);
    handle(
        new GuestsInput.OrdersIn(
            new Orders(
                BOOKS,
                ++seq,
                Specs.BETA,
                0,
                List.of(new Order.Stop(id(3), 1, 0, "cancelled")),
                Map.of())));
    runs(2, 5);
    assertThat(guests.guest(id(3), 1).refusal()).isEqualTo(RefusalCode.STOPPED);
    assertThat(started()).containsExactly(id(1), id(2));
  }
}
