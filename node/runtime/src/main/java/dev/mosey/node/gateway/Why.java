package dev.mosey.node.gateway;

import dev.mosey.node.home.HomeView;
import dev.mosey.policy.books.WhyWaiting;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.api.WhyView.Candidate;
import dev.mosey.protocol.load.LoadReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts into words why a process waits, stays or moved, with the figures that decided. Pure. */
final class Why {
  private Why() {}

  /** The answer for one process or job. */
  static WhyView of(
      JobView job,
      Optional<WhyWaiting> waiting,
      Optional<HomeView.Loss> loss,
      List<LoadReport> reports) {
    Map<String, Double> figures = new TreeMap<>();
    String summary = waiting.map(why -> waits(job, why, figures)).orElseGet(() -> runs(job, loss));
    return new WhyView(
        job.id(),
        job.state(),
        summary,
        waiting.map(why -> why.reason().name().toLowerCase(Locale.ROOT)).orElse(job.state()),
        waiting.map(why -> candidates(job, why, reports)).orElse(null),
        job.moves(),
        loss.filter(l -> !l.atHome() && l.restarts()).map(HomeView.Loss::seconds).orElse(null),
        figures);
  }

  /** The same with what the balancer last said about a process that stays. */
  static WhyView stays(WhyView why, Optional<String> reason) {
    return reason.isEmpty()
        ? why
        : new WhyView(
            why.id(),
            why.state(),
            why.summary() + "; it stays: " + reason.get(),
            why.reason(),
            why.nodes(),
            why.moves(),
            why.recoverySeconds(),
            why.figures());
  }

  private static String waits(JobView job, WhyWaiting why, Map<String, Double> figures) {
    return switch (why.reason()) {
      case HELD -> job.id() + " is held: mosq release lets it start";
      case BEGIN -> job.id() + " begins at " + Instant.ofEpochMilli(why.until());
      case DEPENDENCY -> job.id() + " waits for " + why.dependency() + " to end";
      case AT_ONCE -> {
        figures.put("running", (double) why.running());
        figures.put("bound", (double) why.bound());
        yield why.running() + " of its tasks run, and no more than " + why.bound() + " may at once";
      }
      case QUEUED -> {
        figures.put("ahead", (double) why.ahead());
        yield why.ahead() == 0
            ? job.id() + " is next: no node that could run it has room"
            : why.ahead() + " jobs are before " + job.id() + ", and no node has room for it";
      }
    };
  }

  private static String runs(JobView job, Optional<HomeView.Loss> loss) {
    int moves = job.moves() == null ? 0 : job.moves().size();
    String where = job.host() == null ? "" : " on " + job.host();
    String moved = moves == 0 ? "" : ", after " + moves + (moves == 1 ? " move" : " moves");
    String because = job.reason() == null ? "" : ": " + job.reason();
    String then = loss.map(l -> "; " + then(job, l)).orElse("");
    return job.id() + " is " + job.state() + where + moved + because + then;
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

  private static List<Candidate> candidates(JobView job, WhyWaiting why, List<LoadReport> reports) {
    List<Candidate> nodes = new ArrayList<>();
    double cores = job.resources() == null ? 1 : job.resources().getOrDefault("cores", 1.0);
    for (LoadReport report : reports) {
      String refused = why.refused().get(report.host().node());
      if (refused != null) {
        nodes.add(new Candidate(report.host().node().value(), false, refused));
      } else if (!report.open()) {
        nodes.add(new Candidate(report.host().node().value(), false, "it is " + report.mode()));
      } else if (report.running() >= report.slots()) {
        nodes.add(
            new Candidate(
                report.host().node().value(), false, "all " + report.slots() + " slots are taken"));
      } else if (report.free().cores() < cores) {
        nodes.add(
            new Candidate(
                report.host().node().value(),
                false,
                "it has " + report.free().cores() + " free cores of " + cores + " wanted"));
      } else {
        nodes.add(new Candidate(report.host().node().value(), true, "it has room"));
      }
    }
    return nodes;
  }

  /** The answer for the whole queue of a home. */
  static WhyView queue(Map<String, Double> figures, List<LoadReport> reports) {
    long open = reports.stream().filter(r -> r.open() && r.running() < r.slots()).count();
    String summary =
        figures.get("waiting") == 0
            ? "nothing waits here"
            : String.format(
                Locale.ROOT,
                "%.0f tasks wait here; %d of %d nodes have room",
                figures.get("waiting"),
                open,
                reports.size());
    List<Candidate> nodes =
        reports.stream()
            .map(
                r ->
                    new Candidate(
                        r.host().node().value(),
                        r.open() && r.running() < r.slots(),
                        r.mode() + ", " + r.running() + " of " + r.slots() + " slots taken"))
            .toList();
    return new WhyView(
        null,
        null,
        summary,
        figures.get("waiting") == 0 ? "empty" : "queued",
        nodes,
        null,
        null,
        figures);
  }
}
