package dev.mosey.protocol.api;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has ended and agrees in some fields, counted. Fields are only ever added.
 *
 * @param keys those fields with their values, {@code -} where a job has none
 * @param jobs how many jobs, an array counting as one
 * @param tasks how many tasks
 * @param failed how many of the tasks failed or were lost
 * @param cpuSeconds processor time of all
 */
public record SumView(
    SortedMap<String, String> keys, long jobs, long tasks, long failed, double cpuSeconds) {
  /** Copies the keys. */
  public SumView {
    keys = new TreeMap<>(keys);
  }

  /** Both together; of the same keys. */
  public SumView plus(SumView other) {
    return new SumView(
        keys,
        jobs + other.jobs,
        tasks + other.tasks,
        failed + other.failed,
        cpuSeconds + other.cpuSeconds);
  }
}
