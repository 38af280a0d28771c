package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.HomeBench.running;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What kills its node is held, and what was merely there is not. */
class PoisonTest {
  private static final HostId DELTA = new HostId(NodeName.of("delta"), 1);
  private static final long FAR_APART = 400_000;

  private final HomeBench home = new HomeBench();

  private static HostId again(HostId host) {
    return new HostId(host.node(), host.session() + 1);
  }

  private Job job(long number) {
    return home.machine.books().job(number);
  }

  private State state(long number) {
    return home.machine.view().state(job(number), 0, home.now());
  }

  private void runs(HostId host, long... numbers) {
    List<Report.Guest> guests = new ArrayList<>();
    for (long number : numbers) {
      home.place(number, host, 0);
      guests.add(guest(number, home.element(number, 0).incarnation(), running()));
    }
    home.report(host, guests.toArray(Report.Guest[]::new));
  }

  private void goesSilent() {
    home.millis += 2 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
  }

  /** Runs there until the node is silent for the lease. */
  private void dies(HostId host, long... numbers) {
    runs(host, numbers);
    goesSilent();
    home.millis += FAR_APART;
  }

  @Test
  void isHeldWithTheReasonWhenTwoNodesDiedWhileItRan() {
    long number = home.submit(Specs.job().spec());
    dies(GAMMA, number);
    assertThat(state(number)).isEqualTo(State.WAITING);
    dies(BETA, number);
    assertThat(state(number)).isEqualTo(State.HELD);
    assertThat(home.element(number, 0).held())
        .isEqualTo("two nodes died while it ran: gamma, beta");
    WhyWaiting why = home.machine.view().why(job(number), 0, Map.of(), home.now());
    assertThat(why.reason()).isEqualTo(WhyWaiting.Reason.HELD);
    assertThat(why.because()).isEqualTo("two nodes died while it ran: gamma, beta");
    assertThat(home.machine.view().heads(10, Map.of(), home.now())).isEmpty();
    home.place(number, DELTA, 0);
    assertThat(state(number)).isEqualTo(State.HELD);
    assertThat(home.machine.view().states(job(number), home.now()))
        .isEqualTo(Map.of(State.HELD, 1));
  }

  @Test
  void aReleaseLetsItGoAndForgetsTheCount() {
    long number = home.submit(Specs.job().spec());
    dies(BETA, number);
    dies(GAMMA, number);
    home.run(new BooksCommand.Release(number));
    assertThat(state(number)).isEqualTo(State.WAITING);
    dies(BETA, number);
    assertThat(state(number)).isEqualTo(State.WAITING);
    dies(GAMMA, number);
    assertThat(state(number)).isEqualTo(State.HELD);
  }

  @Test
  void theHoldIsKeptOverARestartOfTheHome() {
    long number = home.submit(Specs.job().spec());
    dies(BETA, number);
    dies(GAMMA, number);
    home.restart();
    assertThat(state(number)).isEqualTo(State.HELD);
    assertThat(home.machine.view().heads(10, Map.of(), home.now())).isEmpty();
  }

  @Test
  void whoWasThereAtOneOfTheTwoOnlyGoesOn() {
    long poison = home.submit(Specs.job().spec());
    long innocent = home.submit(Specs.job().spec());
    dies(BETA, poison, innocent);
    dies(GAMMA, poison);
    assertThat(state(poison)).isEqualTo(State.HELD);
    assertThat(state(innocent)).isEqualTo(State.WAITING);
  }

  @Test
  void oneNodeThatDiesAgainAndAgainIsToBlameItself() {
    long number = home.submit(Specs.job().spec());
    for (int i = 0; i < 5; i++) {
      dies(new HostId(BETA.node(), BETA.session() + i), number);
    }
    assertThat(state(number)).isEqualTo(State.WAITING);
  }

  @Test
  void aNodeThatComesBackWithoutItWasLostToo() {
    long number = home.submit(Specs.job().spec());
    runs(BETA, number);
    home.report(again(BETA));
    home.millis += FAR_APART;
    runs(GAMMA, number);
    home.report(again(GAMMA));
    assertThat(state(number)).isEqualTo(State.HELD);
  }

  @Test
  void whatHadNotStartedIsNotHeldResponsible() {
    long number = home.submit(Specs.job().spec());
    for (HostId host : List.of(BETA, GAMMA, DELTA)) {
      home.place(number, host, 0);
      home.report(host, guest(number, home.element(number, 0).incarnation(), preparing()));
      home.report(again(host));
      home.millis += FAR_APART;
    }
    assertThat(state(number)).isEqualTo(State.WAITING);
  }

  private static GuestState preparing() {
    return new GuestState.Preparing();
  }

  @Test
  void aDrainIsNoLoss() {
    long number = home.submit(Specs.job().spec());
    for (HostId host : List.of(BETA, GAMMA, DELTA)) {
      runs(host, number);
      int incarnation = home.element(number, 0).incarnation();
      home.report(again(host), guest(number, incarnation, HomeBench.left(null)));
      home.millis += FAR_APART;
    }
    assertThat(state(number)).isEqualTo(State.WAITING);
    assertThat(home.element(number, 0).losses()).isEmpty();
  }

  @Test
  void lossesLongAgoAreForgotten() {
    long number = home.submit(Specs.job().spec());
    dies(BETA, number);
    home.millis += BooksLimits.USUAL.poisonMemoryMillis();
    dies(GAMMA, number);
    assertThat(state(number)).isEqualTo(State.WAITING);
    dies(BETA, number);
    assertThat(state(number)).isEqualTo(State.HELD);
  }

