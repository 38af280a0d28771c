package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.mosey.protocol.id.JobId;

/**
 * A dependency on another job.
 *
 * @param kind what must have come of it
 * @param job on which this one waits; of the same home or of another
 */
public record After(Kind kind, JobId job) {
  /** What must have come of the other job. */
  public enum Kind {
    /** It ended well; when it fails, what hangs on it is cancelled. */
    @JsonProperty("ok")
    OK,
    /** It ended, however. */
    @JsonProperty("any")
    ANY,
    /** Element n waits for element n of the other array, which must have ended well. */
    @JsonProperty("each")
    EACH,
    /** A wish that this version does not know: such a submit is refused. */
    @JsonEnumDefaultValue
    @JsonProperty("unknown")
    UNKNOWN
  }
}
