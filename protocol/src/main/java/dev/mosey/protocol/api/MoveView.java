package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;

/**
 * One line of the move ledger.
 *
 * @param id the process; absent within the process itself
 * @param from the source
 * @param to the target
 * @param at when the home journalled it, or when it was given up
 * @param pauseSeconds how long the process stood still
 * @param reason {@code balance hand drain expel home lost ...}
 * @param predictedGainSeconds what the policy expected to win
 * @param realisedGainSeconds what was won, when known
 * @param outcome {@code moved}, or why it was not, in one line
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
    java.util.Map<String, Double> figures) {}
