package dev.mosey.policy.balance;

import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a move costs the process that moves, in seconds in which it does not compute: set-up plus
 * image over bandwidth; one that begins again pays in addition for all it has done here. Set-up and
 * bandwidth are assumed (tunes {@code cost.setup}, {@code cost.bandwidth}) until the link to that
 * node has been measured; and moves themselves know the set-up better than both.
 *
 * @param setupSeconds assumed
 * @param bytesPerSecond how fast an image travels
 * @param measured set-up by target, as moves have shown it
 * @param links by target, as measured without a move
 */
public record MoveCosts(
    double setupSeconds,
    double bytesPerSecond,
    Map<NodeName, Double> measured,
    Map<NodeName, Link> links) {
  /** The weight of the newest measurement. */
  private static final double NEWEST = 0.25;

  /** Most nodes whose figures are kept. */
  private static final int MEASURED_MAX = 1_024;

  /** Copies the maps. */
  public MoveCosts {
    measured = Map.copyOf(measured);
    links = Map.copyOf(links);
  }

  /** Without measured links. */
  public MoveCosts(double setupSeconds, double bytesPerSecond, Map<NodeName, Double> measured) {
    this(setupSeconds, bytesPerSecond, measured, Map.of());
  }

  /** As assumed by the tunes, with what moves have shown so far. */
  public static MoveCosts of(Tunes tunes, Map<NodeName, Double> measured) {
    return of(tunes, measured, Map.of());
  }

  /** The same, with what has been measured without a move. */
  public static MoveCosts of(
      Tunes tunes, Map<NodeName, Double> measured, Map<NodeName, Link> links) {
    return new MoveCosts(
        tunes.number(Tune.COST_SETUP), tunes.bytes(Tune.COST_BANDWIDTH), measured, links);
  }

  /** What moving this process to that node costs, in seconds. */
  public double seconds(Candidate candidate, NodeName target) {
    double again = candidate.move() == MoveMode.RESTART ? candidate.remainingSeconds() : 0;
    return setup(target) + travel(target, candidate.imageBytes()) + again;
  }

  /** With one more measurement: a move to this node with so large an image took so long. */
  public MoveCosts measuredTo(NodeName target, long imageBytes, double pauseSeconds) {
    double setup = Math.max(0, pauseSeconds - travel(target, imageBytes));
    Map<NodeName, Double> next = new TreeMap<>(measured);
    if (!next.containsKey(target) && next.size() >= MEASURED_MAX) {
      return this;
    }
    next.merge(target, setup, (old, now) -> old + NEWEST * (now - old));
    return new MoveCosts(setupSeconds, bytesPerSecond, next, links);
  }

  private double setup(NodeName target) {
    Double shown = measured.get(target);
    if (shown != null) {
      return shown;
    }
    Link link = links.get(target);
    return link == null ? setupSeconds : Math.max(setupSeconds, link.setupSeconds());
  }

  private double travel(NodeName target, long imageBytes) {
    Link link = links.get(target);
    return link == null ? Math.max(0, imageBytes) / bytesPerSecond : link.travelSeconds(imageBytes);
  }
}
