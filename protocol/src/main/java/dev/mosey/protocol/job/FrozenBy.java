package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Who froze a process, and so who thaws it. */
public enum FrozenBy {
  /** Somebody, by hand: it stays frozen until somebody lets it go on. */
  @JsonProperty("hand")
  HAND,
  /** Its host, which had too much to do: it goes on as soon as there is room for it again. */
  @JsonProperty("load")
  LOAD,
  /** Its host, which was short of memory: the same. */
  @JsonProperty("memory")
  MEMORY,
  /** One that this version does not know: treated as {@link #LOAD}. */
  @JsonEnumDefaultValue
  @JsonProperty("unknown")
  UNKNOWN;

  /** The word in JSON and lists. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
