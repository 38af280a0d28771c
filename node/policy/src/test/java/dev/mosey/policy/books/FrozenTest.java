package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.HomeBench.id;
import static dev.mosey.policy.books.HomeBench.running;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a home does about processes that are frozen, by whomever. */
class FrozenTest {
  private static final Image IMAGE = Specs.image(1, BETA.node());

  private final HomeBench home = new HomeBench();

  private State state(long number) {
    return home.machine.view().state(home.machine.books().job(number), 0, home.now());
  }

  private long runs(MoveMode move) {
    long number = home.submit(Specs.job().move(move).spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    return number;
  }

  private static GuestState left(FrozenBy by) {
    return new GuestState.Left(IMAGE, OutputEnds.NONE, "frozen", false, by);
  }

  private BooksReply freeze(long number) {
    return home.run(new BooksCommand.Freeze(number, null));
  }

  private BooksReply thaw(long number) {
    return home.run(new BooksCommand.Thaw(number, null));
  }

  @Test
  void isToldToItsHostAndWaitsWithItsImageUntilSomebodyLetsItGoOn() {
    long number = runs(MoveMode.CHECKPOINT);
    freeze(number);
    assertThat(home.orders(BETA)).contains(new Order.Freeze(id(number), 1, true));
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA)).as("again").contains(new Order.Freeze(id(number), 1, true));
    home.report(BETA, guest(number, 1, left(FrozenBy.HAND)));
    assertThat(state(number)).isEqualTo(State.FROZEN);
    assertThat(home.element(number, 0).restarts()).isZero();
    assertThat(home.place(number, GAMMA, 0)).isEqualTo(new BooksReply.Placed(java.util.List.of()));
    Job job = home.machine.books().job(number);
    assertThat(home.machine.view().states(job, home.now())).isEqualTo(Map.of(State.FROZEN, 1));
    assertThat(home.machine.view().why(job, 0, Map.of(), home.now()).reason())
        .isEqualTo(WhyWaiting.Reason.FROZEN);
    thaw(number);
    assertThat(state(number)).isEqualTo(State.WAITING);
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0).image()).isEqualTo(IMAGE);
    assertThat(home.element(number, 0).incarnation()).isEqualTo(2);
  }

  @Test
  void standsStillWhereItIsAndGoesOnThere() {
    long number = runs(MoveMode.NEVER);
    freeze(number);
    home.report(BETA, guest(number, 1, new GuestState.Running(1, null, true)));
    assertThat(state(number)).isEqualTo(State.FROZEN);
    assertThat(home.orders(BETA)).noneMatch(Order.Freeze.class::isInstance);
    thaw(number);
    assertThat(home.orders(BETA)).contains(new Order.Freeze(id(number), 1, false));
    home.report(BETA, guest(number, 1, running()));
    assertThat(state(number)).isEqualTo(State.RUNNING);
  }

  @Test
  void theWishOutlivesTheHostAndTheHome() {
    long number = runs(MoveMode.CHECKPOINT);
    freeze(number);
    home.restart();
    home.millis += 3 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
    assertThat(state(number)).isEqualTo(State.FROZEN);
    home.place(number, GAMMA, 0);
    assertThat(state(number)).isEqualTo(State.FROZEN);
    home.run(new BooksCommand.Release(number));
    assertThat(state(number)).as("a release lets it go on as well").isEqualTo(State.WAITING);
  }

  @Test
  void whoWasLetGoOnBeforeItHadLeftOnlyWaits() {
    long number = runs(MoveMode.CHECKPOINT);
    freeze(number);
    thaw(number);
    home.report(BETA, guest(number, 1, left(FrozenBy.HAND)));
    assertThat(state(number)).isEqualTo(State.WAITING);
    assertThat(home.element(number, 0).image()).isEqualTo(IMAGE);
  }

  @Test
  void aMoveOfWhatIsToBeFrozenIsCalledOff() {
    long number = runs(MoveMode.CHECKPOINT);
    freeze(number);
    assertThat(home.report(BETA, guest(number, 1, HomeBench.asks(1, GAMMA, IMAGE))))
        .singleElement()
        .isInstanceOfSatisfying(
            BooksEvent.MoveAborted.class,
            event -> assertThat(event.why()).isEqualTo("it is to be frozen"));
  }

  @Test
  void whatItsHostFrozeGoesOnByItself() {
    long number = runs(MoveMode.CHECKPOINT);
    home.report(BETA, guest(number, 1, left(FrozenBy.LOAD)));
    assertThat(state(number)).isEqualTo(State.FROZEN);
    assertThat(home.element(number, 0).frozen()).isEqualTo(FrozenBy.LOAD);
    home.place(number, GAMMA, 0);
    assertThat(state(number)).as("it rests").isEqualTo(State.FROZEN);
    long pause = BooksLimits.USUAL.retry().pauseMillis();
    rests(pause);
    home.place(number, GAMMA, 0);
    assertThat(state(number)).isEqualTo(State.STARTING);
    assertThat(home.element(number, 0).frozen()).isNull();
    home.report(GAMMA, guest(number, 2, left(FrozenBy.LOAD)));
    rests(2 * pause - 1);
    home.place(number, BETA, 0);
    assertThat(state(number)).as("twice as long").isEqualTo(State.FROZEN);
    rests(1);
    home.place(number, BETA, 0);
    assertThat(state(number)).isEqualTo(State.STARTING);
  }

  private void rests(long millis) {
    home.millis += millis;
    home.run(new BooksCommand.Tick());
  }

  @Test
  void cancelEndsWhatIsFrozen() {
    long number = runs(MoveMode.CHECKPOINT);
    freeze(number);
    home.report(BETA, guest(number, 1, left(FrozenBy.HAND)));
    home.run(new BooksCommand.Cancel(number, null, "ann"));
    assertThat(state(number)).isEqualTo(State.CANCELLED);
  }

  @Test
  void refusesWhatMakesNoSense() {
    long waits = home.submit(Specs.job().spec());
    assertThat(code(freeze(waits))).isEqualTo("not-running");
    assertThat(code(thaw(waits))).isEqualTo("not-frozen");
    assertThat(code(freeze(99))).isEqualTo("not-found");
    long never = runs(MoveMode.NEVER);
    assertThat(code(home.run(new BooksCommand.Save(never, null, "r")))).isEqualTo("cant-save");
  }

  private static String code(BooksReply reply) {
    return ((BooksReply.Refused) reply).code();
  }
}
