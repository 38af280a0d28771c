package dev.mosey.node.gateway;

import dev.mosey.node.home.HomeView;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.LoadReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts into words why a process waits, stays or moved, with the figures that decided. Pure. */
final class Why {
  /** The clocks of a home and of a host may differ by this and its journal takes its time. */
  private static final long SAME_MOVE_MILLIS = 10_000;

  private Why() {}

  /**
   * The answer for one process or job.
   *
   * @param nodes whether it could run on each of them now
   * @param named which of them is to be shown; empty: all
   */
  static WhyView of(
      JobView job,
      Optional<WhyWaiting> waiting,
      Optional<HomeView.Loss> loss,
      List<Candidate> nodes,
      Optional<NodeName> named) {
    Map<String, Double> figures = new TreeMap<>();
    String summary =
        waiting.map(why -> waits(job, why, nodes, figures)).orElseGet(() -> runs(job, loss));
    return new WhyView(
        job.id(),
        job.state(),
        summary,
        waiting.map(why -> why.reason().name().toLowerCase(Locale.ROOT)).orElse(job.state()),
        only(named, nodes),
        job.moves(),
        loss.filter(l -> !l.atHome() && l.restarts()).map(HomeView.Loss::seconds).orElse(null),
        figures,
        null);
  }

  /**
   * The same with what the ledgers say about its moves, and what the balancer last said about it.
   *
   * @param lines of the ledgers of the nodes that it left
   * @param stays null when it is not known or does not stay
   */
  static WhyView with(WhyView why, List<MoveView> lines, WhyView.Stays stays) {
    List<MoveView> moves = why.moves() == null ? List.of() : judged(why.moves(), lines);
    StringBuilder summary = new StringBuilder(why.summary());
    if (!moves.isEmpty()) {
      summary.append("; ").append(sentence(moves.getLast()));
    }
    if (stays != null) {
      summary.append("; it stays: ").append(stays.sentence());
    }
    return new WhyView(
        why.id(),
        why.state(),
        summary.toString(),
        why.reason(),
        why.nodes(),
        moves,
        why.recoverySeconds(),
        why.figures(),
        stays);
  }

  /** Each move as its ledger has it; the home's own line where no ledger does. */
  private static List<MoveView> judged(List<MoveView> moves, List<MoveView> lines) {
    return moves.stream()
        .map(
            move ->
                lines.stream()
                    .filter(line -> line.from().equals(move.from()) && line.to().equals(move.to()))
                    .filter(line -> "moved".equals(line.outcome()))
                    .filter(line -> apart(line, move) <= SAME_MOVE_MILLIS)
                    .min(Comparator.comparingLong(line -> apart(line, move)))
                    .orElse(move))
        .toList();
  }

  private static long apart(MoveView line, MoveView move) {
    return Math.abs(line.at().toEpochMilli() - move.at().toEpochMilli());
  }

  /** {@code moved alpha -> gamma: gain 41 s predicted, 37 s realised, pause 18 ms}. */
  static String sentence(MoveView move) {
    List<String> parts = new ArrayList<>();
    if (move.predictedGainSeconds() != null && move.predictedGainSeconds() > 0) {
      parts.add("gain " + seconds(move.predictedGainSeconds()) + " predicted");
    }
    if (move.realisedGainSeconds() != null) {
      parts.add(seconds(move.realisedGainSeconds()) + " realised");
    }
    if (move.pauseSeconds() != null) {
      parts.add("pause " + Math.round(move.pauseSeconds() * 1_000) + " ms");
    }
    String because = "balance".equals(move.reason()) ? "" : " (" + move.reason() + ")";
    return "moved "
        + move.from()
        + " -> "
        + move.to()
        + because
        + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, Math.abs(seconds) < 9.95 ? "%.1f s" : "%.0f s", seconds);
  }

  private static String waits(
      JobView job, WhyWaiting why, List<Candidate> nodes, Map<String, Double> figures) {
    return switch (why.reason()) {
      case HELD ->
          why.because() == null
              ? job.id() + " is held: mosq release lets it start"
              : job.id() + " is held: " + why.because() + "; mosq release lets it start again";
      case FROZEN -> job.id() + " is " + why.because();
      case RESTING ->
          job.id()
              + " "
              + why.because()
              + "; it is tried again at "
              + Instant.ofEpochMilli(why.until());
      case BEGIN -> job.id() + " begins at " + Instant.ofEpochMilli(why.until());
      case DEPENDENCY -> job.id() + " waits for " + why.dependency() + " to end";
      case AT_ONCE -> {
        figures.put("running", (double) why.running());
        figures.put("bound", (double) why.bound());
        yield why.running() + " of its tasks run, and no more than " + why.bound() + " may at once";
      }
      case QUEUED -> {
        figures.put("ahead", (double) why.ahead());
        String place =
            switch (why.ahead()) {
              case 0 -> job.id() + " is next";
              case 1 -> "1 job is before " + job.id();
              default -> why.ahead() + " jobs are before " + job.id();
            };
        yield place
            + (nodes.stream().anyMatch(Candidate::could)
                ? ", and a node has room for it"
                : !nodes.isEmpty() && nodes.stream().allMatch(Candidate::lasting)
                    ? ", but no node can run it"
                    : ", and no node that could run it has room");
      }
    };
  }

  private static String runs(JobView job, Optional<HomeView.Loss> loss) {
    int moves = job.moves() == null ? 0 : job.moves().size();
    String where = job.host() == null ? "" : " on " + job.host();
    String moved = moves == 0 ? "" : ", after " + moves + (moves == 1 ? " move" : " moves");
    String because = job.reason() == null ? "" : ": " + job.reason();
    String then = loss.map(l -> "; " + then(job, l)).orElse("");
    String note = job.note() == null ? "" : "; " + job.note();
    return job.id() + " is " + job.state() + where + moved + because + then + note;
  }

  private static String then(JobView job, HomeView.Loss loss) {
    String again = loss.resumes() ? "goes on from its checkpoint" : "begins again";
    String fate = loss.restarts() ? again : "is lost";
    if (loss.atHome()) {
      return "it is at its own home and needs no lease: if "
          + job.home()
          + " fails, it "
          + fate
          + " when "
          + job.home()
          + " is back";
    }
    return String.format(
        Locale.ROOT, "if its host is lost, it %s within %.0f s", fate, loss.seconds());
  }

  private static List<Candidate> only(Optional<NodeName> named, List<Candidate> nodes) {
    return nodes.stream()
        .filter(each -> named.isEmpty() || named.get().value().equals(each.node()))
        .toList();
  }

  /** The answer for the whole queue of a home. */
  static WhyView queue(
      Map<String, Double> figures, List<LoadReport> reports, Optional<NodeName> node) {
    List<Candidate> nodes =
        reports.stream()
            .map(
                r ->
                    new Candidate(
                        r.host().node().value(),
                        r.open() && r.running() < r.slots(),
                        r.mode() + ", " + r.running() + " of " + r.slots() + " slots taken",
                        false))
            .toList();
    boolean empty = figures.get("waiting") == 0;
    String summary =
        empty
            ? "nothing waits here"
            : String.format(
                Locale.ROOT,
                "%.0f tasks wait here; %d of %d nodes have room",
                figures.get("waiting"),
                nodes.stream().filter(Candidate::could).count(),
                nodes.size());
    return new WhyView(
        null,
        null,
        summary,
        empty ? "empty" : "queued",
        only(node, nodes),
        null,
        null,
        figures,
        null);
  }
}
