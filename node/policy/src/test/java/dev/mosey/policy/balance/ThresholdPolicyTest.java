package dev.mosey.policy.balance;

import static dev.mosey.policy.balance.Samples.ALPHA;
import static dev.mosey.policy.balance.Samples.BETA;
import static dev.mosey.policy.balance.Samples.GAMMA;
import static dev.mosey.policy.balance.Samples.closed;
import static dev.mosey.policy.balance.Samples.flags;
import static dev.mosey.policy.balance.Samples.id;
import static dev.mosey.policy.balance.Samples.memory;
import static dev.mosey.policy.balance.Samples.node;
import static dev.mosey.policy.balance.Samples.only;
import static dev.mosey.policy.balance.Samples.process;
import static dev.mosey.policy.balance.Samples.situation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.job.MoveMode;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdPolicyTest {
  private static Decision decide(Situation situation) {
    return decide(situation, Tunes.DEFAULTS);
  }

  private static Decision decide(Situation situation, Tunes tunes) {
    return new ThresholdPolicy(tunes).decide(situation, new SplittableRandom(1));
  }

  private static StayReason reason(Decision decision, int number) {
    return decision.stays().get(id(number)).reason();
  }

  private static Candidate[] processes(int count, int residentSeconds) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> process(number, residentSeconds))
        .toArray(Candidate[]::new);
  }

  @Test
  void movesToTheLeastLoadedFreshPeer() {
    Decision decision =
        decide(
            situation(
                node("alpha", 2), List.of(node("beta", 0.5), node("gamma", 0)), process(1, 60)));
    Departure departure = decision.departures().getFirst();
    assertThat(departure.target()).isEqualTo(GAMMA);
    assertThat(departure.reason()).isEqualTo("balance");
    assertThat(departure.gainSeconds()).as("60 s x (1 - 1/2)").isCloseTo(30, within(1e-9));
    assertThat(departure.costSeconds()).isCloseTo(0.5 + 65_536.0 / (50 << 20), within(1e-9));
    assertThat(departure.figures())
        .containsEntry("load_here", 2.0)
        .containsEntry("load_there_after", 1.0);
  }

  @Test
  void staysWhenTheOnlyBetterPeerIsStaleOrClosed() {
    Decision stale =
        decide(situation(node("alpha", 4), List.of(node("beta", 0, 1, 1, 6_000)), process(1, 60)));
    assertThat(stale.departures()).isEmpty();
    assertThat(reason(stale, 1)).isEqualTo(StayReason.NO_FRESH_PEER);
    Decision blocked =
        decide(situation(node("alpha", 4), List.of(closed(node("beta", 0))), process(1, 60)));
    assertThat(reason(blocked, 1)).isEqualTo(StayReason.NO_FRESH_PEER);
  }

  @Test
  void needsTheDifferentialAfterArrival() {
    // On one core a process adds 1.0: beta would have 2.0, and 2.2 - 2.0 is less than 0.3.
    Decision below =
        decide(situation(node("alpha", 2.2), List.of(node("beta", 1)), process(1, 3_600)));
    assertThat(reason(below, 1)).isEqualTo(StayReason.BELOW_DIFFERENTIAL);
    Decision above =
        decide(situation(node("alpha", 2.31), List.of(node("beta", 1)), process(1, 3_600)));
    assertThat(above.departures()).hasSize(1);
  }

  @Test
  void countsTheDifferentialInProcessesOfTheTarget() {
    // On eight cores a process adds 1/8: nine here and seven there become eight and eight.
    Decision decision =
        decide(
            situation(
                node("alpha", 9 / 8.0, 1, 8, 0),
                List.of(node("beta", 7 / 8.0, 1, 8, 0)),
                processes(9, 60)));
    assertThat(decision.departures()).hasSize(1);
  }

  @Test
  void staysWhenItDoesNotPay() {
    // 5 s x (1 - 1/1.4) = 1.4 s, and an image of 50 MiB costs 1.5 s.
    Candidate heavy = process(1, 5, MoveMode.CHECKPOINT, 50 << 20, 0);
    Decision decision = decide(situation(node("alpha", 1.4), List.of(node("beta", 0)), heavy));
    assertThat(reason(decision, 1)).isEqualTo(StayReason.GAIN_TOO_SMALL);
    assertThat(decision.stays().get(id(1)).best()).isEqualTo(BETA);
    assertThat(decision.stays().get(id(1)).figures()).containsKeys("gain_seconds", "cost_seconds");
  }

  @Test
  void nothingMovesBetweenNodesWithCoresToSpare() {
    Decision decision =
        decide(
            situation(
                node("alpha", 0.9, 1, 10, 0),
                List.of(node("beta", 0, 1, 10, 0)),
                processes(9, 60)));
    assertThat(decision.departures()).isEmpty();
    assertThat(reason(decision, 1)).isEqualTo(StayReason.GAIN_TOO_SMALL);
  }

  @Test
  void movesToAFasterNodeEvenFromACoreOfItsOwn() {
    Decision decision =
        decide(
            situation(
                node("alpha", 1, 1, 4, 0), List.of(node("beta", 0, 2, 4, 0)), process(1, 60)));
    assertThat(decision.departures()).hasSize(1);
    assertThat(decision.departures().getFirst().gainSeconds()).isCloseTo(30, within(1e-9));
  }

  @Test
  void saysWhyEachOneStays() {
    Decision decision =
        decide(
            situation(
                node("alpha", 9),
                List.of(node("beta", 0)),
                process(1, 60, MoveMode.NEVER, 0, 0),
                flags(process(2, 60), true, true, false),
                flags(process(3, 60), false, false, false),
                process(4, 2),
                process(5, 60, MoveMode.CHECKPOINT, 5L << 30, 0),
                flags(process(6, 60), false, true, true),
                only(process(7, 60), List.of(ALPHA), List.of()),
                only(process(8, 60), List.of(), List.of(BETA)),
                process(9, 60, MoveMode.UNKNOWN, 0, 0)));
    assertThat(decision.departures()).isEmpty();
    assertThat(IntStream.rangeClosed(1, 9).mapToObj(number -> reason(decision, number)))
        .containsExactly(
            StayReason.CANNOT_MOVE,
            StayReason.LOCKED,
            StayReason.NOT_SETTLED,
            StayReason.RESIDENT_TOO_SHORT,
            StayReason.TOO_BIG,
            StayReason.BACKING_OFF,
            StayReason.NO_ROOM,
            StayReason.NO_ROOM,
            StayReason.CANNOT_MOVE);
  }

  @Test
  void whatBeginsAgainDoesNotMoveForLoad() {
    // It would have to win back all that it has done, and nobody promises that.
    Candidate restart = process(1, 600, MoveMode.RESTART, 0, 0);
    Decision decision = decide(situation(node("alpha", 9), List.of(node("beta", 0)), restart));
    assertThat(reason(decision, 1)).isEqualTo(StayReason.GAIN_TOO_SMALL);
  }

  @Test
  void theLongestRunnerWithTheSmallestImageGoesFirst() {
    Decision decision =
        decide(
            situation(
                node("alpha", 3),
                List.of(node("beta", 1)),
                process(1, 60),
                process(2, 600, MoveMode.CHECKPOINT, 3L << 30, 0),
                process(3, 580)));
    assertThat(decision.departures()).extracting(Departure::id).containsExactly(id(3));
  }

  @Test
  void keepsToTheMovesOfARoundAndBatchesForEmptyNodes() {
    Decision usual =
        decide(situation(node("alpha", 40), List.of(node("beta", 1)), processes(40, 60)));
    assertThat(usual.departures()).hasSize(4);
    assertThat(usual.stays().values())
        .extracting(Decision.Stay::reason)
        .containsOnly(StayReason.ROUND_FULL);
    Decision batch =
        decide(situation(node("alpha", 40), List.of(node("beta", 0)), processes(40, 60)));
    assertThat(batch.departures()).hasSize(16);
    Situation few =
        new Situation(
            node("alpha", 40),
            List.of(node("beta", 0)),
            List.of(processes(40, 60)),
            new MoveCosts(0.5, 50 << 20, Map.of()),
            2,
            false);
    assertThat(decide(few).departures()).as("bound by what may be under way").hasSize(2);
  }

  @Test
  void aBatchIsSpreadAndStopsWhenAllAreEven() {
    Decision decision =
        decide(
            situation(
                node("alpha", 12), List.of(node("beta", 0), node("gamma", 0)), processes(12, 60)));
    assertThat(decision.departures()).hasSize(8);
    assertThat(decision.departures().stream().filter(d -> d.target().equals(BETA))).hasSize(4);
  }

  @Test
  void memoryGoesBeforeLoad() {
    // 400 of 16,000 MiB are free: under 5 %; 10 % are wanted, 1,200 MiB more.
    NodeState self = memory(node("alpha", 0.5, 1, 8, 0), 400);
    Decision decision =
        decide(
            situation(
                self,
                List.of(node("beta", 3, 1, 8, 0), memory(node("gamma", 0, 1, 8, 0), 1_500)),
                process(1, 60, MoveMode.CHECKPOINT, 0, 3_000L << 20),
                process(2, 60, MoveMode.CHECKPOINT, 0, 1_300L << 20),
                process(3, 60, MoveMode.CHECKPOINT, 0, 100L << 20)));
    assertThat(decision.departures()).hasSize(1);
    Departure departure = decision.departures().getFirst();
    assertThat(departure.id()).as("the smallest that is enough").isEqualTo(id(2));
    assertThat(departure.target()).as("where it stays above memory-low").isEqualTo(BETA);
    assertThat(departure.reason()).isEqualTo("memory");
  }

  @Test
  void noMoveBringsATargetUnderMemoryLow() {
    Decision decision =
        decide(
            situation(
                node("alpha", 9),
                List.of(memory(node("beta", 0), 900)),
                process(1, 60, MoveMode.CHECKPOINT, 0, 200L << 20)));
    assertThat(reason(decision, 1)).isEqualTo(StayReason.NO_ROOM);
  }

  @Test
  void aNodeThatStaysAndTheStaticPolicyKeepAll() {
    Situation told =
        new Situation(
            node("alpha", 9),
            List.of(node("beta", 0)),
            List.of(process(1, 60)),
            new MoveCosts(0.5, 50 << 20, Map.of()),
            10,
            true);
    assertThat(reason(decide(told), 1)).isEqualTo(StayReason.NODE_STAYS);
    Tunes tunes = Tunes.DEFAULTS.with(Map.of("policy", "static"), ALPHA);
    Decision decision =
        BalancePolicy.of(tunes)
            .decide(
                situation(node("alpha", 9), List.of(node("beta", 0)), process(1, 60)),
                new SplittableRandom(1));
    assertThat(reason(decision, 1)).isEqualTo(StayReason.POLICY_STATIC);
  }

  @Test
  void severalBusyNodesShareTheRoomOfAFreeOne() {
    List<NodeState> peers =
        List.of(
            node("beta", 0),
            node("b1", 4),
            node("b2", 4),
            node("b3", 4),
            node("b4", 4),
            node("b5", 4),
            node("b6", 4));
    int sent = 0;
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 700; round++) {
      sent +=
          new ThresholdPolicy(Tunes.DEFAULTS)
              .decide(situation(node("alpha", 4), peers, processes(4, 60)), random)
              .departures()
              .size();
    }
    // Room for three (level 3.5), seven senders.
    assertThat(sent / 700.0).isCloseTo(3 / 7.0, within(0.08));
  }
}
