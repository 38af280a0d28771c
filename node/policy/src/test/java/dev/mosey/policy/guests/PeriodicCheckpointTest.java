package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.guests.Guest.Phase;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
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

/** What saves itself is asked to as often as its user wants. */
class PeriodicCheckpointTest {
  private static final long EVERY = 60_000;
  private static final ProcessId ID = new ProcessId(HOME, 1, ProcessId.SINGLE);

  private final Guests guests =
      new Guests(BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private final List<GuestsEffect> effects = new ArrayList<>();
  private long millis = 1_000_000;

  private void handle(GuestsInput input) {
    effects.clear();
    effects.addAll(guests.handle(input, new Now(millis + 1_000_000_000, millis)));
  }

  private void runs(MoveMode move, long every) {
    handle(
        new GuestsInput.CapacityChanged(
            new Capacity(Resources.of(2, 0), 2), GuestsInput.Mode.OPEN));
    handle(new GuestsInput.ReportDue(HOME));
    var books = new BooksId(HOME, "store", 1, 1);
    var spec = Specs.job().move(move).checkpointEvery(every).spec();
    // Without end: leases are none of this test's business.
    var start = new Order.Start(ID, 1, null, 0, 0, null);
    handle(
        new GuestsInput.OrdersIn(new Orders(books, 1, BETA, 1, List.of(start), Map.of(1L, spec))));
    handle(new GuestsInput.BodyStarted(ID, 1, millis));
  }

  private boolean isAskedAfter(long length) {
    millis += length;
    handle(new GuestsInput.Tick());
    return effects.contains(new GuestsEffect.PauseBody(ID, 1));
  }

  private Phase phase() {
    return guests.guest(ID, 1).phase();
  }

  @Test
  void itIsAskedEveryTimeGoesOnAndReportsWhatItSaved() {
    runs(MoveMode.CHECKPOINT, EVERY);
    for (int i = 1; i <= 3; i++) {
      assertThat(isAskedAfter(EVERY - 1)).isFalse();
      assertThat(isAskedAfter(1)).isTrue();
      assertThat(isAskedAfter(1)).as("once").isFalse();
      Image image = Specs.image(i, BETA.node());
      handle(new GuestsInput.BodyPaused(ID, 1, image, OutputEnds.NONE, millis));
      assertThat(effects).contains(new GuestsEffect.ResumeBody(ID, 1));
      assertThat(phase()).isEqualTo(Phase.RUNNING);
      assertThat(guests.reported(HOME).getFirst().state())
          .isInstanceOfSatisfying(
              GuestState.Running.class, state -> assertThat(state.checkpoint()).isEqualTo(image));
      millis -= 1;
    }
  }

  @Test
  void whoFailsToSaveIsAskedAgainNextTime() {
    runs(MoveMode.CHECKPOINT, EVERY);
    assertThat(isAskedAfter(EVERY)).isTrue();
    handle(new GuestsInput.BodyPauseFailed(ID, 1, "it did not save in time"));
    assertThat(phase()).isEqualTo(Phase.RUNNING);
    assertThat(isAskedAfter(EVERY - 1)).isFalse();
    assertThat(isAskedAfter(1)).isTrue();
  }

  @Test
  void whoDoesNotWantItIsNotAsked() {
    runs(MoveMode.CHECKPOINT, 0);
    assertThat(isAskedAfter(1_000 * EVERY)).isFalse();
  }

  @Test
  void aLiveProgramIsNotStoppedForIt() {
    runs(MoveMode.LIVE, EVERY);
    assertThat(isAskedAfter(2 * EVERY)).isFalse();
  }
}
