package dev.mosey.chaos;

import dev.mosey.chaos.Witness.Kind;
import dev.mosey.chaos.Witness.Line;
import dev.mosey.chaos.Witness.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the history of a run and names each promise that it breaks. A function of what was
 * acknowledged, what the cluster says, and what the jobs wrote down themselves.
 */
final class Judge {
  private final List<Broken> broken = new ArrayList<>();
  private final Facts facts;
  private final List<Double> recoveries = new ArrayList<>();
  private final List<Double> delayed = new ArrayList<>();

  /** A promise. */
  enum Promise {
    /** What was acknowledged comes to its end. */
    LOST,
    /** At most one incarnation of a process runs. */
    DOUBLED,
    /** A later incarnation has a higher number. */
    WENT_BACK,
    /** What is said to be done was done, to its last step. */
    NOT_DONE,
    /** What ended without fault of its own is said to be done. */
    WRONG_END,
    /** The kept output is that of the last attempt: complete, once, in order. */
    OUTPUT,
    /** A cancelled job does not run on. */
    CANCEL,
    /** What is to run once at most was not begun again. */
    BEGUN_AGAIN,
    /** The same request twice is one job. */
    TWICE_SUBMITTED,
    /** A daemon does not start from what is damaged. */
    DAMAGE_UNSEEN
  }

  /**
   * One breach.
   *
   * @param id of the process or job
   * @param what one line
   */
  record Broken(Promise promise, String id, String what) {}

  /**
   * A process that was acknowledged.
   *
   * @param kind of work
   * @param steps that it takes
   * @param cancelledAt the machine's clock when its cancelling was acknowledged; NaN = never
   * @param tries at its cancelling, acknowledged or not
   */
  record Wanted(String id, Kind kind, int steps, double cancelledAt, int tries) {}

  /**
   * What the cluster says of it in the end.
   *
   * @param state word of the interface
   * @param exit code, or null
   * @param output lines that were kept
   */
  record Said(String state, Integer exit, List<String> output) {}

  /**
   * What is judged.
   *
   * @param wanted what was acknowledged
   * @param said by id; who is missing there, nobody knows
   * @param lines of all jobs, in order
   * @param killed ids whose bodies somebody has killed, which is an end like any other
   * @param away when which node was not there
   */
  record Facts(
      List<Wanted> wanted,
      Map<String, Said> said,
      List<Line> lines,
      Set<String> killed,
      List<Pulse.Gap> away) {}

  /**
   * What was found.
   *
   * @param broken breaches
   * @param recoveries seconds from the last sign of an attempt to the next attempt, where the home
   *     was there all the time
   * @param delayed the same where it was not
   */
  record Verdict(List<Broken> broken, List<Double> recoveries, List<Double> delayed) {}

  private Judge(Facts facts) {
    this.facts = facts;
  }

  /** Judges. */
  static Verdict of(Facts facts) {
    Judge judge = new Judge(facts);
    Map<String, List<Line>> byId = new HashMap<>();
    facts
        .lines()
        .forEach(line -> byId.computeIfAbsent(line.id(), id -> new ArrayList<>()).add(line));
    Map<String, Wanted> unique = new LinkedHashMap<>();
    facts.wanted().forEach(each -> unique.put(each.id(), each));
    byId.forEach(
        (id, lines) ->
            judge.incarnations(id, unique.containsKey(id) ? unique.get(id).kind() : null, lines));
    for (Wanted each : unique.values()) {
      judge.end(each, facts.said().get(each.id()), byId.getOrDefault(each.id(), List.of()));
    }
    return new Verdict(
        List.copyOf(judge.broken), List.copyOf(judge.recoveries), List.copyOf(judge.delayed));
  }

  private void found(Promise promise, String id, String what) {
    broken.add(new Broken(promise, id, what));
  }

  private void incarnations(String id, Kind kind, List<Line> lines) {
    Line last = null;
    TreeMap<Integer, Double> begun = new TreeMap<>();
    for (Line line : lines) {
      if (line.word() == Word.TWICE) {
        found(Promise.DOUBLED, id, "another held its lock when " + line.incarnation() + " began");
      } else if (line.word() == Word.START) {
        if (!begun.isEmpty()
            && begun.lastKey() >= line.incarnation()
            && !goesOn(kind, last, line)) {
          found(Promise.WENT_BACK, id, line.incarnation() + " began after " + begun.lastKey());
        }
        if (!begun.isEmpty() && kind == Kind.ONCE) {
          found(Promise.BEGUN_AGAIN, id, line.incarnation() + " began after " + begun.lastKey());
        }
        if (last != null
            && last.word() != Word.END
            && last.word() != Word.LEFT
            && kind != Kind.JAVA) {
          recovered(id, last.seconds(), line.seconds());
        }
        begun.put(line.incarnation(), line.seconds());
      } else if (!begun.isEmpty() && line.incarnation() < begun.lastKey()) {
        found(
            Promise.DOUBLED,
            id,
            line.incarnation()
                + " on "
                + line.host()
                + " ran on after "
                + begun.lastKey()
                + " began");
      }
      last = line;
    }
  }

  /**
   * One that has saved itself to leave, and stays since its move was given up; a program says
   * nothing when it is saved.
   */
  private static boolean goesOn(Kind kind, Line last, Line start) {
    return (last.word() == Word.LEFT || kind == Kind.JAVA)
        && last.incarnation() == start.incarnation()
        && last.host().equals(start.host());
  }

  private void recovered(String id, double last, double next) {
    String home = id.substring(0, id.indexOf('.'));
    boolean there = facts.away().stream().noneMatch(gap -> gap.meets(home, last, next));
    (there ? recoveries : delayed).add(next - last);
  }

  private void end(Wanted wanted, Said said, List<Line> lines) {
    String id = wanted.id();
    if (said == null) {
      found(Promise.LOST, id, "nobody knows it");
      return;
    }
    boolean ended = lines.stream().anyMatch(line -> line.word() == Word.END);
    switch (said.state()) {
      case "done" -> {
        if (!ended || said.exit() == null || said.exit() != 0) {
          found(Promise.NOT_DONE, id, "is done with exit " + said.exit() + ", its end: " + ended);
        }
        output(wanted, said, lines);
        if (!Double.isNaN(wanted.cancelledAt())) {
          found(Promise.CANCEL, id, "was cancelled at " + wanted.cancelledAt() + " and is done");
        }
      }
      case "cancelled" -> {
        if (wanted.tries() == 0) {
          found(Promise.WRONG_END, id, "nobody cancelled it");
        }
      }
      case "failed" -> {
        if (!facts.killed().contains(id)) {
          found(Promise.WRONG_END, id, "failed, exit " + said.exit());
        }
      }
      case "lost" -> {
        if (wanted.kind() != Kind.ONCE) {
          found(Promise.WRONG_END, id, "lost, exit " + said.exit());
        }
      }
      default -> found(Promise.LOST, id, "is still " + said.state());
    }
  }

  /** Each step once, in order, by the incarnation that was the last to do it. */
  private void output(Wanted wanted, Said said, List<Line> lines) {
    Map<Integer, Integer> by = new HashMap<>();
    for (Line line : lines) {
      if (line.word() == Word.STEP) {
        by.put(line.step(), line.incarnation());
      }
    }
    List<String> expected = new ArrayList<>();
    for (int step = 1; step <= wanted.steps(); step++) {
      expected.add(step + " of " + wanted.steps() + " by " + by.get(step));
    }
    if (!said.output().equals(expected)) {
      found(Promise.OUTPUT, wanted.id(), "was kept as " + said.output() + ", not " + expected);
    }
  }
}
