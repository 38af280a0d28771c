package dev.mosey.node.schedule;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.MoveAudit;
import dev.mosey.policy.balance.MoveGain;
import dev.mosey.policy.balance.MoveGain.Verdict;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.load.Loads;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the moves that the balancer of this node has made until it can tell what each has gained,
 * writes that into the ledger, and makes the balancer cautious while moves do not pay. What is not
 * heard of any more is judged by what was seen. Bounded: beyond the bound a move goes unwatched.
 */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final int WATCHED_MAX = 64;
  private static final long ASK_MILLIS = 5_000;

  private final MoveLedger ledger;
  private final Map<ProcessId, Watched> watched = new LinkedHashMap<>();
  private MoveAudit audit = MoveAudit.TRUSTING;
  private long judged;
  private double predictedSeconds;
  private double realisedSeconds;

  /** One move: what it gains, its line in the ledger, when its home was last asked. */
  private record Watched(
      MoveGain gain, MoveView line, NodeName target, Resources request, long askedMillis) {
    Watched with(MoveGain newer) {
      return new Watched(newer, line, target, request, askedMillis);
    }

    Watched asked(long nowMillis) {
      return new Watched(gain, line, target, request, nowMillis);
    }
  }

  Audit(MoveLedger ledger) {
    this.ledger = ledger;
  }

  /** A move has been made; only those for a gain are watched. */
  void moved(Departure departure, MoveView line, double pauseSeconds, long bootMillis) {
    if (departure.gainSeconds() > 0 && watched.size() < WATCHED_MAX) {
      double remaining =
          departure.figures().getOrDefault("resident_seconds", departure.gainSeconds());
      watched.put(
          departure.id(),
          new Watched(
              MoveGain.made(departure.gainSeconds(), remaining, pauseSeconds, bootMillis),
              line,
              departure.target(),
              departure.request(),
              bootMillis));
    }
  }

  /**
   * A round: looks at the loads and judges what is due.
   *
   * @param self this node with the load it uses about itself
   * @param states every node that answers
   */
  void look(NodeState self, Map<NodeName, NodeState> states, Times now) {
    changed(audit.at(now.boot()));
    double given =
        watched.values().stream().mapToDouble(each -> Loads.demand(each.request())).sum();
    double load = Loads.afterArrival(self.load(), given, self.cores(), self.speed());
    double here = Loads.slowness(load, self.speed());
    for (Map.Entry<ProcessId, Watched> entry : List.copyOf(watched.entrySet())) {
      Watched each = entry.getValue();
      NodeState there = states.get(each.target());
      if (there == null) {
        judge(entry.getKey(), each.gain().judged(), now);
        continue;
      }
      MoveGain gain =
          each.gain().seen(here, Loads.slowness(there.load(), there.speed()), now.boot());
      watched.put(entry.getKey(), each.with(gain));
      if (gain.due(now.boot())) {
        judge(entry.getKey(), gain.judged(), now);
      }
    }
  }

  /** Whose homes are to be asked now what has become of them. */
  List<ProcessId> toAsk(long bootMillis) {
    List<ProcessId> ask = new ArrayList<>();
    watched.replaceAll(
        (id, each) -> {
          if (bootMillis - each.askedMillis() < ASK_MILLIS) {
            return each;
          }
          ask.add(id);
          return each.asked(bootMillis);
        });
    return ask;
  }

  /** What its home says; who has ended or gone on is judged. */
  void fate(ProcessId id, Fate fate, Times now) {
    Watched each = watched.get(id);
    if (each == null) {
      return;
    }
    if (fate.endedMillis() > 0) {
      judge(id, each.gain().ended(now.boot() - (now.wall() - fate.endedMillis())), now);
    } else if (!each.target().equals(fate.host())) {
      judge(id, each.gain().ended(now.boot()), now);
    }
  }

  private void judge(ProcessId id, Verdict verdict, Times now) {
    Watched each = watched.remove(id);
    judged++;
    predictedSeconds += verdict.predictedSeconds();
    realisedSeconds += verdict.realisedSeconds();
    MoveView line = each.line();
    Map<String, Double> figures = new TreeMap<>(line.figures());
    figures.put("watched_seconds", verdict.watchedSeconds());
    figures.put("gain_due_seconds", verdict.predictedSeconds());
    ledger.append(
        new MoveView(
            line.id(),
            line.from(),
            line.to(),
            line.at(),
            line.pauseSeconds(),
            line.reason(),
            line.predictedGainSeconds(),
            verdict.realisedSeconds(),
            line.outcome(),
            figures));
    changed(audit.judged(verdict.predictedSeconds(), verdict.realisedSeconds(), now.boot()));
  }

  private void changed(MoveAudit newer) {
    double before = audit.caution();
    audit = newer;
    if (newer.caution() != before) {
      LOG.info(
          "event={} before={} now={} why={}",
          newer.caution() > before ? "moves-cautious" : "moves-trusted",
          before,
          newer.caution(),
          newer.sentence());
    }
  }

  /** By how much more than usual a move must gain now. */
  double caution() {
    return audit.caution();
  }

  /** One line for users. */
  String sentence() {
    return audit.sentence();
  }

  Map<String, Double> metrics() {
    return Map.of(
        "mosey_moves_judged_total",
        (double) judged,
        "mosey_moves_watched",
        (double) watched.size(),
        "mosey_moves_gain_predicted_seconds",
        predictedSeconds,
        "mosey_moves_gain_realised_seconds",
        realisedSeconds,
        "mosey_moves_caution",
        audit.caution());
  }
}
