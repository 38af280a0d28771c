package dev.mosey.node.home;

import dev.mosey.policy.books.Job;
import java.util.Map;

/**
 * A place in a list of jobs, in the list's order; as text it is what a page ends with and the next
 * one begins after. What runs comes before what waits; what waits is in the queue's order.
 *
 * @param waits 0 for what runs, 1 for what waits
 * @param priority lower = sooner
 * @param share use by the job's user, lower = sooner
 * @param rank lower = sooner
 * @param job the job's number
 * @param position of a task, or -1
 */
record ListPlace(int waits, int priority, double share, long rank, long job, int position)
    implements Comparable<ListPlace> {
  private static final int PARTS = 6;

  static ListPlace of(Job job, boolean newest, Map<String, Double> shares) {
    if (newest) {
      return new ListPlace(0, 0, 0, -job.number(), job.number(), -1);
    }
    if (job.placedCount() > 0) {
      return new ListPlace(0, 0, 0, job.number(), job.number(), -1);
    }
    double share = shares.getOrDefault(job.spec().user(), 0.0);
    return new ListPlace(1, job.priority(), share, job.rank(), job.number(), -1);
  }

  ListPlace at(int newPosition) {
    return new ListPlace(waits, priority, share, rank, job, newPosition);
  }

  boolean isSameJob(ListPlace other) {
    return job == other.job;
  }

  @Override
  public int compareTo(ListPlace other) {
    int result = Integer.compare(waits, other.waits);
    result = result != 0 ? result : Integer.compare(priority, other.priority);
    result = result != 0 ? result : Double.compare(share, other.share);
    result = result != 0 ? result : Long.compare(rank, other.rank);
    return result != 0 ? result : Long.compare(job, other.job);
  }

  /**
   * What {@link #toString} gave.
   *
   * @throws IllegalArgumentException when it did not
   */
  static ListPlace parse(String text) {
    String[] parts = text.split("_", -1);
    try {
      if (parts.length == PARTS) {
        return new ListPlace(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Double.longBitsToDouble(Long.parseLong(parts[2])),
            Long.parseLong(parts[3]),
            Long.parseLong(parts[4]),
            Integer.parseInt(parts[5]));
      }
    } catch (NumberFormatException malformed) {
      // Said below.
    }
    throw new IllegalArgumentException("'" + text + "' is not a place in a list");
  }

  @Override
  public String toString() {
    return waits
        + "_"
        + priority
        + "_"
        + Double.doubleToLongBits(share)
        + "_"
        + rank
        + "_"
        + job
        + "_"
        + position;
  }
}
