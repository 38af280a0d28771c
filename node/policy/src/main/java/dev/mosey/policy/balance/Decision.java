package dev.mosey.policy.balance;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import java.util.List;
import java.util.Map;

/**
 * What one round decided about the processes of this node.
 *
 * @param departures to be begun now, in this order
 * @param stays why each of the others stays
 */
public record Decision(List<Departure> departures, Map<ProcessId, Stay> stays) {
  /** Copies. */
  public Decision {
    departures = List.copyOf(departures);
    stays = Map.copyOf(stays);
  }

  /**
   * One process leaves.
   *
   * @param id which
   * @param target for where
   * @param request what it takes with it
   * @param reason word of the move ledger: {@code balance}, {@code memory}, {@code drain}, ...
   * @param gainSeconds predicted gain over its remaining time
   * @param costSeconds predicted cost of the move
   * @param figures what decided, by name
   */
  public record Departure(
      ProcessId id,
      NodeName target,
      Resources request,
      String reason,
      double gainSeconds,
      double costSeconds,
      Map<String, Double> figures) {}

  /**
   * One process stays.
   *
   * @param reason why
   * @param best the node that came nearest, or null
   * @param figures what decided, by name
   */
  public record Stay(StayReason reason, NodeName best, Map<String, Double> figures) {
    /** Without figures. */
    public static Stay because(StayReason reason) {
      return new Stay(reason, null, Map.of());
    }
  }
}
