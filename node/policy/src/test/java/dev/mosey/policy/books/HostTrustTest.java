package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.ended;
import static dev.mosey.policy.books.HomeBench.running;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A host on which everything fails is left out, and let back in by a probe or by hand. */
class HostTrustTest {
  private static final HostTrust.Rules RULES = BooksLimits.USUAL.trust();

  private final HomeBench home = new HomeBench();

  private static Report.Guest guest(long number, int index, int incarnation, GuestState state) {
    return Report.Guest.of(new ProcessId(HOME, number, index), incarnation, state);
  }

  private boolean placedAt(HostId host, long number) {
    var reply = (BooksReply.Placed) home.place(number, host, 0);
    return !reply.taken().isEmpty();
  }

  /** A job of its own runs there and ends so. */
  private long runs(HostId host, GuestState end) {
    long number = home.submit(Specs.job().spec());
    assertThat(placedAt(host, number)).isTrue();
    home.report(host, guest(number, ProcessId.SINGLE, 1, end));
    return number;
  }

  private void failsThere(int times) {
    for (int i = 0; i < times; i++) {
      runs(BETA, ended(1));
    }
  }

  private Map<NodeName, String> closed() {
    return home.machine.links().trust().closed(home.now().bootMillis());
  }

  private boolean isClosed() {
    return closed().containsKey(BETA.node());
  }

  @Test
  void isLeftOutAfterEnoughFailuresInARowThatNobodyElseHas() {
    runs(GAMMA, ended(0));
    failsThere(RULES.after() - 1);
    assertThat(isClosed()).isFalse();
    long last = runs(BETA, ended(7));
    assertThat(closed().get(BETA.node()))
        .isEqualTo(
            "5 tasks in a row failed there at once that nothing else speaks against, the last:"
                + " alpha."
                + last
                + " with 7");
    assertThat(home.effects).contains(new Effect.TrustChanged(closed()), new Effect.QueueChanged());
    long next = home.submit(Specs.job().spec());
    assertThat(placedAt(BETA, next)).isFalse();
    assertThat(home.machine.view().heads(1, Map.of(), home.now()).getFirst().avoid())
        .containsExactly(BETA.node());
    assertThat(home.machine.view().why(job(next), 0, Map.of(), home.now()).refused())
        .containsEntry(BETA.node(), "left out: " + closed().get(BETA.node()));
    assertThat(placedAt(GAMMA, next)).isTrue();
  }

  private Job job(long number) {
    return home.machine.books().job(number);
  }

  @Test
  void oneThatGoesWellInBetweenClearsIt() {
    runs(GAMMA, ended(0));
    failsThere(RULES.after() - 1);
    runs(BETA, ended(0));
    failsThere(RULES.after() - 1);
    assertThat(isClosed()).isFalse();
  }

  @Test
  void whatFailsOnOthersAsWellIsItsOwnFault() {
    runs(GAMMA, ended(0));
    for (int i = 0; i < 2 * RULES.after(); i++) {
      long number = home.submit(Specs.job().retries(1).spec());
      placedAt(BETA, number);
      home.report(BETA, guest(number, ProcessId.SINGLE, 1, ended(1)));
      home.millis += BooksLimits.USUAL.retry().pauseMillis();
      home.run(new BooksCommand.Tick());
      placedAt(GAMMA, number);
      home.report(GAMMA, guest(number, ProcessId.SINGLE, 2, ended(1)));
    }
    assertThat(closed()).isEmpty();
  }

  @Test
  void whereNothingGoesWellAnywhereNobodyIsLeftOut() {
    failsThere(3 * RULES.after());
    assertThat(closed()).isEmpty();
  }

  @Test
  void whoFailsAfterAWhileHasRun() {
    runs(GAMMA, ended(0));
    long ran = RULES.atOnceMillis() + 1;
    for (int i = 0; i < 2 * RULES.after(); i++) {
      runs(BETA, new GuestState.Ended(Exit.code(1), OutputEnds.NONE, 1, 1 + ran));
    }
    assertThat(closed()).isEmpty();
  }

  @Test
  void whoWasStoppedByALimitOrByHandSaysNothing() {
    runs(GAMMA, ended(0));
    for (int i = 0; i < 2 * RULES.after(); i++) {
      Exit stopped = Exit.signal(9).because("time limit");
      runs(BETA, new GuestState.Ended(stopped, OutputEnds.NONE, 1, 2));
      long number = home.submit(Specs.job().spec());
      placedAt(BETA, number);
      home.run(new BooksCommand.Cancel(number, null, "ann"));
      home.report(BETA, guest(number, ProcessId.SINGLE, 1, ended(1)));
    }
    assertThat(closed()).isEmpty();
  }