  @Test
  void nodesThatAreLostTogetherHaveACauseOfTheirOwn() {
    long number = home.submit(Specs.job().spec());
    long other = home.submit(Specs.job().spec());
    // Twice the power of two nodes fails, and each time it was on one of them.
    runs(BETA, number);
    runs(GAMMA, other);
    goesSilent();
    home.millis += FAR_APART;
    runs(GAMMA, number);
    runs(BETA, other);
    goesSilent();
    assertThat(state(number)).isEqualTo(State.WAITING);
    assertThat(state(other)).isEqualTo(State.WAITING);
    assertThat(home.element(number, 0).losses()).hasSize(2);
  }

  @Test
  void twoThatKillNodesAtTheSameTimeExcuseEachOtherNotForEver() {
    long one = home.submit(Specs.job().spec());
    long two = home.submit(Specs.job().spec());
    List<HostId> hosts = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      hosts.add(new HostId(NodeName.of("n" + i), 1));
    }
    for (int i = 0; i < 8; i += 2) {
      assertThat(state(one)).isEqualTo(State.WAITING);
      runs(hosts.get(i), one);
      runs(hosts.get(i + 1), two);
      goesSilent();
      home.millis += FAR_APART;
    }
    assertThat(state(one)).isEqualTo(State.HELD);
    assertThat(state(two)).isEqualTo(State.HELD);
  }

  @Test
  void elementsOfOneArrayDoNotExcuseEachOther() {
    long number = home.submit(Specs.job().array("1-2").spec());
    for (int round = 0; round < 2; round++) {
      for (int position = 0; position < 2; position++) {
        HostId host = position == round ? BETA : GAMMA;
        home.place(number, host, position);
        var id = new ProcessId(HOME, number, position + 1);
        home.report(host, Report.Guest.of(id, round + 1, running()));
      }
      goesSilent();
      home.millis += FAR_APART;
    }
    assertThat(home.machine.view().states(job(number), home.now()))
        .isEqualTo(Map.of(State.HELD, 2));
  }

  @Test
  void onlyTheElementOfAnArrayIsHeldThatKills() {
    long number = home.submit(Specs.job().array("1-3").spec());
    for (HostId host : List.of(BETA, GAMMA)) {
      home.place(number, host, 1);
      int incarnation = home.element(number, 1).incarnation();
      var id = new ProcessId(HOME, number, 2);
      home.report(host, Report.Guest.of(id, incarnation, running()));
      goesSilent();
      home.millis += FAR_APART;
    }
    assertThat(home.machine.view().states(job(number), home.now()))
        .isEqualTo(Map.of(State.HELD, 1, State.WAITING, 2));
    assertThat(job(number).startable()).isEqualTo(2);
    home.run(new BooksCommand.RunNow(number));
    assertThat(job(number).startable()).as("run releases").isEqualTo(3);
  }

  @Test
  void aNodeThatWasCutOffAndSaysSoWasNotLost() {
    long number = home.submit(Specs.job().spec());
    dies(BETA, number);
    dies(GAMMA, number);
    assertThat(state(number)).isEqualTo(State.HELD);
    var left = new GuestState.Left(null, OutputEnds.NONE, "lease lapsed", true);
    home.report(BETA, guest(number, 1, left));
    assertThat(state(number)).isEqualTo(State.WAITING);
    assertThat(home.element(number, 0).losses())
        .extracting(Element.Loss::node)
        .containsExactly(GAMMA.node());
    assertThat(home.report(BETA, guest(number, 1, left))).as("it is said once").isEmpty();
  }

  @Test
  void aNodeThatStoodStillWasLost() {
    long number = home.submit(Specs.job().spec());
    dies(BETA, number);
    dies(GAMMA, number);
    home.report(BETA, guest(number, 1, HomeBench.left(null)));
    assertThat(state(number)).isEqualTo(State.HELD);
  }

  @Test
  void aBoundOfNoneHoldsNothing() {
    HomeBench never = new HomeBench(limits(0));
    long number = never.submit(Specs.job().spec());
    for (HostId host : List.of(BETA, GAMMA, DELTA)) {
      never.place(number, host, 0);
      never.report(host, guest(number, never.element(number, 0).incarnation(), running()));
      never.report(again(host));
      never.millis += FAR_APART;
    }
    assertThat(never.machine.view().state(never.machine.books().job(number), 0, never.now()))
        .isEqualTo(State.WAITING);
    assertThat(never.element(number, 0).losses()).isEmpty();
  }

  private static BooksLimits limits(int poisonAfter) {
    BooksLimits usual = BooksLimits.USUAL;
    return new BooksLimits(
        usual.jobsMax(),
        usual.tasksMax(),
        usual.arrayMax(),
        usual.commandBytesMax(),
        usual.dependenciesMax(),
        usual.keysKept(),
        usual.leaseMillisDefault(),
        usual.leaseMillisMin(),
        usual.silentMillis(),
        usual.ordersBytesMax(),
        usual.renewMillis(),
        usual.refusalMillis(),
        usual.wishMillis(),
        usual.fetchAttempts(),
        poisonAfter,
        usual.poisonMemoryMillis(),
        usual.poisonTogetherMillis(),
        usual.backup(),
        usual.retry(),
        usual.trust());
  }
}
