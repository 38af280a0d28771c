package dev.mosey.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.chaos.Judge.Promise;
import dev.mosey.chaos.Judge.Said;
import dev.mosey.chaos.Judge.Verdict;
import dev.mosey.chaos.Judge.Wanted;
import dev.mosey.chaos.Witness.Kind;
import dev.mosey.chaos.Witness.Line;
import dev.mosey.chaos.Witness.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final String ID = "alpha.1";
  private static final Wanted WANTED = new Wanted(ID, Kind.RESTART, 2, Double.NaN, 0);
  private static final Said DONE = said(1);

  private final List<Line> lines = new ArrayList<>();
  private final Set<String> killed = new HashSet<>();
  private final List<Pulse.Gap> away = new ArrayList<>();
  private double clock;

  private static Said said(int incarnation) {
    return new Said("done", 0, List.of("1 of 2 by " + incarnation, "2 of 2 by " + incarnation));
  }

  /** Each attempt begins with the first step. */
  private JudgeTest wrote(int incarnation, Word... words) {
    int step = 0;
    for (Word word : words) {
      step += word == Word.STEP ? 1 : 0;
      lines.add(new Line(++clock, word, ID, incarnation, "beta", step));
    }
    return this;
  }

  private JudgeTest complete(int incarnation) {
    return wrote(incarnation, Word.START, Word.STEP, Word.STEP, Word.END);
  }

  private Judge.Facts facts(Wanted wanted, Map<String, Said> known) {
    return new Judge.Facts(List.of(wanted), known, lines, killed, away);
  }

  private List<Promise> judged(Wanted wanted, Said said) {
    Map<String, Said> known = said == null ? Map.of() : Map.of(ID, said);
    return Judge.of(facts(wanted, known)).broken().stream()
        .map(Judge.Broken::promise)
        .distinct()
        .toList();
  }

  @Test
  void whatRanOnceAndIsDoneKeepsAllPromises() {
    assertThat(complete(1).judged(WANTED, DONE)).isEmpty();
  }

  @Test
  void whatBeganAgainAfterItsHostWasLostKeepsThemTooAndIsTimed() {
    wrote(1, Word.START, Word.STEP);
    clock += 4;
    complete(2);
    Verdict verdict = Judge.of(facts(WANTED, Map.of(ID, said(2))));
    assertThat(verdict.broken()).isEmpty();
    assertThat(verdict.recoveries()).containsExactly(5.0);
    assertThat(verdict.delayed()).isEmpty();
    away.add(new Pulse.Gap("beta", 2, 100));
    assertThat(Judge.of(facts(WANTED, Map.of(ID, said(2)))).recoveries()).containsExactly(5.0);
    away.add(new Pulse.Gap("alpha", 6.5, 8));
    Verdict late = Judge.of(facts(WANTED, Map.of(ID, said(2))));
    assertThat(late.recoveries()).isEmpty();
    assertThat(late.delayed()).containsExactly(5.0);
  }

  @Test
  void whatLeftByItselfWasNotLost() {
    wrote(1, Word.START, Word.STEP, Word.LEFT).complete(2);
    Verdict verdict = Judge.of(facts(WANTED, Map.of(ID, said(2))));
    assertThat(verdict.broken()).isEmpty();
    assertThat(verdict.recoveries()).isEmpty();
  }

  @Test
  void whatHasSavedAndStaysAfterAllGoesOnAsTheSameIncarnationThere() {
    wrote(1, Word.START, Word.STEP, Word.LEFT).complete(1);
    assertThat(judged(WANTED, DONE)).isEmpty();
    lines.removeIf(line -> line.word() == Word.LEFT);
    assertThat(judged(WANTED, DONE)).containsExactly(Promise.WENT_BACK);
  }

  @Test
  void whatSomebodyKilledMayHaveFailed() {
    wrote(1, Word.START, Word.STEP);
    Said failed = new Said("failed", null, List.of("1 of 2 by 1"));
    assertThat(judged(WANTED, failed)).containsExactly(Promise.WRONG_END);
    killed.add(ID);
    assertThat(judged(WANTED, failed)).isEmpty();
  }

  @Test
  void whatNobodyKnowsOrStillWaitsIsLost() {
    assertThat(judged(WANTED, null)).containsExactly(Promise.LOST);
    assertThat(judged(WANTED, new Said("waiting", null, List.of()))).containsExactly(Promise.LOST);
  }

  @Test
  void twoThatRunAtOnceAreSeenByTheLockAndByTheOrderOfTheirLines() {
    wrote(1, Word.START).wrote(2, Word.TWICE).complete(2);
    assertThat(judged(WANTED, said(2))).containsExactly(Promise.DOUBLED);
    lines.clear();
    wrote(1, Word.START).wrote(2, Word.START).wrote(1, Word.STEP);
    wrote(2, Word.STEP, Word.STEP, Word.END);
    assertThat(judged(WANTED, said(2))).containsExactly(Promise.DOUBLED);
  }

  @Test
  void anIncarnationThatWasThereBeforeIsSeen() {
    wrote(2, Word.START).complete(2);
    assertThat(judged(WANTED, said(2))).containsExactly(Promise.WENT_BACK);
  }

  @Test
  void whatIsDoneButWasNotIsSeen() {
    wrote(1, Word.START, Word.STEP, Word.STEP);
    assertThat(judged(WANTED, DONE)).containsExactly(Promise.NOT_DONE);
  }

  @Test
  void anEndThatNothingGaveCauseForIsSeen() {
    complete(1);
    assertThat(judged(WANTED, new Said("failed", null, List.of())))
        .containsExactly(Promise.WRONG_END);
    assertThat(judged(WANTED, new Said("cancelled", null, List.of())))
        .containsExactly(Promise.WRONG_END);
  }

  @Test
  void outputThatIsShortOrTwiceOrOutOfOrderIsSeen() {
    complete(1);
    for (List<String> kept :
        List.of(
            List.of("1 of 2 by 1"),
            List.of("1 of 2 by 1", "1 of 2 by 1", "2 of 2 by 1"),
            List.of("2 of 2 by 1", "1 of 2 by 1"),
            List.of("1 of 2 by 1", "2 of 2 by 2"))) {
      assertThat(judged(WANTED, new Said("done", 0, kept)))
          .as("%s", kept)
          .containsExactly(Promise.OUTPUT);
    }
  }

  @Test
  void outputThatAnAttemptLeftBehindThoughTheNextDidThatStepAgainIsSeen() {
    wrote(1, Word.START, Word.STEP).complete(2);
    Said both = new Said("done", 0, List.of("1 of 2 by 1", "2 of 2 by 2"));
    assertThat(judged(WANTED, both)).containsExactly(Promise.OUTPUT);
  }

  @Test
  void whatIsToRunOnceAtMostMayBeLostButNotBegunAgain() {
    Wanted once = new Wanted(ID, Kind.ONCE, 2, Double.NaN, 0);
    wrote(1, Word.START, Word.STEP);
    Said lost = new Said("lost", null, List.of("1 of 2 by 1"));
    assertThat(judged(once, lost)).isEmpty();
    assertThat(judged(WANTED, lost)).containsExactly(Promise.WRONG_END);
    complete(2);
    assertThat(judged(once, said(2))).containsExactly(Promise.BEGUN_AGAIN);
  }

  @Test
  void aProgramGoesOnAsTheSameIncarnationOnlyWhereItWas() {
    Wanted program = new Wanted(ID, Kind.JAVA, 2, Double.NaN, 0);
    wrote(1, Word.START, Word.STEP).complete(1);
    assertThat(judged(program, DONE)).isEmpty();
    lines.clear();
    wrote(1, Word.START, Word.STEP);
    lines.add(new Line(++clock, Word.START, ID, 1, "gamma", 1));
    wrote(1, Word.STEP, Word.STEP, Word.END);
    assertThat(judged(program, DONE)).containsExactly(Promise.WENT_BACK);
  }

  @Test
  void whatWasCancelledAndIsDoneIsSeen() {
    complete(1);
    assertThat(judged(new Wanted(ID, Kind.RESTART, 2, 1.5, 1), DONE))
        .containsExactly(Promise.CANCEL);
    assertThat(judged(new Wanted(ID, Kind.RESTART, 2, Double.NaN, 3), DONE))
        .as("never acknowledged")
        .isEmpty();
    assertThat(
            judged(new Wanted(ID, Kind.RESTART, 2, 1.5, 1), new Said("cancelled", null, List.of())))
        .isEmpty();
  }
}
