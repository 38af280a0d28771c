package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/**
 * One line of the move ledger: a move, or a change of the tunes.
 *
 * @param id the process; absent within the process itself, and of a change of the tunes
 * @param from the source; the node at which tunes were changed
 * @param to the target
 * @param at when the home journalled it, or when it was given up
 * @param pauseSeconds how long the process stood still
 * @param reason {@code balance hand drain expel home lost ...}; {@value #TUNED} for a change of the
 *     tunes
 * @param predictedGainSeconds what the policy expected to win
 * @param realisedGainSeconds what was won, when known
 * @param outcome {@code moved}, or why it was not, in one line; of tunes what changed
 * @param figures what decided: loads, their ages in seconds, cost, threshold; by name
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MoveView(
    String id,
    String from,
    String to,
    Instant at,
    Double pauseSeconds,
    String reason,
    Double predictedGainSeconds,
    Double realisedGainSeconds,
    String outcome,
    java.util.Map<String, Double> figures) {
  /** The reason of a line that tells a change of the tunes. */
  public static final String TUNED = "tunes";

  /**
   * Tunes were changed at a node.
   *
   * @param changes which, from what to what
   * @param version that they have since
   */
  public static MoveView tuned(String node, Instant at, String changes, long version) {
    return new MoveView(
        null,
        node,
        null,
        at,
        null,
        TUNED,
        null,
        null,
        changes,
        java.util.Map.of("version", (double) version));
  }
}
