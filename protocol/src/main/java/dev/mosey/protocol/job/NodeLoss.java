package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a process whose host is lost. */
public enum NodeLoss {
  /** It runs again, from its last checkpoint or from the beginning: at least once. */
  @JsonProperty("restart")
  RESTART,
  /** It is {@code lost}: at most once. */
  @JsonProperty("fail")
  FAIL,
  /** A wish that this version does not know: treated as {@link #FAIL}, which runs nothing twice. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