  @Test
  void tasksOfOneArrayCountEachWhenItGoesWellElsewhere() {
    long array = home.submit(Specs.job().array("0-9").spec());
    for (int i = 0; i < RULES.after(); i++) {
      home.place(array, BETA, i);
      home.report(BETA, guest(array, i, 1, ended(1)));
    }
    assertThat(isClosed()).as("one job may fail for reasons of its own").isFalse();
    home.place(array, GAMMA, 9);
    home.report(GAMMA, guest(array, 9, 1, ended(0)));
    assertThat(isClosed()).isTrue();
  }

  @Test
  void failuresToStartCountToo() {
    runs(GAMMA, ended(0));
    for (int i = 0; i < RULES.after(); i++) {
      runs(BETA, new GuestState.Refused(RefusalCode.NO_IMAGE, "its disk is full"));
    }
    assertThat(closed().get(BETA.node())).endsWith("its disk is full");
  }

  @Test
  void failuresLongAgoAreForgotten() {
    runs(GAMMA, ended(0));
    failsThere(RULES.after() - 1);
    home.millis += RULES.memoryMillis() + 1;
    runs(GAMMA, ended(0));
    failsThere(RULES.after() - 1);
    assertThat(isClosed()).isFalse();
  }

  private void leaveOut() {
    runs(GAMMA, ended(0));
    failsThere(RULES.after());
    assertThat(isClosed()).isTrue();
  }

  private long probes() {
    long array = home.submit(Specs.job().array("1-4").spec());
    List<Run> all = List.of(new Run(0, 3));
    var reply =
        (BooksReply.Placed)
            home.run(new BooksCommand.Place(List.of(new Assignment(array, all, BETA))));
    assertThat(reply.taken().stream().mapToInt(Assignment::size).sum())
        .as("one task at a time")
        .isEqualTo(1);
    return array;
  }

  @Test
  void aProbeThatGoesWellLetsItIn() {
    leaveOut();
    home.millis += RULES.pauseMillis();
    home.run(new BooksCommand.Tick());
    assertThat(home.effects).contains(new Effect.QueueChanged());
    assertThat(isClosed()).isFalse();
    long probe = probes();
    assertThat(isClosed()).as("while the probe is under way").isTrue();
    home.report(BETA, guest(probe, 1, 1, ended(0)));
    assertThat(isClosed()).isFalse();
    assertThat(home.machine.view().leftOut()).isEmpty();
    home.place(probe, BETA, 1, 2, 3);
    assertThat(job(probe).placedCount()).isEqualTo(3);
  }

  @Test
  void aProbeThatRunsForAWhileLetsItInToo() {
    leaveOut();
    home.millis += RULES.pauseMillis();
    long probe = probes();
    home.report(BETA, guest(probe, 1, 1, running()));
    assertThat(isClosed()).isTrue();
    home.millis += RULES.atOnceMillis() + 1;
    home.report(BETA, guest(probe, 1, 1, running()));
    assertThat(isClosed()).isFalse();
  }

  @Test
  void eachProbeThatFailsDoublesThePauseUpToABound() {
    leaveOut();
    long pause = RULES.pauseMillis();
    for (int i = 0; i < 10; i++) {
      home.millis += pause - 1;
      home.report(GAMMA);
      assertThat(isClosed()).as("probe %d, a moment before", i).isTrue();
      home.millis += 1;
      assertThat(isClosed()).as("probe %d", i).isFalse();
      runs(BETA, ended(1));
      pause = Math.min(2 * pause, RULES.pauseMaxMillis());
    }
    assertThat(pause).isEqualTo(RULES.pauseMaxMillis());
  }

  @Test
  void aProbeThatIsLostOrSentBackIsTriedAgainLater() {
    leaveOut();
    home.millis += RULES.pauseMillis();
    long probe = probes();
    home.report(BETA, guest(probe, 1, 1, new GuestState.Refused(RefusalCode.FULL, "full")));
    assertThat(isClosed()).isTrue();
    home.millis += RULES.pauseMillis();
    assertThat(isClosed()).isFalse();
    assertThat(home.machine.view().leftOut()).containsKey(BETA.node());
  }

  @Test
  void itIsLetInByHand() {
    leaveOut();
    home.run(new BooksCommand.Trust(BETA.node()));
    assertThat(closed()).isEmpty();
    assertThat(home.effects).contains(new Effect.TrustChanged(Map.of()), new Effect.QueueChanged());
    failsThere(RULES.after() - 1);
    assertThat(isClosed()).as("counted from the beginning").isFalse();
  }
}
