package dev.mosey.node.schedule;

import static dev.mosey.node.schedule.SchedulerBench.ALPHA;
import static dev.mosey.node.schedule.SchedulerBench.BETA;
import static dev.mosey.node.schedule.SchedulerBench.GAMMA;
import static dev.mosey.node.schedule.SchedulerBench.WALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.ProcessHost.MoveOut;
import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.node.load.Guests;
import dev.mosey.node.schedule.Scheduler.Evacuated;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Invitation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerTest {
  private static final long LONG_AGO = WALL - 600_000;

  @TempDir private Path directory;
  private SchedulerBench bench;

  @BeforeEach
  void start() {
    bench = new SchedulerBench(directory).start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static QueueHead head(long job, int tasks, NodeName... avoid) {
    return new QueueHead(
        new JobId(ALPHA, job),
        Guests.spec(MoveMode.NEVER, Resources.of(1, 1)),
        List.of(new Run(0, tasks - 1)),
        tasks,
        50,
        0,
        0,
        Set.of(avoid));
  }

  private void queue(QueueHead... heads) {
    bench.scheduler.tell(new Scheduler.QueueChanged(List.of(heads), 100));
  }

  private Map<NodeName, Integer> placed() {
    Map<NodeName, Integer> counts = new HashMap<>();
    for (Assignment assignment : bench.placed()) {
      counts.merge(assignment.host().node(), assignment.size(), Integer::sum);
    }
    return counts;
  }

  private static MoveOutcome done(MoveOut move) {
    return new MoveOutcome(move.id(), new HostId(move.target(), 1), null, 120);
  }

  private static MoveOutcome failed(MoveOut move) {
    return new MoveOutcome(move.id(), null, "the target declined", 0);
  }

  @Test
  void placesWhatWaitsOnInvitedHostsAtOnce() {
    bench.members(0, 0, 0);
    bench.invite(BETA, 1, 0, 4);
    bench.invite(GAMMA, 1, 0, 4);
    queue(head(1, 6));
    assertThat(placed()).isEqualTo(Map.of(BETA, 3, GAMMA, 3));
    // The home has not written yet and says the same again: nothing is placed twice.
    queue(head(1, 6));
    assertThat(bench.placed()).isEmpty();
    queue(head(2, 5));
    assertThat(placed()).as("two slots are left").isEqualTo(Map.of(BETA, 1, GAMMA, 1));
  }

  @Test
  void anInvitationMakesWhatWaitsStart() {
    bench.members(0, 0, 0);
    queue(head(1, 3));
    assertThat(bench.placed()).isEmpty();
    bench.invite(BETA, 1, 0, 2);
    assertThat(placed()).isEqualTo(Map.of(BETA, 2));
  }

  @Test
  void placesNothingOnWhoDoesNotAnswer() {
    bench.members(0, 0, 0);
    bench.scheduler.tell(new Scheduler.MembersChanged(Set.of(ALPHA, BETA, GAMMA), Set.of(BETA)));
    bench.invite(BETA, 1, 0, 4);
    queue(head(1, 2));
    assertThat(bench.placed()).isEmpty();
  }

  @Test
  void tellsTheHomeWhenEveryNodeHasTurnedAJobAway() {
    bench.members(0, 0, 0);
    queue(head(1, 2, ALPHA, GAMMA));
    assertThat(bench.home()).as("beta may have what it needs").isEmpty();
    bench.scheduler.tell(new Scheduler.MembersChanged(Set.of(ALPHA, BETA, GAMMA), Set.of(BETA)));
    assertThat(bench.home()).as("beta may come back").isEmpty();
    queue(head(1, 2, ALPHA, BETA, GAMMA));
    assertThat(bench.home())
        .contains(new BooksCommand.NoHostLeft(1, Set.of(ALPHA, BETA, GAMMA)))
        .hasOnlyElementsOfType(BooksCommand.NoHostLeft.class);
  }

  @Test
  void invitesItsOwnHomeWithoutAMessageAndTheOthersByPost() {
    bench.members(0, 0, 0);
    bench.guests(Guests.running(0, 4, LONG_AGO));
    queue(head(1, 2));
    assertThat(placed()).isEqualTo(Map.of(ALPHA, 2));
    Map<NodeName, Integer> slots = new HashMap<>();
    for (SchedulerBench.Sent sent : bench.sent()) {
      slots.put(sent.to(), ((Invitation) sent.message()).slots());
    }
    assertThat(slots).containsOnlyKeys(BETA, GAMMA);
  }

  @Test
  void homesWhereNothingWaitsHearOfChangesButNotInAFlood() {
    bench.members(0, 0, 0);
    for (int i = 0; i < 50; i++) {
      bench.guests(Guests.running(0, i, LONG_AGO));
    }
    List<SchedulerBench.Sent> sent = new ArrayList<>(bench.sent());
    bench.pass(100);
    sent.addAll(bench.sent());
    assertThat(sent).as("as long as there is room").hasSizeLessThan(10);
    bench.pass(2_000);
    sent.addAll(bench.sent());
    assertThat(((Invitation) sent.getLast().message()).slots()).isEqualTo(49);
  }

  @Test
  void aHomeWhereNothingWaitsHearsAtOnceThatThereIsNoRoomAndThatThereIsAgain() {
    bench.members(0, 0, 0);
    for (int slots : new int[] {3, 0, 2}) {
      bench.guests(Guests.running(0, slots, LONG_AGO));
      bench.pass(100);
      assertThat(((Invitation) bench.sent().getLast().message()).slots()).isEqualTo(slots);
    }
  }

  @Test
  void aBlockedNodeInvitesNobodyAndStaysBlockedAfterARestart() {
    bench.members(0, 0, 0);
    assertThat(bench.modes()).containsExactly("open");
    TestProbe<String> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.SetMode("blocked", null, answer.ref()));
    assertThat(answer.receiveMessage()).isEqualTo("alpha is blocked");
    assertThat(bench.modes()).containsExactly("blocked");
    assertThat(bench.host()).endsWith(new ProcessHost.ModeChanged("blocked"));
    bench.guests(Guests.running(0, 4, LONG_AGO));
    queue(head(1, 2));
    assertThat(bench.placed()).isEmpty();
    bench.kit.stop(bench.scheduler);
    bench.start();
    assertThat(bench.modes()).containsExactly("blocked");
    bench.scheduler.tell(new Scheduler.SetMode("sleepy", null, answer.ref()));
    assertThat(answer.receiveMessage()).isEqualTo("there is no mode 'sleepy'");
    assertThat(bench.modes()).isEmpty();
  }

  @Test
  void movesAsManyAtOnceAsMayBeUnderWayAndGoesOnWhenOneHasEnded() {
    bench.members(24, 0, 0);
    bench.guests(Guests.running(24, 0, LONG_AGO));
    bench.pass(1_000);
    List<MoveOut> first = bench.moves();
    assertThat(first).hasSize(8);
    assertThat(first).extracting(MoveOut::target).contains(BETA, GAMMA);
    assertThat(first).allMatch(move -> move.reason().equals("balance"));
    bench.loads(16, 4, 4);
    bench.pass(1_000);
    assertThat(bench.moves()).as("all are still under way").isEmpty();
    first.get(0).replyTo().tell(done(first.get(0)));
    first.get(1).replyTo().tell(done(first.get(1)));
    bench.loads(16, 4, 4);
    bench.pass(1_000);
    List<MoveOut> next = bench.moves();
    assertThat(next).hasSize(2).doesNotContainAnyElementsOf(first);
    assertThat(next).noneMatch(move -> move.id().equals(first.getFirst().id()));
  }

  @Test
  void whatIsOnOfferCountsAtItsTargetHoweverLongThatTakesToAnswer() {
    bench.members(6, 0, 0);
    bench.guests(Guests.running(6, 0, LONG_AGO));
    bench.pass(1_000);
    List<MoveOut> moves = new ArrayList<>(bench.moves());
    for (int second = 0; second < 5; second++) {
      bench.loads(6 - moves.size(), 0, 0); // none has accepted yet: their reports show nothing
      bench.pass(1_000);
      moves.addAll(bench.moves());
    }
    assertThat(moves).as("two for each of the three").hasSize(4);
  }

  @Test
  void everyMoveLeavesALineWithTheFiguresThatDecided() {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.pass(1_000);
    MoveOut move = bench.move();
    move.replyTo().tell(done(move));
    MoveView line = bench.read(view -> view.moves(null, 10)).getFirst();
    assertThat(line.id()).isEqualTo("alpha.1");
    assertThat(line.outcome()).isEqualTo("moved");
    assertThat(line.pauseSeconds()).isEqualTo(0.12);
    assertThat(line.reason()).isEqualTo("balance");
    assertThat(line.predictedGainSeconds()).isPositive();
    assertThat(line.figures())
        .containsKeys(
            "load_here", "load_there", "age_there_seconds", "cost_seconds", "differential");
    Map<String, Double> metrics = bench.read(SchedulerView::metrics);
    assertThat(metrics)
        .containsEntry("mosey_moves_begun_total", 1.0)
        .containsEntry("mosey_moves_done_total", 1.0);
  }

  private static MoveOut moved(SchedulerBench bench) {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.pass(1_000);
    MoveOut move = bench.move();
    move.replyTo().tell(done(move));
    bench.guests(Guests.running(0, 0, LONG_AGO));
    return move;
  }

  @Test
  void theLineOfAMoveSaysWhatItHasGainedWhenItsHomeSaysThatItEnded() {
    MoveOut move = moved(bench);
    for (int second = 0; second < 4; second++) {
      bench.loads(2, 1, 1);
      bench.pass(1_000);
    }
    assertThat(bench.read(view -> view.moves(null, 10)).getFirst().realisedGainSeconds()).isNull();
    bench.fates.put(move.id(), new Fate(move.target(), bench.wallMillis()));
    for (int second = 0; second < 6; second++) {
      bench.loads(2, 1, 1);
      bench.pass(1_000);
    }
    List<MoveView> lines = bench.read(view -> view.moves(null, 10));
    assertThat(lines).as("one line for one move").hasSize(1);
    // Alpha would have a load of 3, the target has 1, or 2 until the arrival must show in reports.
    assertThat(lines.getFirst().realisedGainSeconds()).isBetween(0.5 * 4, 2.0 * 4);
    assertThat(lines.getFirst().figures()).containsKey("watched_seconds");
    assertThat(bench.read(SchedulerView::metrics)).containsEntry("mosey_moves_judged_total", 1.0);
    assertThat(bench.read(SchedulerView::movesPay)).startsWith("moves pay: ");
  }

  @Test
  void movesThatDoNotPayMakeCautiousAndThatIsSaid() {
    bench.members(30, 0, 0);
    for (int number = 1; number <= 8; number++) {
      bench.guests(Guests.of(List.of(Guests.guest(number, "running", MoveMode.LIVE, LONG_AGO)), 4));
      bench.loads(30, 0, 0);
      bench.pass(1_000);
      MoveOut move = bench.move();
      move.replyTo().tell(done(move));
      bench.fates.put(move.id(), new Fate(move.target(), bench.wallMillis()));
    }
    bench.guests(Guests.running(0, 0, LONG_AGO));
    for (int second = 0; second < 8; second++) {
      bench.loads(3, 0, 0);
      bench.pass(1_000);
    }
    assertThat(bench.read(SchedulerView::metrics))
        .containsEntry("mosey_moves_judged_total", 8.0)
        .containsEntry("mosey_moves_caution", 2.0);
    assertThat(bench.read(SchedulerView::movesPay)).startsWith("moves have not paid lately");

    bench.scheduler.tell(
        new Scheduler.TunesChanged(new TuneSet(1, BETA, Map.of("cost.margin", "30"))));
    bench.guests(Guests.running(1, 0, bench.wallMillis() - 6_000));
    bench.loads(30, 0, 0);
    bench.pass(1_000);
    assertThat(bench.moves()).as("it would gain 40 times its cost, not 60 times").isEmpty();
    assertThat(bench.read(view -> view.stay(Guests.id(1))).orElseThrow().reason())
        .isEqualTo(StayReason.CAUTIOUS);
  }

  @Test
  void afterAFailureTheProcessIsLeftAloneAndTheLineSaysWhy() {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.pass(1_000);
    MoveOut move = bench.move();
    move.replyTo().tell(failed(move));
    bench.loads(3, 0, 0);
    bench.pass(3_000);
    assertThat(bench.moves()).isEmpty();
    assertThat(bench.read(view -> view.stay(Guests.id(1))).orElseThrow().reason())
        .isEqualTo(StayReason.BACKING_OFF);
    assertThat(bench.read(view -> view.moves(null, 1)).getFirst().outcome())
        .isEqualTo("the target declined");
    bench.loads(3, 0, 0);
    bench.pass(3_000);
    assertThat(bench.moves()).hasSize(1);
  }

  @Test
  void saysWhyAProcessStays() {
    bench.members(1, 1, 1);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.pass(1_000);
    assertThat(bench.moves()).isEmpty();
    assertThat(bench.read(view -> view.stay(Guests.id(1))).orElseThrow().reason())
        .isEqualTo(StayReason.BELOW_DIFFERENTIAL);
    assertThat(bench.read(view -> view.stay(Guests.id(9)).isPresent()).booleanValue()).isFalse();
  }

  @Test
  void tunesAreInForceWithTheNextRound() {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.scheduler.tell(
        new Scheduler.TunesChanged(new TuneSet(1, BETA, Map.of("policy", "static"))));
    bench.pass(2_000);
    assertThat(bench.moves()).isEmpty();
    assertThat(bench.read(view -> view.stay(Guests.id(1))).orElseThrow().reason())
        .isEqualTo(StayReason.POLICY_STATIC);
  }

  @Test
  void aChangeOfTunesIsALineWhereItWasMadeAndOnlyOnce() {
    tune(4, ALPHA, "residency", "10"); // in force since before the node began
    tune(5, ALPHA, "residency", "20");
    tune(5, ALPHA, "residency", "20");
    tune(6, BETA, "residency", "30");
    List<MoveView> lines = bench.read(view -> view.moves(null, 10));
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst().reason()).isEqualTo("tunes");
    assertThat(lines.getFirst().from()).isEqualTo("alpha");
    assertThat(lines.getFirst().outcome()).isEqualTo("residency 10 -> 20, by ann");
    assertThat(lines.getFirst().figures()).containsEntry("version", 5.0);
  }

  private void tune(long version, NodeName by, String name, String value) {
    bench.scheduler.tell(
        new Scheduler.TunesChanged(new TuneSet(version, by, "ann", Map.of(name, value))));
  }

  @Test
  void movesByHandWhateverTheLoadAndTellsHowItEnded() {
    bench.members(0, 5, 0);
    bench.guests(Guests.running(1, 0, WALL));
    TestProbe<MoveOutcome> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.Move(Guests.id(1), BETA, "hand", answer.ref()));
    MoveOut move = bench.move();
    assertThat(move.target()).isEqualTo(BETA);
    assertThat(move.reason()).isEqualTo("hand");
    move.replyTo().tell(done(move));
    answer.expectMessage(done(move));
  }

  @Test
  void movesByHandToTheBestOtherNode() {
    bench.members(0, 5, 0.5);
    bench.guests(Guests.running(1, 0, WALL));
    TestProbe<MoveOutcome> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.Move(Guests.id(1), null, "out", answer.ref()));
    assertThat(bench.move().target()).isEqualTo(GAMMA);
  }

  @Test
  void refusesByHandWhatCannotBe() {
    bench.members(0, 0, 0);
    bench.guests(
        Guests.of(
            List.of(
                Guests.guest(1, "running", MoveMode.NEVER, WALL),
                Guests.guest(2, "preparing", MoveMode.LIVE, WALL),
                Guests.guest(3, "running", MoveMode.LIVE, WALL)),
            4));
    TestProbe<MoveOutcome> answer = bench.kit.createTestProbe();
    record Case(int id, NodeName target, String message) {}
    for (Case wrong :
        List.of(
            new Case(1, BETA, "it cannot move"),
            new Case(2, BETA, "it starts or moves"),
            new Case(3, ALPHA, "already"),
            new Case(3, NodeName.of("delta"), "no member that answers"),
            new Case(9, BETA, "it starts or moves already"))) {
      bench.scheduler.tell(
          new Scheduler.Move(Guests.id(wrong.id()), wrong.target(), "hand", answer.ref()));
      assertThat(answer.receiveMessage().failed()).contains(wrong.message());
    }
    assertThat(bench.moves()).isEmpty();
  }

  @Test
  void evacuatesWhatCanMoveAndNamesWhatIsLeft() {
    bench.members(0, 0, 0);
    bench.guests(
        Guests.of(
            List.of(
                Guests.guest(1, "running", MoveMode.NEVER, WALL),
                Guests.guest(2, "running", MoveMode.LIVE, WALL),
                Guests.guest(3, "running", MoveMode.RESTART, WALL)),
            4));
    TestProbe<Evacuated> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.Evacuate("expel", answer.ref()));
    List<MoveOut> moves = bench.moves();
    assertThat(moves).hasSize(2).allMatch(move -> move.reason().equals("expel"));
    assertThat(bench.modes()).containsExactly("open", "draining");
    moves.forEach(move -> move.replyTo().tell(done(move)));
    Evacuated evacuated = answer.receiveMessage();
    assertThat(evacuated.left()).containsExactly(Map.entry(Guests.id(1), StayReason.CANNOT_MOVE));
    assertThat(evacuated.moves()).hasSize(2);
    assertThat(bench.modes()).containsExactly("open");
  }

  @Test
  void anEvacuationWithoutAPlaceWaitsForOneAndThenGivesUp() {
    bench.guests(Guests.of(List.of(Guests.guest(2, "running", MoveMode.LIVE, WALL)), 4));
    TestProbe<Evacuated> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.Evacuate("drain", answer.ref()));
    bench.pass(9_000);
    answer.expectNoMessage();
    bench.pass(2_000);
    assertThat(answer.receiveMessage().left())
        .containsExactly(Map.entry(Guests.id(2), StayReason.NO_FRESH_PEER));
  }

  @Test
  void anEvacuationTriesAFailedMoveAgainButNotForEver() {
    bench.members(0, 0, 0);
    bench.guests(Guests.of(List.of(Guests.guest(2, "running", MoveMode.LIVE, WALL)), 4));
    TestProbe<Evacuated> answer = bench.kit.createTestProbe();
    bench.scheduler.tell(new Scheduler.Evacuate("drain", answer.ref()));
    MoveOut first = bench.move();
    first.replyTo().tell(failed(first));
    MoveOut second = bench.move();
    assertThat(second.target()).as("another one").isNotEqualTo(first.target());
    second.replyTo().tell(failed(second));
    bench.pass(6_000);
    bench.loads(0, 0, 0);
    bench.pass(1_000);
    MoveOut third = bench.move();
    third.replyTo().tell(failed(third));
    assertThat(answer.receiveMessage().left()).containsOnlyKeys(Guests.id(2));
  }

  @Test
  void aMoveOfWhichNothingIsHeardCountsAsFailedInTheEnd() {
    bench.members(3, 0, 0);
    bench.guests(Guests.running(1, 0, LONG_AGO));
    bench.pass(1_000);
    assertThat(bench.moves()).hasSize(1);
    bench.leap(600_000);
    bench.pass(1_000);
    assertThat(bench.read(view -> view.moves(null, 1)).getFirst().outcome())
        .contains("nothing has been heard");
    assertThat(bench.read(view -> view.moving().size()).intValue()).isZero();
  }

  @Test
  void saysWhereANewProcessWouldGoAndWhereATaskCouldStart() {
    bench.members(3, 0.5, 2);
    bench.invite(BETA, 1, 0, 2);
    assertThat(bench.read(view -> view.best(Resources.NONE, 1, any -> true)).getFirst().node())
        .isEqualTo(BETA);
    List<WhyView.Candidate> candidates =
        bench.read(view -> view.candidates(Guests.spec(MoveMode.NEVER, Resources.NONE), Map.of()));
    assertThat(candidates)
        .extracting(candidate -> candidate.node() + " " + candidate.could())
        .containsExactly("alpha false", "beta true", "gamma false");
  }
}
