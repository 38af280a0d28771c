package dev.mosey.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One task at run time: {@code alpha.17}, or {@code alpha.17.3} for element 3 of an array.
 *
 * @param home where its books are
 * @param job the job's number at that home, from 1
 * @param task the array index as the user gave it (0 or more), or {@link #SINGLE}
 */
public record ProcessId(NodeName home, long job, int task) implements Comparable<ProcessId> {
  /** The task index of a job that is no array. */
  public static final int SINGLE = -1;

  /** Checks the ranges. */
  public ProcessId {
    if (job < 1 || task < SINGLE) {
      throw new IllegalArgumentException("not a process: job " + job + ", task " + task);
    }
  }

  /**
   * Parses {@code alpha.17} or {@code alpha.17.3}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  @JsonCreator
  public static ProcessId parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw malformed(text);
    }
    try {
      int task = parts.length == 3 ? Integer.parseUnsignedInt(parts[2]) : SINGLE;
      return new ProcessId(NodeName.of(parts[0]), Long.parseUnsignedLong(parts[1]), task);
    } catch (IllegalArgumentException notANumber) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not an id: expected NODE.NUMBER, like alpha.17 or alpha.17.3");
  }

  /** Whether this is an element of an array. */
  public boolean isElement() {
    return task != SINGLE;
  }

  /** The job it belongs to. */
  public JobId jobId() {
    return new JobId(home, job);
  }

  @Override
  public int compareTo(ProcessId other) {
    int byJob = jobId().compareTo(other.jobId());
    return byJob != 0 ? byJob : Integer.compare(task, other.task);
  }

  @JsonValue
  @Override
  public String toString() {
    return isElement() ? home + "." + job + "." + task : home + "." + job;
  }
}
