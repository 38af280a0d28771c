package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What kind of body a process has. */
public enum Kind {
  /** Any program of the operating system. */
  @JsonProperty("command")
  COMMAND,
  /** A program in a jar against {@code dev.mosey.program}. */
  @JsonProperty("java")
  JAVA,
  /** A kind that this version does not know: such a job is refused. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN
}
