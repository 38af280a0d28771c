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
 * @param bytes size of what was packed, when that was what was asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MigrateResult(
    String id,
    String from,
    String to,
    boolean moved,
    Double pauseSeconds,
    String message,
    Long bytes) {
  /** Of a move from one node to another. */
  public MigrateResult(
      String id, String from, String to, boolean moved, Double pauseSeconds, String message) {
    this(id, from, to, moved, pauseSeconds, message, null);
  }
}
