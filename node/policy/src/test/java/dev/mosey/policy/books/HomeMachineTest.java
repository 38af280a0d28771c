package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.asks;
import static dev.mosey.policy.books.HomeBench.ended;
import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.HomeBench.id;
import static dev.mosey.policy.books.HomeBench.left;
import static dev.mosey.policy.books.HomeBench.running;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Proof;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HomeMachineTest {
  private HomeBench home = new HomeBench();

  private Job job(long number) {
    return home.machine.books().job(number);
  }

  private State state(long number) {
    return home.machine.view().state(job(number), 0, home.now());
  }

  @Test
  void runsAJobFromSubmitToEnd() {
    long number = home.submit(Specs.job().spec());
    assertThat(state(number)).isEqualTo(State.WAITING);

    home.place(number, BETA, 0);
    assertThat(home.orders(BETA))
        .containsExactly(new Order.Start(id(number), 1, null, 0, HomeBench.LEASE, null));
    assertThat(state(number)).isEqualTo(State.STARTING);

    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA)).containsExactly(new Order.Renew(id(number), 1, HomeBench.LEASE));
    assertThat(state(number)).isEqualTo(State.RUNNING);

    home.report(BETA, guest(number, 1, ended(0)));
    assertThat(home.orders(BETA)).containsExactly(new Order.Drop(id(number), 1));
    assertThat(state(number)).isEqualTo(State.DONE);
    assertThat(job(number).elements()).isEmpty();
  }

  @Test
  void aGuestThatHasNotStartedIsToldToRunNowToo() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, new GuestState.Preparing()));
    assertThat(home.orders(BETA)).containsExactly(new Order.Renew(id(number), 1, HomeBench.LEASE));
    home.run(new BooksCommand.RunNow(number));
    home.report(BETA, guest(number, 1, new GuestState.Preparing()));
    assertThat(home.orders(BETA))
        .containsExactly(new Order.Start(id(number), 1, null, 0, HomeBench.LEASE, null, true));
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA)).as("its lease is long enough").isEmpty();
  }

  @Test
  void repeatsAStartThatTheReportLacks() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    assertThat(home.report(BETA)).isEmpty();
    assertThat(home.orders(BETA)).hasSize(1).first().isInstanceOf(Order.Start.class);
  }

  @Test
  void anOlderReportIsIgnored() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    var report =
        new dev.mosey.protocol.wire.Report(
            BETA, 7, null, java.util.List.of(guest(number, 1, running())));
    home.run(new BooksCommand.HostReport(report));
    assertThat(home.orders(BETA)).isNotEmpty();
    home.run(new BooksCommand.HostReport(report));
    assertThat(home.orders(BETA)).isEmpty();
  }

  @Test
  void waitsForTheLastLeaseBeforeItGivesOutANewIncarnation() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.millis += HomeBench.LEASE + HomeBench.LEASE / 100 - 1;
    assertThat(home.events(new BooksCommand.Tick())).isEmpty();
    home.millis += 1;
    assertThat(home.events(new BooksCommand.Tick()))
        .singleElement()
        .isInstanceOfSatisfying(
            BooksEvent.Requeued.class,
            event -> assertThat(event.proof()).isEqualTo(Proof.LEASE_LAPSED));
  }

  @Test
  void aRestartedHomeCountsLeasesFromItsOpening() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.millis += 1_000_000;
    home.restart();
    home.millis += HomeBench.LEASE + HomeBench.LEASE / 100 - 1;
    assertThat(home.events(new BooksCommand.Tick())).isEmpty();
    home.millis += 1;
    assertThat(home.events(new BooksCommand.Tick())).hasSize(1);
    assertThat(job(number).waiting().contains(0)).isTrue();
  }

  @Test
  void guestsOfItsOwnNodeNeedNoLeaseAndNeverLapse() {
    HostId own = new HostId(HOME, 1);
    long number = home.submit(Specs.job().spec());
    home.place(number, own, 0);
    assertThat(home.orders(own)).containsExactly(new Order.Start(id(number), 1, null, 0, 0, null));
    home.millis += 10 * HomeBench.LEASE;
    assertThat(home.events(new BooksCommand.Tick())).isEmpty();
  }

  @Test
  void whereBooksMayBeOpenedElsewhereGuestsOfItsOwnNodeNeedLeasesAndLapse() {
    home = new HomeBench(BooksLimits.USUAL, new LeaseRules(0.01, 0, true));
    HostId own = new HostId(HOME, 1);
    long number = home.submit(Specs.job().spec());
    home.place(number, own, 0);
    assertThat(home.orders(own))
        .containsExactly(new Order.Start(id(number), 1, null, 0, HomeBench.LEASE, null));
    home.report(own, guest(number, 1, running()));
    home.restart();
    home.millis += HomeBench.LEASE + HomeBench.LEASE / 100 - 1;
    assertThat(home.events(new BooksCommand.Tick())).isEmpty();
    home.millis += 1;
    assertThat(home.events(new BooksCommand.Tick())).hasSize(1);
    assertThat(job(number).waiting().contains(0)).isTrue();
  }

  @Test
  void aNewerSessionProvesThatTheOldOneRunsNothing() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.report(new HostId(BETA.node(), 2));
    assertThat(job(number).waiting().contains(0)).isTrue();
    assertThat(home.element(number, 0).lapsed()).isFalse();
  }

  @Test
  void whatWasHandedOnToANewerSessionIsItsOwnNowAndRunsOnUnderItsLease() {
    HostId next = new HostId(BETA.node(), 2);
    long handedOn = home.submit(Specs.job().spec());
    long notThere = home.submit(Specs.job().spec());
    home.place(handedOn, BETA, 0);
    home.place(notThere, BETA, 0);
    home.report(BETA, guest(handedOn, 1, running()), guest(notThere, 1, running()));

    home.millis += HomeBench.LEASE / 2;
    home.handedOn(next, 1, guest(handedOn, 1, running()));
    assertThat(home.orders(next))
        .containsExactly(new Order.Renew(id(handedOn), 1, HomeBench.LEASE));
    assertThat(state(handedOn)).isEqualTo(State.RUNNING);
    assertThat(job(notThere).waiting().contains(0)).isTrue();

    home.report(next, guest(handedOn, 1, ended(0)));
    assertThat(state(handedOn)).isEqualTo(State.DONE);
  }

  @Test
  void aNewerSessionMayStillBringTheEndFromItsSpool() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(new HostId(BETA.node(), 2), guest(number, 1, ended(0)));
    assertThat(state(number)).isEqualTo(State.DONE);
  }

  @Test
  void whatMustNotRunTwiceIsLostWithItsHost() {
    long number = home.submit(Specs.job().nodeLoss(NodeLoss.FAIL).spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.report(new HostId(BETA.node(), 2));
    assertThat(state(number)).isEqualTo(State.LOST);
  }

  @Test
  void anEndThatComesAfterTheLapseIsTakenWhileTheTaskStillWaits() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.millis += 3 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
    home.report(BETA, guest(number, 1, ended(0)));
    assertThat(state(number)).isEqualTo(State.DONE);
  }

  private long lapsed() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.millis += 3 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
    assertThat(home.element(number, 0).lapsed()).isTrue();
    return number;
  }

  @Test
  void whatLapsedWaitsForTheLastWordOfAHostThatIsBackAndStillHoldsIt() {
    long number = lapsed();
    Image image = Specs.image(1, BETA.node());
    home.report(BETA, guest(number, 1, running()));
    home.place(number, GAMMA, 0);
    assertThat(state(number)).as("its output is on the way here").isEqualTo(State.WAITING);
    home.report(BETA, guest(number, 1, left(image)));
    home.place(number, GAMMA, 0);
    assertThat(home.orders(GAMMA))
        .containsExactly(new Order.Start(id(number), 2, image, 0, HomeBench.LEASE, null));
  }

  @Test
  void whatLapsedDoesNotWaitForAHostThatFallsSilentAgain() {
    long number = lapsed();
    home.report(BETA, guest(number, 1, running()));
    home.millis += BooksLimits.USUAL.leaseMillisMin();
    home.place(number, GAMMA, 0);
    assertThat(state(number)).isEqualTo(State.STARTING);
  }

  @Test
  void aReopenedHomeHearsTheLastHostOfWhatLapsedBeforeItGetsItBack() {
    long number = lapsed();
    home.restart();
    home.place(number, BETA, 0);
    assertThat(state(number)).isEqualTo(State.WAITING);
    home.report(BETA, guest(number, 1, left(Specs.image(1, BETA.node()))));
    home.place(number, BETA, 0);
    assertThat(home.element(number, 0).image()).isEqualTo(Specs.image(1, BETA.node()));
    assertThat(state(number)).isEqualTo(State.STARTING);
  }

  @Test
  void aReopenedHomeWaitsNoLongerThanALeaseForThatAndForNoOtherHostAtAll() {
    long number = lapsed();
    long other = lapsed();
    home.restart();
    home.place(other, GAMMA, 0);
    assertThat(state(other)).isEqualTo(State.STARTING);
    home.millis += HomeBench.LEASE + HomeBench.LEASE / 100;
    home.place(number, BETA, 0);
    assertThat(state(number)).isEqualTo(State.STARTING);
  }

  @Test
  void commitsAMoveAndKeepsTheSourcesImageUntilItIsAtHome() {
    long number = home.submit(Specs.job().spec());
    Image image = Specs.image(1, BETA.node());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, asks(1, GAMMA, image)));
    assertThat(home.orders(BETA)).containsExactly(new Order.Moved(id(number), 1, 1));
    assertThat(home.orders(GAMMA))
        .containsExactly(new Order.Start(id(number), 2, image, 1, HomeBench.LEASE, null));

    home.report(GAMMA, guest(number, 2, running()));
    home.report(BETA, guest(number, 1, left(image)));
    assertThat(home.orders(BETA)).isEmpty();
    assertThat(home.effects).contains(new Effect.FetchImage(id(number), 1, image));

    home.run(new BooksCommand.ImageKept(id(number), 1, Specs.image(1, HOME)));
    home.report(BETA, guest(number, 1, left(image)));
    assertThat(home.orders(BETA)).containsExactly(new Order.Drop(id(number), 1));
  }

  @Test
  void goesOnFromTheSourcesImageWhenTheTargetIsLostBeforeItRan() {
    long number = home.submit(Specs.job().spec());
    Image image = Specs.image(1, BETA.node());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, asks(1, GAMMA, image)));
    home.report(new HostId(GAMMA.node(), 2));
    assertThat(home.element(number, 0).image()).isEqualTo(image);
    assertThat(job(number).waiting().contains(0)).isTrue();
  }

  @Test
  void fallsBackToTheCheckpointAtHomeWhenTheImageIsGone() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.run(new BooksCommand.ImageKept(id(number), 1, Specs.image(1, HOME)));
    home.report(BETA, guest(number, 1, asks(1, GAMMA, Specs.image(2, BETA.node()))));
    home.report(GAMMA, guest(number, 2, new GuestState.Refused(RefusalCode.NO_IMAGE, "not there")));
    assertThat(home.element(number, 0).image()).isEqualTo(Specs.image(1, HOME));
  }

  @Test
  void abortsAMoveToASessionThatIsOver() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(new HostId(GAMMA.node(), 2));
    home.report(BETA, guest(number, 1, asks(1, GAMMA, null)));
    assertThat(home.orders(BETA))
        .contains(new Order.MoveAborted(id(number), 1, 1, "gamma was restarted"));
    home.report(BETA, guest(number, 1, asks(1, GAMMA, null)));
    assertThat(home.orders(BETA))
        .as("said again, not decided again")
        .contains(new Order.MoveAborted(id(number), 1, 1, "gamma was restarted"));
  }

  @Test
  void cancelWinsOverAMoveAndOverSuccess() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.run(new BooksCommand.Cancel(number, null, "ann"));
    assertThat(home.orders(BETA))
        .containsExactly(new Order.Stop(id(number), 1, 1_000, "cancelled"));
    assertThat(home.report(BETA, guest(number, 1, asks(1, GAMMA, null))))
        .singleElement()
        .isInstanceOf(BooksEvent.MoveAborted.class);
    home.report(BETA, guest(number, 1, ended(0)));
    assertThat(state(number)).isEqualTo(State.CANCELLED);
  }

  @Test
  void aCancelledTaskGetsNoLeaseBeforeItHasStarted() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.run(new BooksCommand.Cancel(number, null, "ann"));
    home.report(BETA, guest(number, 1, new GuestState.Preparing()));
    assertThat(home.orders(BETA)).hasSize(1).first().isInstanceOf(Order.Stop.class);
  }

  @Test
  void aWaitingTaskIsCancelledAtOnce() {
    long number = home.submit(Specs.job().array("1-100000").spec());
    assertThat(home.events(new BooksCommand.Cancel(number, null, "ann")))
        .hasSize(2)
        .last()
        .isInstanceOfSatisfying(
            BooksEvent.Ended.class,
            event -> assertThat(event.outcome()).isEqualTo(Outcome.CANCELLED));
    assertThat(home.machine.books().liveTasks()).isZero();
  }

  @Test
  void onlyWhatWaitsIsCancelledWhenThatIsWanted() {
    long number = home.submit(Specs.job().array("1-4").spec());
    home.place(number, BETA, 1);
    home.run(new BooksCommand.Cancel(number, null, "ann", true));
    assertThat(home.machine.view().states(home.machine.books().job(number), home.now()))
        .isEqualTo(Map.of(State.CANCELLED, 3, State.STARTING, 1));
    assertThat(home.element(number, 1).cancelled()).isFalse();
  }

  @Test
  void runsAgainWhatFailedAsOftenAsAsked() {
    long number = home.submit(Specs.job().retries(1).spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, ended(3)));
    assertThat(state(number)).isEqualTo(State.WAITING);
    home.report(BETA, guest(number, 1, ended(3)));
    assertThat(state(number)).as("the same end is not counted twice").isEqualTo(State.WAITING);
    home.millis += BooksLimits.USUAL.retry().pauseMillis();
    home.run(new BooksCommand.Tick());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 2, ended(3)));
    assertThat(state(number)).isEqualTo(State.FAILED);
  }

  @Test
  void avoidsAHostThatLacksTheCommandAndFailsWhenAllDo() {
    long number = home.submit(Specs.job().command("nosuch").spec());
    home.place(number, BETA, 0);
    home.report(
        BETA, guest(number, 1, new GuestState.Refused(RefusalCode.NO_COMMAND, "not found")));
    assertThat(home.machine.view().heads(1, java.util.Map.of(), home.now()).get(0).avoid())
        .containsExactly(BETA.node());
    assertThat(home.element(number, 0).restarts()).as("it never ran").isZero();
    home.run(new BooksCommand.NoHostLeft(number, java.util.Set.of(BETA.node(), GAMMA.node())));
    assertThat(state(number)).isEqualTo(State.WAITING);
    home.run(new BooksCommand.NoHostLeft(number, java.util.Set.of(BETA.node())));
    assertThat(state(number)).isEqualTo(State.FAILED);
    assertThat(job(number).ending(0).exit().code()).isEqualTo(127);
  }

  @Test
  void incarnationsGrowOverRetries() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, ended(1)));
    home.run(new BooksCommand.Retry(number, null, true));
    home.place(number, BETA, 0);
    assertThat(home.element(number, 0).incarnation()).isEqualTo(2);
  }

  @Test
  void forgettingANodeFreesWhatItHad() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    assertThat(home.events(new BooksCommand.Forget(BETA.node())))
        .singleElement()
        .isInstanceOfSatisfying(
            BooksEvent.Requeued.class,
            event -> assertThat(event.proof()).isEqualTo(Proof.FORGOTTEN));
  }

  @Test
  void anOldIncarnationThatComesBackIsEnded() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.run(new BooksCommand.Forget(BETA.node()));
    home.place(number, GAMMA, 0);
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA))
        .singleElement()
        .isInstanceOfSatisfying(Order.Stop.class, stop -> assertThat(stop.graceMillis()).isZero());
  }

  @Test
  void whatCanNotMoveIsNotAskedTo() {
    long number = home.submit(Specs.job().move(MoveMode.NEVER).spec());
    home.place(number, BETA, 0);
    assertThat(home.run(new BooksCommand.PleaseMove(number, null, GAMMA.node(), "hand")))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, r -> assertThat(r.code()).isEqualTo("cant-move"));
  }

  @Test
  void aSignalGoesOutAtOnceAndIsRepeatedForAWhile() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.run(new BooksCommand.Signal(number, null, 10, "r1"));
    assertThat(home.orders(BETA)).contains(new Order.Signal(id(number), 1, 10, "r1"));
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA)).contains(new Order.Signal(id(number), 1, 10, "r1"));
    home.millis += BooksLimits.USUAL.wishMillis();
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA)).doesNotContain(new Order.Signal(id(number), 1, 10, "r1"));
  }

  @Test
  void aSilentHostIsShownAsUnknown() {
    long number = home.submit(Specs.job().spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.millis += BooksLimits.USUAL.silentMillis() + 1;
    assertThat(state(number)).isEqualTo(State.UNKNOWN);
  }
}
