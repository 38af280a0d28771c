package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of positions of a job, kept as runs, so that a hundred thousand tasks in the same state
 * cost as much as one. Adding and removing a run takes time logarithmic in the number of runs, plus
 * the runs that it swallows.
 */
public final class TaskRuns {
  private final TreeMap<Integer, Integer> runs;
  private int size;

  /** The empty set. */
  public TaskRuns() {
    runs = new TreeMap<>();
  }

  private TaskRuns(Map<Integer, Integer> runs, int size) {
    this.runs = new TreeMap<>(runs);
    this.size = size;
  }

  /** From runs in any order, overlapping or not. */
  public static TaskRuns of(List<Run> runs) {
    TaskRuns result = new TaskRuns();
    runs.forEach(result::add);
    return result;
  }

  /** The positions 0 to {@code size - 1}. */
  public static TaskRuns all(int size) {
    TaskRuns result = new TaskRuns();
    if (size > 0) {
      result.add(new Run(0, size - 1));
    }
    return result;
  }

  /** An independent copy. */
  public TaskRuns copy() {
    return new TaskRuns(runs, size);
  }

  /** Adds every position of the run; those that are in it already stay. */
  public void add(Run run) {
    int from = run.from();
    int to = run.to();
    Map.Entry<Integer, Integer> left = runs.floorEntry(from);
    if (left != null && left.getValue() >= from - 1) {
      from = left.getKey();
    }
    // A run that touches on the right ends at to + 1 at most in its beginning.
    Map.Entry<Integer, Integer> next = runs.ceilingEntry(from);
    while (next != null && next.getKey() <= (long) to + 1) {
      to = Math.max(to, next.getValue());
      size -= next.getValue() - next.getKey() + 1;
      runs.remove(next.getKey());
      next = runs.ceilingEntry(from);
    }
    runs.put(from, to);
    size += to - from + 1;
  }

  /** Adds one position. */
  public void add(int position) {
    add(Run.of(position));
  }

  /** Takes out every position of the run that is in it. */
  public void remove(Run run) {
    Map.Entry<Integer, Integer> entry = runs.floorEntry(run.to());
    while (entry != null && entry.getValue() >= run.from()) {
      int from = entry.getKey();
      int to = entry.getValue();
      runs.remove(from);
      size -= to - from + 1;
      if (from < run.from()) {
        runs.put(from, run.from() - 1);
        size += run.from() - from;
      }
      if (to > run.to()) {
        runs.put(run.to() + 1, to);
        size += to - run.to();
      }
      entry = runs.lowerEntry(from);
    }
  }

  /** Takes out one position. */
  public void remove(int position) {
    remove(Run.of(position));
  }

  /** Takes out all. */
  void clear() {
    runs.clear();
    size = 0;
  }

  /** Whether the position is in it. */
  public boolean contains(int position) {
    Map.Entry<Integer, Integer> entry = runs.floorEntry(position);
    return entry != null && entry.getValue() >= position;
  }

  /** Whether nothing is in it. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many positions are in it. */
  public int size() {
    return size;
  }

  /** All runs in ascending order, as long as they can be. */
  public List<Run> runs() {
    List<Run> result = new ArrayList<>(runs.size());
    runs.forEach((from, to) -> result.add(new Run(from, to)));
    return result;
  }

  /**
   * The first runs.
   *
   * @param positionsMax at most so many positions in all
   * @param runsMax at most so many runs
   */
  public List<Run> first(int positionsMax, int runsMax) {
    List<Run> result = new ArrayList<>();
    int left = positionsMax;
    for (Map.Entry<Integer, Integer> entry : runs.entrySet()) {
      if (left <= 0 || result.size() == runsMax) {
        break;
      }
      int length = Math.min(left, entry.getValue() - entry.getKey() + 1);
      result.add(new Run(entry.getKey(), entry.getKey() + length - 1));
      left -= length;
    }
    return result;
  }

  /** The positions of the run that are in this set. */
  public List<Run> within(Run run) {
    List<Run> result = new ArrayList<>();
    Integer start = runs.floorKey(run.from());
    Map<Integer, Integer> tail = start == null ? runs : runs.tailMap(start, true);
    for (Map.Entry<Integer, Integer> entry : tail.entrySet()) {
      if (entry.getKey() > run.to()) {
        break;
      }
      int from = Math.max(entry.getKey(), run.from());
      int to = Math.min(entry.getValue(), run.to());
      if (from <= to) {
        result.add(new Run(from, to));
      }
    }
    return result;
  }

  /** What is in both. */
  public TaskRuns and(TaskRuns other) {
    TaskRuns result = new TaskRuns();
    for (Run run : other.runs()) {
      within(run).forEach(result::add);
    }
    return result;
  }

  /** What is in this and not in the other. */
  public TaskRuns minus(TaskRuns other) {
    TaskRuns result = copy();
    other.runs.forEach((from, to) -> result.remove(new Run(from, to)));
    return result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TaskRuns that && runs.equals(that.runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  @Override
  public String toString() {
    return runs().toString();
  }
}
