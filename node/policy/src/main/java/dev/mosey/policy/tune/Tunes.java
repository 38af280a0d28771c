package dev.mosey.policy.tune;

import dev.mosey.protocol.api.TuneView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.TuneSet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tunes in force: what was set, over the defaults. A value that this version does not
 * understand, because a newer one set it, counts as not set and is passed on untouched.
 *
 * @param set as it spreads
 */
public record Tunes(TuneSet set) {
  private static final double MIB = 1 << 20;

  /** All defaults. */
  public static final Tunes DEFAULTS = new Tunes(TuneSet.DEFAULTS);

  /** The value in force, in its usual form. */
  public String text(Tune tune) {
    String value = set.values().get(tune.wireName());
    if (value == null) {
      return tune.defaultValue();
    }
    try {
      return tune.normalise(value);
    } catch (IllegalArgumentException fromANewerVersion) {
      return tune.defaultValue();
    }
  }

  /** The number in force, in the tune's unit. */
  public double number(Tune tune) {
    return Double.parseDouble(text(tune));
  }

  /** A duration in force, in milliseconds. */
  public long millis(Tune tune) {
    return Math.round(number(tune) * 1_000);
  }

  /** A size or a speed in force, in bytes. */
  public double bytes(Tune tune) {
    return number(tune) * MIB;
  }

  /**
   * What is wrong with a wish, by name of the tune, one line each; empty when it may be set. An
   * empty value asks for the default.
   */
  public Map<String, String> refusals(Map<String, String> wish) {
    Map<String, String> refused = new TreeMap<>();
    wish.forEach(
        (name, value) -> {
          Tune tune = Tune.named(name).orElse(null);
          if (tune == null) {
            refused.put(name, "there is no tune '" + name + "'");
          } else if (!value.isBlank()) {
            try {
              tune.normalise(value);
            } catch (IllegalArgumentException outOfRange) {
              refused.put(name, outOfRange.getMessage());
            }
          }
        });
    if (refused.isEmpty()) {
      Tunes then = with(wish, null);
      if (then.number(Tune.MEMORY_HIGH) < then.number(Tune.MEMORY_LOW)) {
        refused.put(
            wish.containsKey(Tune.MEMORY_HIGH.wireName())
                ? Tune.MEMORY_HIGH.wireName()
                : Tune.MEMORY_LOW.wireName(),
            "memory-high must not be under memory-low");
      }
    }
    return refused;
  }

  /** {@link #with(Map, NodeName, String)} of nobody who is known. */
  public Tunes with(Map<String, String> wish, NodeName by) {
    return with(wish, by, null);
  }

  /**
   * The next version; only for a wish without refusals.
   *
   * @param by the node at which it is changed
   * @param user who wants it; null when that is not known
   */
  public Tunes with(Map<String, String> wish, NodeName by, String user) {
    Map<String, String> values = new TreeMap<>(set.values());
    wish.forEach(
        (name, value) -> {
          Tune tune = Tune.named(name).orElseThrow();
          if (value.isBlank() || tune.normalise(value).equals(tune.defaultValue())) {
            values.remove(name);
          } else {
            values.put(name, tune.normalise(value));
          }
        });
    return new Tunes(new TuneSet(set.version() + 1, by, user, values));
  }

  /** What differs from earlier ones, as {@code differential 0.3 -> 0.5, residency 5 -> 10}. */
  public String changesSince(Tunes earlier) {
    return Arrays.stream(Tune.values())
        .filter(tune -> !text(tune).equals(earlier.text(tune)))
        .map(tune -> tune.wireName() + " " + earlier.text(tune) + " -> " + text(tune))
        .collect(Collectors.joining(", "));
  }

  /** The whole table, as users see it. */
  public List<TuneView> views() {
    return Arrays.stream(Tune.values())
        .map(
            tune ->
                new TuneView(
                    tune.wireName(),
                    text(tune),
                    tune.unit(),
                    tune.defaultValue(),
                    tune.range(),
                    tune.meaning()))
        .toList();
  }
}
