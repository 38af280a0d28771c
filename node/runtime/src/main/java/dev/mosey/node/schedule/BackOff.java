package dev.mosey.node.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What is left alone for a while after it failed, longer with each further failure. Failures while
 * it is left alone count as one: they were begun together.
 */
final class BackOff<K> {
  private static final int DOUBLINGS_MAX = 20;

  private final long firstMillis;
  private final long mostMillis;
  private final Map<K, Failed> failed = new HashMap<>();

  private record Failed(int times, long untilMillis) {}

  BackOff(Duration first, Duration most) {
    this.firstMillis = first.toMillis();
    this.mostMillis = most.toMillis();
  }

  void failed(K key, long nowMillis) {
    if (holds(key, nowMillis)) {
      return;
    }
    Failed before = failed.get(key);
    int times = before == null ? 0 : Math.min(DOUBLINGS_MAX, before.times());
    long pause = Math.min(mostMillis, firstMillis << times);
    failed.put(key, new Failed(times + 1, nowMillis + pause));
    // Forget what has been left in peace for long, so that this stays small.
    failed.values().removeIf(old -> nowMillis - old.untilMillis() > 2 * mostMillis);
  }

  void succeeded(K key) {
    failed.remove(key);
  }

  boolean holds(K key, long nowMillis) {
    Failed known = failed.get(key);
    return known != null && nowMillis < known.untilMillis();
  }
}
