package dev.mosey.protocol.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What came of a move by hand.
 *
 * @param id the process
 * @param from where it was
 * @param to where it is now, or was to go
 * @param moved whether it went
 * @param pauseSeconds how long it stood still
 * @param message one line for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MigrateResult(
    String id, String from, String to, boolean moved, Double pauseSeconds, String message) {}
