package dev.mosey.policy.guests;

import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.Specs;
import dev.mosey.policy.guests.Guest.Phase;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import dev.mosey.protocol.wire.TakeImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuestsTest {
  private static final long LEASE = 10_000;
  private static final ProcessId ID = new ProcessId(HOME, 1, ProcessId.SINGLE);
  private static final HostId BETA = Specs.BETA;
  private static final HostId GAMMA = Specs.GAMMA;
  private static final BooksId BOOKS = new BooksId(HOME, "store", 1, 1);

  private final Guests guests =
      new Guests(BETA, GuestsSettings.USUAL, Rules.SAFE, List.of(), List.of());
  private final List<GuestsEffect> effects = new ArrayList<>();
  private JobSpec spec = Specs.job().spec();
  private long millis = 1_000_000;
  private long ordersSeq;
  private long reportSeq;

  @BeforeEach
  void open() {
    give(2, GuestsInput.Mode.OPEN);
  }

  private void give(int slots, GuestsInput.Mode mode) {
    handle(new GuestsInput.CapacityChanged(new Capacity(Resources.of(slots, 0), slots), mode));
  }

  private void handle(GuestsInput input) {
    effects.clear();
    effects.addAll(guests.handle(input, new Now(millis + 1_000_000_000, millis)));
  }

  private void orders(Order... orders) {
    orders(BOOKS, BETA, ++ordersSeq, orders);
  }

  private void orders(BooksId books, HostId to, long seq, Order... orders) {
    handle(
        new GuestsInput.OrdersIn(
            new Orders(books, seq, to, reportSeq, List.of(orders), Map.of(1L, spec))));
  }

  /** Sends a report: what comes next answers it. */
  private Report report() {
    handle(new GuestsInput.ReportDue(HOME));
    Report report = sent(Report.class);
    reportSeq = report.seq();
    return report;
  }

  private GuestState reported(int incarnation) {
    return report().guests().stream()
        .filter(guest -> guest.incarnation() == incarnation)
        .findFirst()
        .orElseThrow()
        .state();
  }

  private <T> T sent(Class<T> type) {
    return effects.stream()
        .filter(GuestsEffect.Send.class::isInstance)
        .map(effect -> ((GuestsEffect.Send) effect).message())
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + effects));
  }

  private <T extends GuestsEffect> T effect(Class<T> type) {
    return effects.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + effects));
  }

  private boolean has(Class<? extends GuestsEffect> type) {
    return effects.stream().anyMatch(type::isInstance);
  }

  private static Order.Start start(int incarnation, Image image) {
    return new Order.Start(ID, incarnation, image, 0, LEASE, null);
  }

  private Phase phase(int incarnation) {
    Guest guest = guests.guest(ID, incarnation);
    return guest == null ? null : guest.phase();
  }

  private void runs(int incarnation) {
    report();
    orders(start(incarnation, null));
    handle(new GuestsInput.BodyStarted(ID, incarnation, 5));
  }

  private void asks() {
    runs(1);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    handle(new GuestsInput.OfferAnswerIn(new OfferAnswer(ID, 1, 1, GAMMA, null)));
    handle(new GuestsInput.BodyPaused(ID, 1, Specs.image(1, BETA.node()), OutputEnds.NONE, 7));
    handle(new GuestsInput.ImageTakenIn(new ImageTaken(ID, 1, 1, GAMMA, null)));
  }

  private void ends(int incarnation, Exit exit) {
    handle(new GuestsInput.BodyEnded(ID, incarnation, exit, OutputEnds.NONE, 9, true));
  }

  @Test
  void startsUnderALeaseThatCountsFromTheSendingOfTheReport() {
    report();
    millis += 300;
    orders(start(1, null));
    assertThat(effect(GuestsEffect.StartBody.class).deadlineBootMillis())
        .isEqualTo(millis - 300 + LEASE);
    assertThat(reported(1)).isInstanceOf(GuestState.Running.class);
  }

  @Test
  void startsNothingWithoutALease() {
    orders(start(1, null));
    assertThat(has(GuestsEffect.StartBody.class)).isFalse();
    assertThat(reported(1)).isEqualTo(new GuestState.Preparing());
    orders(new Order.Renew(ID, 1, LEASE));
    assertThat(has(GuestsEffect.StartBody.class)).isTrue();
  }

  @Test
  void startsNothingUnderALeaseThatIsOver() {
    report();
    millis += LEASE;
    orders(start(1, null));
    assertThat(has(GuestsEffect.StartBody.class)).isFalse();
  }

  @Test
  void aGuestOfTheSameNodesHomeNeedsNone() {
    orders(new Order.Start(ID, 1, null, 0, 0, null));
    assertThat(effect(GuestsEffect.StartBody.class).deadlineBootMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tellsTheKeeperWhenTheLeaseIsRenewed() {
    runs(1);
    millis += 1_000;
    report();
    orders(new Order.Renew(ID, 1, LEASE));
    assertThat(effect(GuestsEffect.SetLease.class).deadlineBootMillis()).isEqualTo(millis + LEASE);
  }

  @Test
  void obeysNeitherOlderNorRepeatedNorForeignOrders() {
    report();
    orders(BOOKS, BETA, 5, start(1, null));
    assertThat(phase(1)).isEqualTo(Phase.STARTING);
    Order stop = new Order.Stop(ID, 1, 0, "x");
    orders(BOOKS, BETA, 5, stop);
    orders(BOOKS, BETA, 4, stop);
    orders(BOOKS, new HostId(BETA.node(), 2), 9, stop);
    orders(new BooksId(HOME, "another", 1, 9), BETA, 9, stop);
    assertThat(phase(1)).isEqualTo(Phase.STARTING);
    orders(new BooksId(HOME, "store", 1, 2), BETA, 1, stop);
    assertThat(phase(1)).as("a newer opening counts anew").isEqualTo(Phase.STOPPING);
    orders(BOOKS, BETA, 99, new Order.Drop(ID, 1));
    assertThat(guests.obeyed()).containsExactly(new BooksId(HOME, "store", 1, 2));
  }

  @Test
  void ordersForAnEarlierSessionAreAnsweredWithAReport() {
    orders(BOOKS, new HostId(BETA.node(), 0), 1, start(1, null));
    assertThat(effects).containsExactly(new GuestsEffect.ReportSoon(HOME));
  }

  @Test
  void aRepeatedStartAfterTheEndStartsNothing() {
    runs(1);
    ends(1, Exit.code(0));
    assertThat(has(GuestsEffect.SpoolPut.class)).isTrue();
    orders(start(1, null));
    assertThat(has(GuestsEffect.StartBody.class)).isFalse();
    assertThat(reported(1)).isInstanceOf(GuestState.Ended.class);
    orders(new Order.Drop(ID, 1));
    assertThat(has(GuestsEffect.SpoolDrop.class)).isTrue();
    assertThat(guests.all()).isEmpty();
  }

  @Test
  void anEndIsReportedOnlyWhenItsOutputIsAtHome() {
    runs(1);
    handle(new GuestsInput.BodyEnded(ID, 1, Exit.code(0), OutputEnds.NONE, 9, false));
    assertThat(reported(1)).isInstanceOf(GuestState.Running.class);
    assertThat(guests.freeSlots()).as("but its room is free").isEqualTo(2);
    handle(new GuestsInput.OutputTakenAll(ID, 1));
    assertThat(reported(1)).isInstanceOf(GuestState.Ended.class);
  }

  @Test
  void refusesForGoodWhatItHasNoRoomFor() {
    give(1, GuestsInput.Mode.OPEN);
    runs(1);
    ProcessId other = new ProcessId(HOME, 1, 7);
    orders(new Order.Start(other, 1, null, 0, LEASE, null));
    assertThat(guests.guest(other, 1).refusal()).isEqualTo(RefusalCode.FULL);
    ends(1, Exit.code(0));
    orders(new Order.Start(other, 1, null, 0, LEASE, null));
    assertThat(guests.guest(other, 1).phase()).isEqualTo(Phase.REFUSED);
  }

  @Test
  void aBlockedHostLetsNothingIn() {
    give(2, GuestsInput.Mode.BLOCKED);
    report();
    orders(start(1, null));
    assertThat(reported(1))
        .isEqualTo(new GuestState.Refused(RefusalCode.BLOCKED, "beta takes no guests"));
  }

  @Test
  void aStopBeforeTheStartRefusesForGood() {
    report();
    orders(new Order.Stop(ID, 1, 0, "cancelled"));
    orders(start(1, null));
    assertThat(has(GuestsEffect.StartBody.class)).isFalse();
    assertThat(reported(1)).isEqualTo(new GuestState.Refused(RefusalCode.STOPPED, "cancelled"));
  }

  @Test
  void aLapsedLeaseEndsTheGuestAndKeepsItsCheckpoint() {
    runs(1);
    Image image = Specs.image(3, BETA.node());
    handle(new GuestsInput.BodyCheckpointed(ID, 1, image));
    assertThat(reported(1)).isEqualTo(new GuestState.Running(5, image));
    millis += LEASE;
    handle(new GuestsInput.Tick());
    assertThat(has(GuestsEffect.KillBody.class)).isTrue();
    assertThat(effect(GuestsEffect.SpoolPut.class).guest().image()).isEqualTo(image);
    report();
    orders(new Order.Renew(ID, 1, LEASE));
    assertThat(phase(1)).as("for good").isEqualTo(Phase.LEFT);
  }

  @Test
  void theKeepersKillIsALapseAndNoFailure() {
    runs(1);
    millis += LEASE;
    ends(1, Exit.signal(9));
    assertThat(phase(1)).isEqualTo(Phase.LEFT);
  }

  @Test
  void isCheckpointedBeforeItsLeaseEndsAndResumesWhenTheHomeIsBack() {
    runs(1);
    millis += LEASE - GuestsSettings.USUAL.checkpointMillis();
    handle(new GuestsInput.Tick());
    assertThat(has(GuestsEffect.PauseBody.class)).isTrue();
    handle(new GuestsInput.BodyPaused(ID, 1, Specs.image(1, BETA.node()), OutputEnds.NONE, 7));
    assertThat(phase(1)).isEqualTo(Phase.PARKED);
    report();
    orders(new Order.Renew(ID, 1, LEASE));
    assertThat(has(GuestsEffect.ResumeBody.class)).isTrue();
    assertThat(phase(1)).isEqualTo(Phase.RUNNING);
  }

  @Test
  void movesAProcessAway() {
    asks();
    assertThat(reported(1))
        .isEqualTo(
            new GuestState.AsksToMove(
                1, GAMMA, Specs.image(1, BETA.node()), OutputEnds.NONE, "hand", 0, 7));
    orders(new Order.Moved(ID, 1, 1));
    assertThat(effect(GuestsEffect.MoveOver.class).failed()).isNull();
    assertThat(has(GuestsEffect.KillBody.class)).isTrue();
    assertThat(reported(1)).isInstanceOf(GuestState.Left.class);
    orders(new Order.Drop(ID, 1));
    assertThat(phase(1)).as("kept while its body may still be there").isEqualTo(Phase.LEFT);
    ends(1, Exit.signal(9));
    orders(new Order.Drop(ID, 1));
    assertThat(phase(1)).isNull();
  }

  @Test
  void whoHasAskedForTheCommitWaitsForTheHomeAlone() {
    asks();
    millis += LEASE - 1;
    handle(new GuestsInput.Tick());
    handle(new GuestsInput.NodeAway(GAMMA.node()));
    handle(new GuestsInput.ImageTakenIn(new ImageTaken(ID, 1, 1, GAMMA, "lost it")));
    assertThat(phase(1)).isEqualTo(Phase.ASKING);
    millis += 1;
    handle(new GuestsInput.Tick());
    assertThat(phase(1)).as("its lease is over all the same").isEqualTo(Phase.LEFT);
  }

  @Test
  void resumesWhenTheHomeAborts() {
    asks();
    orders(new Order.MoveAborted(ID, 1, 1, "no"));
    assertThat(has(GuestsEffect.ResumeBody.class)).isTrue();
    assertThat(effect(GuestsEffect.MoveOver.class).failed()).isEqualTo("no");
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    assertThat(sent(Offer.class).move()).as("a new attempt has a new number").isEqualTo(2);
  }

  @Test
  void givesUpASilentTargetBeforeItAsksForTheCommit() {
    runs(1);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    millis += GuestsSettings.USUAL.offerMillis();
    handle(new GuestsInput.Tick());
    assertThat(sent(OfferWithdrawn.class).move()).isEqualTo(1);
    assertThat(effect(GuestsEffect.MoveOver.class).failed()).contains("gamma");
    assertThat(phase(1)).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aDeclinedOfferCostsNothing() {
    runs(1);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    handle(new GuestsInput.OfferAnswerIn(new OfferAnswer(ID, 1, 1, GAMMA, "no room")));
    assertThat(has(GuestsEffect.PauseBody.class)).isFalse();
    assertThat(phase(1)).isEqualTo(Phase.RUNNING);
  }

  @Test
  void aRestartedTargetHasNotTakenTheImage() {
    runs(1);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    handle(new GuestsInput.OfferAnswerIn(new OfferAnswer(ID, 1, 1, GAMMA, null)));
    handle(new GuestsInput.BodyPaused(ID, 1, null, OutputEnds.NONE, 7));
    HostId newer = new HostId(GAMMA.node(), 2);
    handle(new GuestsInput.ImageTakenIn(new ImageTaken(ID, 1, 1, newer, null)));
    assertThat(phase(1)).isEqualTo(Phase.RUNNING);
  }

  @Test
  void whatMustNotMoveStays() {
    spec = Specs.job().move(MoveMode.NEVER).spec();
    runs(1);
    handle(new GuestsInput.MoveOut(ID, GAMMA.node(), "hand", 0));
    assertThat(effect(GuestsEffect.MoveOver.class).failed()).contains("--move never");
    assertThat(phase(1)).isEqualTo(Phase.RUNNING);
  }

  @Test
  void keepsRoomForAnArrivalAndStartsItFromTheImageItBrought() {
    give(1, GuestsInput.Mode.OPEN);
    Image image = Specs.image(1, GAMMA.node());
    Image here = Specs.image(1, BETA.node());
    handle(new GuestsInput.OfferIn(GAMMA.node(), new Offer(ID, 1, 1, spec, 100), null));
    assertThat(sent(OfferAnswer.class).declined()).isNull();
    assertThat(guests.freeSlots()).isZero();
    handle(new GuestsInput.TakeImageIn(GAMMA.node(), new TakeImage(ID, 1, 1, image, new byte[3])));
    assertThat(effect(GuestsEffect.FetchImage.class).inline()).hasSize(3);
    handle(new GuestsInput.ImageFetched(ID, 1, here));
    assertThat(sent(ImageTaken.class).failed()).isNull();
    report();
    orders(start(2, image));
    assertThat(effect(GuestsEffect.StartBody.class).image()).isEqualTo(here);
    assertThat(guests.arrivals()).isEmpty();
    assertThat(guests.freeSlots()).isZero();
  }

  @Test
  void roomThatIsNotUsedIsGivenFree() {
    handle(new GuestsInput.OfferIn(GAMMA.node(), new Offer(ID, 1, 1, spec, 0), null));
    millis += GuestsSettings.USUAL.reservationMillis();
    handle(new GuestsInput.Tick());
    assertThat(guests.arrivals()).isEmpty();
    assertThat(guests.free()).isEqualTo(Resources.of(2, 0));
  }

  @Test
  void fetchesTheImageOfAnUnexpectedStart() {
    report();
    orders(start(2, Specs.image(1, GAMMA.node())));
    assertThat(effect(GuestsEffect.FetchImage.class).from()).isEqualTo(GAMMA.node());
    handle(new GuestsInput.ImageFetchFailed(ID, 2, "not there"));
    assertThat(reported(2)).isEqualTo(new GuestState.Refused(RefusalCode.NO_IMAGE, "not there"));
  }

  @Test
  void aNewerIncarnationWaitsUntilTheOldBodyIsGone() {
    asks();
    report();
    orders(new Order.Moved(ID, 1, 1));
    orders(new Order.Start(ID, 3, null, 2, LEASE, null));
    assertThat(has(GuestsEffect.StartBody.class)).isFalse();
    ends(1, Exit.signal(9));
    assertThat(effect(GuestsEffect.StartBody.class).incarnation()).isEqualTo(3);
  }

  @Test
  void aNewSessionReportsWhatItsSpoolKept() {
    runs(1);
    ends(1, Exit.code(0));
    Guest kept = effect(GuestsEffect.SpoolPut.class).guest();
    Guests next =
        new Guests(
            new HostId(BETA.node(), 2),
            GuestsSettings.USUAL,
            Rules.SAFE,
            List.of(kept),
            List.of(BOOKS));
    effects.clear();
    effects.addAll(next.handle(new GuestsInput.Tick(), new Now(0, 0)));
    assertThat(sent(Report.class).guests())
        .singleElement()
        .satisfies(guest -> assertThat(guest.state()).isInstanceOf(GuestState.Ended.class));
  }

  @Test
  void remembersNewBooksBeforeItStartsAnythingOfTheirs() {
    report();
    orders(start(1, null));
    assertThat(effects.get(0)).isEqualTo(new GuestsEffect.RememberBooks(BOOKS));
  }

  @Test
  void whenTheDaemonEndsWhatCanIsPackedAndTheRestIsEnded() {
    runs(1);
    handle(new GuestsInput.LeaveAll("shut down"));
    assertThat(has(GuestsEffect.PauseBody.class)).isTrue();
    Image image = Specs.image(1, BETA.node());
    handle(new GuestsInput.BodyPaused(ID, 1, image, OutputEnds.NONE, 7));
    assertThat(reported(1)).isEqualTo(new GuestState.Left(image, OutputEnds.NONE, "shut down"));
  }

  @Test
  void whatCanNotBePackedIsStoppedAndNotCountedAsFailed() {
    spec = Specs.job().move(MoveMode.NEVER).spec();
    runs(1);
    handle(new GuestsInput.LeaveAll("shut down"));
    assertThat(effect(GuestsEffect.StopBody.class).graceMillis()).isEqualTo(1_000);
    ends(1, Exit.signal(15));
    assertThat(reported(1)).isEqualTo(new GuestState.Left(null, OutputEnds.NONE, "shut down"));
  }

  @Test
  void aReportWithoutRoomForAllSaysSo() {
    GuestsSettings small = new GuestsSettings(1, 1, 1, 1, 1, 1, 10, 1, 0, 0, 0);
    Guests crowded = new Guests(BETA, small, Rules.SAFE, List.of(), List.of());
    Now now = new Now(0, 0);
    for (int i = 1; i <= 2; i++) {
      Order stop = new Order.Stop(new ProcessId(HOME, i, ProcessId.SINGLE), 1, 0, "x");
      crowded.handle(
          new GuestsInput.OrdersIn(new Orders(BOOKS, i, BETA, 0, List.of(stop), Map.of())), now);
    }
    effects.clear();
    effects.addAll(crowded.handle(new GuestsInput.ReportDue(HOME), now));
    assertThat(sent(Report.class).partial()).isTrue();
    assertThat(sent(Report.class).guests()).hasSize(1);
  }

  @Test
  void reportsGoOnForAWhileAfterTheLastGuest() {
    runs(1);
    ends(1, Exit.code(0));
    report();
    orders(new Order.Drop(ID, 1));
    millis += GuestsSettings.USUAL.reportMillis();
    handle(new GuestsInput.Tick());
    assertThat(sent(Report.class).guests()).isEmpty();
    millis += GuestsSettings.USUAL.lingerMillis();
    handle(new GuestsInput.Tick());
    assertThat(effects).isEmpty();
    assertThat(NodeName.of("beta")).isEqualTo(guests.self().node());
  }
}
