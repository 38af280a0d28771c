package dev.mosey.policy.balance;

import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a move costs the process that moves, in seconds in which it does not compute: set-up plus
 * image over bandwidth; one that begins again pays in addition for all it has done here. Set-up is
 * assumed (tune {@code cost.setup}) until it has been measured to that node.
 *
 * @param setupSeconds assumed
 * @param bytesPerSecond how fast an image travels
 * @param measured set-up by target, as measured
 */
public record MoveCosts(
    double setupSeconds, double bytesPerSecond, Map<NodeName, Double> measured) {
  /** The weight of the newest measurement. */
  private static final double NEWEST = 0.25;

  /** Most nodes whose figures are kept. */
  private static final int MEASURED_MAX = 1_024;

  /** Copies the map. */
  public MoveCosts {
    measured = Map.copyOf(measured);
  }

  /** As assumed by the tunes, with what has been measured so far. */
  public static MoveCosts of(Tunes tunes, Map<NodeName, Double> measured) {
    return new MoveCosts(tunes.number(Tune.COST_SETUP), tunes.bytes(Tune.COST_BANDWIDTH), measured);
  }

  /** What moving this process to that node costs, in seconds. */
  public double seconds(Candidate candidate, NodeName target) {
    double again = candidate.move() == MoveMode.RESTART ? candidate.remainingSeconds() : 0;
    return measured.getOrDefault(target, setupSeconds) + travel(candidate.imageBytes()) + again;
  }

  /** With one more measurement: a move to this node with so large an image took so long. */
  public MoveCosts measuredTo(NodeName target, long imageBytes, double pauseSeconds) {
    double setup = Math.max(0, pauseSeconds - travel(imageBytes));
    Map<NodeName, Double> next = new TreeMap<>(measured);
    if (!next.containsKey(target) && next.size() >= MEASURED_MAX) {
      return this;
    }
    next.merge(target, setup, (old, now) -> old + NEWEST * (now - old));
    return new MoveCosts(setupSeconds, bytesPerSecond, next);
  }

  private double travel(long imageBytes) {
    return Math.max(0, imageBytes) / bytesPerSecond;
  }
}
