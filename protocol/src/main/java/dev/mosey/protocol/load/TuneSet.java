package dev.mosey.protocol.load;

import dev.mosey.protocol.id.NodeName;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tunes in force, cluster-wide. Of two sets the one with the higher version wins; of equal
 * versions the one set by the higher name.
 *
 * @param version grows with every change
 * @param by the node at which it was changed; null for the defaults
 * @param user who changed it there; null when that is not known
 * @param values only those that differ from their defaults, by name
 */
public record TuneSet(long version, NodeName by, String user, Map<String, String> values) {
  /** All defaults. */
  public static final TuneSet DEFAULTS = new TuneSet(0, null, Map.of());

  /** By nobody who is known. */
  public TuneSet(long version, NodeName by, Map<String, String> values) {
    this(version, by, null, values);
  }

  /** Copies, sorted. */
  public TuneSet {
    values = java.util.Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Whether this one replaces {@code other}. */
  public boolean beats(TuneSet other) {
    if (version != other.version) {
      return version > other.version;
    }
    return by != null && (other.by == null || by.compareTo(other.by) > 0);
  }
}
