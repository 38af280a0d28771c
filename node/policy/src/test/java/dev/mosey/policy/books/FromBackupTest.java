package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.HomeBench.id;
import static dev.mosey.policy.books.HomeBench.running;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Orders.Order;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A home that was brought back from a backup: others may remember what it does not. */
class FromBackupTest {
  private static final BooksLimits.Backup JUMP = BooksLimits.USUAL.backup();
  private static final long PATIENCE = HomeBench.RULES.homeWaits(HomeBench.LEASE);

  private final HomeBench home = new HomeBench();

  private static JobSpec spec() {
    return Specs.job().spec();
  }

  private List<QueueHead> heads() {
    return home.machine.view().heads(5, Map.of(), home.now());
  }

  /** What happens after this is lost. */
  private List<BooksEvent> backup() {
    return List.copyOf(home.journal);
  }

  private void tick() {
    home.run(new BooksCommand.Tick());
  }

  @Test
  void idsGoOnFarAboveWhatTheLostBooksMayHaveGivenOut() {
    long known = home.submit(spec());
    List<BooksEvent> backup = backup();
    long lost = home.submit(spec());
    home.restoreFrom(backup);
    long next = home.submit(spec());
    assertThat(next).isGreaterThan(lost).isEqualTo(known + 1 + JUMP.jobs());
    home.restart();
    assertThat(home.submit(spec())).as("also after a restart").isEqualTo(next + 1);
  }

  @Test
  void whatWaitsInTheBackupMayRunAndIsNotGivenOutBeforeItsLeaseIsOver() {
    long number = home.submit(spec());
    List<BooksEvent> backup = backup();
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));

    home.restoreFrom(backup);
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0)).isNull();
    assertThat(heads()).isEmpty();
    Job job = home.machine.books().job(number);
    WhyWaiting why = home.machine.view().why(job, 0, Map.of(), home.now());
    assertThat(why.because()).contains("backup");
    assertThat(why.until()).isEqualTo(home.now().epochMillis() + PATIENCE);
    home.report(BETA, guest(number, 1, running()));
    assertThat(home.orders(BETA))
        .as("what these books do not know of is ended")
        .singleElement()
        .isInstanceOfSatisfying(
            Order.Stop.class, stop -> assertThat(stop.incarnation()).isEqualTo(1));

    home.millis += PATIENCE - 1;
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0)).isNull();
    home.millis += 1;
    tick();
    assertThat(home.effects).as("the scheduler is told").contains(new Effect.QueueChanged());
    assertThat(heads()).hasSize(1);
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0).incarnation()).isEqualTo(JUMP.attempts());
  }

  @Test
  void whatIsNewAfterTheBackupNeedsNoWaitAndBeginsAtOne() {
    home.restoreFrom(backup());
    home.submit(spec());
    home.restoreFrom(backup());
    long number = home.submit(spec());
    home.place(number, BETA, 0);
    assertThat(home.element(number, 0).incarnation()).isEqualTo(1);
  }

  @Test
  void whatTheBackupTakesForRunningIsNotStartedThereAfresh() {
    long number = home.submit(spec());
    home.place(number, BETA, 0);
    List<BooksEvent> backup = backup();
    // The lost books moved it on to gamma.
    home.restoreFrom(backup);
    home.report(BETA);
    assertThat(home.orders(BETA)).isEmpty();
    home.report(new HostId(BETA.node(), BETA.session() + 1));
    assertThat(home.element(number, 0).isPlaced()).as("a restart of beta proves nothing").isTrue();
    home.millis += PATIENCE - 1;
    home.report(new HostId(BETA.node(), BETA.session() + 1));
    tick();
    assertThat(home.element(number, 0).isPlaced()).isTrue();
    home.millis += 1;
    tick();
    assertThat(home.element(number, 0).isPlaced()).isFalse();
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0).incarnation()).isEqualTo(1 + JUMP.attempts());
    assertThat(home.element(number, 0).losses()).as("no node was lost").isEmpty();
  }

  @Test
  void whatStillRunsWhereTheBackupSaysRunsOn() {
    long number = home.submit(spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.restoreFrom(backup());
    for (int i = 0; i < 30; i++) {
      home.report(BETA, guest(number, 1, running()));
      assertThat(home.orders(BETA)).noneMatch(Order.Stop.class::isInstance);
      home.millis += 1_000;
      tick();
    }
    assertThat(home.element(number, 0).isPlaced()).isTrue();
    assertThat(home.element(number, 0).incarnation()).isEqualTo(1);
  }

  @Test
  void aMoveAfterTheBackupGoesOnAboveWhatAnybodyRemembers() {
    long number = home.submit(spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, running()));
    home.restoreFrom(backup());
    home.report(BETA, guest(number, 1, running()));
    home.report(GAMMA);
    home.report(BETA, guest(number, 1, HomeBench.asks(1, GAMMA, Specs.image(1, BETA.node()))));
    assertThat(home.element(number, 0).incarnation()).isEqualTo(1 + JUMP.attempts());
    assertThat(home.orders(GAMMA))
        .filteredOn(Order.Start.class::isInstance)
        .extracting(Order::id)
        .containsOnly(id(number));
  }

  @Test
  void theSnapshotKeepsWhatCameFromTheBackup() {
    long number = home.submit(spec());
    home.restoreFrom(backup());
    Books books = Books.restore(home.machine.books().snapshot(), BooksLimits.USUAL);
    assertThat(books.fromBackup())
        .isEqualTo(new FromBackup(number + 1, number + 1 + JUMP.jobs(), JUMP.attempts()));
    assertThat(books.nextJob()).isEqualTo(number + 1 + JUMP.jobs());
    assertThat(books.copy()).isEqualTo(books);
  }
}
