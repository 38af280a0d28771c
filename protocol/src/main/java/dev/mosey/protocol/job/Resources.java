package dev.mosey.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/**
 * A map from the name of a resource to an amount: requests, slots and reservations are all such
 * maps. Absent means 0. Amounts are kept to a thousandth, so that sums come out even.
 *
 * @param amounts by name, sorted; never negative in a request, possibly so in a difference
 */
public record Resources(@JsonValue SortedMap<String, Double> amounts) {
  /** Processor cores; fractions are allowed. */
  public static final String CORES = "cores";

  /** Memory in MiB. */
  public static final String MEMORY_MB = "memory_mb";

  /** Nothing at all. */
  public static final Resources NONE = new Resources(new TreeMap<>());

  /** Copies and rounds; entries of 0 are dropped. */
  public Resources {
    SortedMap<String, Double> kept = new TreeMap<>();
    for (Map.Entry<String, Double> entry : amounts.entrySet()) {
      double rounded = Math.rint(entry.getValue() * 1000) / 1000;
      if (rounded != 0) {
        kept.put(entry.getKey(), rounded);
      }
    }
    amounts = Collections.unmodifiableSortedMap(kept);
  }

  /** From any map, as JSON brings it. */
  @JsonCreator
  public static Resources of(Map<String, Double> amounts) {
    return new Resources(new TreeMap<>(amounts));
  }

  /** The usual two: cores, and memory in MiB. */
  public static Resources of(double cores, double memoryMb) {
    return of(Map.of(CORES, cores, MEMORY_MB, memoryMb));
  }

  /** The amount of one resource; 0 when absent. */
  public double get(String name) {
    return amounts.getOrDefault(name, 0.0);
  }

  /** Cores. */
  public double cores() {
    return get(CORES);
  }

  /** MiB of memory. */
  public double memoryMb() {
    return get(MEMORY_MB);
  }

  /** Sum by name. */
  public Resources plus(Resources other) {
    return combine(other, Double::sum);
  }

  /** Difference by name; may be negative. */
  public Resources minus(Resources other) {
    return combine(other, (a, b) -> a - b);
  }

  /** Whether a request of this size fits into {@code free}, resource by resource. */
  public boolean fits(Resources free) {
    for (Map.Entry<String, Double> entry : amounts.entrySet()) {
      if (entry.getValue() > free.get(entry.getKey())) {
        return false;
      }
    }
    return true;
  }

  /** So many times as much. */
  public Resources times(int factor) {
    SortedMap<String, Double> result = new TreeMap<>(amounts);
    result.replaceAll((name, amount) -> amount * factor);
    return new Resources(result);
  }

  private Resources combine(Resources other, DoubleBinaryOperator operator) {
    if (other.amounts.isEmpty()) {
      return this; // most requests say nothing
    }
    SortedMap<String, Double> result = new TreeMap<>(amounts);
    other.amounts.forEach(
        (name, amount) -> result.put(name, operator.applyAsDouble(get(name), amount)));
    return new Resources(result);
  }
}
