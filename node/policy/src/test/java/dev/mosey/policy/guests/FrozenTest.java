package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.guests.Guest.Phase;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a host does with guests that are to be frozen, saved, or to go on. */
class FrozenTest {
  private static final ProcessId ID = new ProcessId(HOME, 1, ProcessId.SINGLE);
  private static final ProcessId OTHER = new ProcessId(HOME, 2, ProcessId.SINGLE);
  private static final Image IMAGE = Specs.image(1, BETA.node());

  private final Guests guests =
      new Guests(BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private final List<GuestsEffect> effects = new ArrayList<>();
  private JobSpec spec;
  private long orders;

  private void handle(GuestsInput input) {
    effects.clear();
    effects.addAll(guests.handle(input, new Now(1_001_000_000, 1_000_000)));
  }

  private void order(Order order) {
    var books = new BooksId(HOME, "store", 1, 1);
    handle(
        new GuestsInput.OrdersIn(
            new Orders(books, ++orders, BETA, 1, List.of(order), Map.of(1L, spec, 2L, spec))));
  }

  private void runs(MoveMode move) {
    spec = Specs.job().move(move).spec();
    handle(
        new GuestsInput.CapacityChanged(
            new Capacity(Resources.of(2, 0), 2), GuestsInput.Mode.OPEN));
    handle(new GuestsInput.ReportDue(HOME));
    order(new Order.Start(ID, 1, null, 0, 0, null));
    handle(new GuestsInput.BodyStarted(ID, 1, 7));
  }

  private void paused(Image image) {
    handle(new GuestsInput.BodyPaused(ID, 1, image, OutputEnds.NONE, 9));
  }

  private GuestState reported() {
    return guests.reported(HOME).getFirst().state();
  }

  private Phase phase() {
    return guests.guest(ID, 1).phase();
  }

  @Test
  void whatCanBePackedLeavesWithItsImageAndTakesNoRoom() {
    runs(MoveMode.CHECKPOINT);
    order(new Order.Freeze(ID, 1, true));
    assertThat(effects).contains(new GuestsEffect.PauseBody(ID, 1));
    order(new Order.Freeze(ID, 1, true));
    assertThat(effects).as("asked once").doesNotContain(new GuestsEffect.PauseBody(ID, 1));
    paused(IMAGE);
    assertThat(reported())
        .isEqualTo(new GuestState.Left(IMAGE, OutputEnds.NONE, "frozen", false, FrozenBy.HAND));
    assertThat(guests.freeSlots()).isEqualTo(2);
    assertThat(effects).anyMatch(GuestsEffect.SpoolPut.class::isInstance);
  }

  @Test
  void whatCannotBePackedStandsStillWhereItIsUntilItGoesOn() {
    runs(MoveMode.NEVER);
    order(new Order.Freeze(ID, 1, true));
    paused(null);
    assertThat(phase()).isEqualTo(Phase.FROZEN);
    assertThat(reported()).isEqualTo(new GuestState.Running(7, null, true));
    assertThat(guests.freeSlots()).as("it keeps its slot").isEqualTo(1);
    order(new Order.Signal(ID, 1, 18, "wake up"));
    assertThat(effects).noneMatch(GuestsEffect.SignalBody.class::isInstance);
    order(new Order.Freeze(ID, 1, false));
    assertThat(effects).contains(new GuestsEffect.ResumeBody(ID, 1));
    assertThat(reported()).isEqualTo(new GuestState.Running(7, null));
  }

  @Test
  void whoStandsStillIsHandedToTheNextDaemon() {
    runs(MoveMode.NEVER);
    order(new Order.Freeze(ID, 1, true));
    paused(null);
    handle(new GuestsInput.HandOver("restart"));
    assertThat(guests.isReadyToHandOver()).isTrue();
    assertThat(guests.carried().guests())
        .singleElement()
        .satisfies(guest -> assertThat(guest.phase()).isEqualTo(Phase.FROZEN));
  }

  @Test
  void whoIsLetGoOnWhileItIsBeingPackedGoesOnHere() {
    runs(MoveMode.CHECKPOINT);
    order(new Order.Freeze(ID, 1, true));
    order(new Order.Freeze(ID, 1, false));
    paused(IMAGE);
    assertThat(effects).contains(new GuestsEffect.ResumeBody(ID, 1));
    assertThat(phase()).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aMoveGivesWayAndItsTargetIsTold() {
    runs(MoveMode.CHECKPOINT);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    order(new Order.Freeze(ID, 1, true));
    assertThat(effects)
        .anyMatch(
            effect ->
                effect instanceof GuestsEffect.MoveOver over
                    && over.failed().equals("it is to be frozen"));
    paused(IMAGE);
    assertThat(phase()).isEqualTo(Phase.LEFT);
  }

  @Test
  void whoComesToNoSafePointRunsOnAndIsAskedAgain() {
    runs(MoveMode.CHECKPOINT);
    order(new Order.Freeze(ID, 1, true));
    handle(new GuestsInput.BodyPauseFailed(ID, 1, "not now"));
    assertThat(phase()).isEqualTo(Phase.RUNNING);
    order(new Order.Freeze(ID, 1, true));
    assertThat(effects).contains(new GuestsEffect.PauseBody(ID, 1));
  }

  @Test
  void itsHostFreezesOnlyWhatLosesNothing() {
    runs(MoveMode.NEVER);
    handle(new GuestsInput.Freeze(ID, FrozenBy.LOAD));
    assertThat(effects).isEmpty();
  }

  @Test
  void itsHostSaysWhyItFroze() {
    runs(MoveMode.LIVE);
    handle(new GuestsInput.Freeze(ID, FrozenBy.MEMORY));
    paused(IMAGE);
    assertThat(reported())
        .isEqualTo(
            new GuestState.Left(
                IMAGE,
                OutputEnds.NONE,
                "frozen: beta was short of memory",
                false,
                FrozenBy.MEMORY));
  }

  @Test
  void aSignalThatComesBeforeItHasStartedIsNotLost() {
    runs(MoveMode.NEVER);
    order(new Order.Start(OTHER, 1, null, 0, 0, null));
    order(new Order.Signal(OTHER, 1, 9, "end it"));
    assertThat(effects).noneMatch(GuestsEffect.SignalBody.class::isInstance);
    handle(new GuestsInput.BodyStarted(OTHER, 1, 8));
    order(new Order.Signal(OTHER, 1, 9, "end it"));
    assertThat(effects).contains(new GuestsEffect.SignalBody(OTHER, 1, 9));
    order(new Order.Signal(OTHER, 1, 9, "end it"));
    assertThat(effects).as("once").noneMatch(GuestsEffect.SignalBody.class::isInstance);
  }

  @Test
  void aWishForACheckpointIsFollowedOnceAndItRunsOn() {
    runs(MoveMode.CHECKPOINT);
    order(new Order.Save(ID, 1, "r1"));
    assertThat(effects).contains(new GuestsEffect.PauseBody(ID, 1));
    paused(IMAGE);
    assertThat(reported()).isEqualTo(new GuestState.Running(7, IMAGE));
    order(new Order.Save(ID, 1, "r1"));
    assertThat(phase()).as("the same wish").isEqualTo(Phase.RUNNING);
    order(new Order.Save(ID, 1, "r2"));
    assertThat(phase()).isEqualTo(Phase.PAUSING);
  }
}
