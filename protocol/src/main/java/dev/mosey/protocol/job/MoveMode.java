package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How a process may move. */
public enum MoveMode {
  /** It stays where it started. */
  @JsonProperty("never")
  NEVER,
  /** It may begin again elsewhere; what it has done is done again. */
  @JsonProperty("restart")
  RESTART,
  /**
   * Asked by SIGTERM it saves into its checkpoint directory and exits with 85; it goes on from
   * there.
   */
  @JsonProperty("checkpoint")
  CHECKPOINT,
  /** Its state travels between two steps. */
  @JsonProperty("live")
  LIVE,
  /** A mode that this version does not know: treated as {@link #NEVER}. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN;

  /** Whether it can be packed so that nothing of what it has done is lost. */
  public boolean saves() {
    return this == CHECKPOINT || this == LIVE;
  }

  /** Whether a process of this mode can go to another node at all. */
  public boolean moves() {
    return this == RESTART || this == CHECKPOINT || this == LIVE;
  }
}
