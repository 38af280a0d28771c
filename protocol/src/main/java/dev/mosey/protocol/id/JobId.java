package dev.mosey.protocol.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * What a submit answers: {@code alpha.17} is the 17th job born at home alpha.
 *
 * @param home where the job's books are
 * @param number from 1, growing, never reused by this home
 */
public record JobId(NodeName home, long number) implements Comparable<JobId> {
  /** Checks that the number is positive. */
  public JobId {
    if (number < 1) {
      throw new IllegalArgumentException("a job's number begins with 1, was " + number);
    }
  }

  /**
   * Parses {@code alpha.17}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  @JsonCreator
  public static JobId parse(String text) {
    ProcessId id = ProcessId.parse(text);
    if (id.isElement()) {
      throw new IllegalArgumentException("'" + text + "' is an element of an array, not a job");
    }
    return id.jobId();
  }

  /**
   * The process of this job with the given array index; {@link ProcessId#SINGLE} for a job of one
   * task.
   */
  public ProcessId process(int task) {
    return new ProcessId(home, number, task);
  }

  @Override
  public int compareTo(JobId other) {
    int byHome = home.compareTo(other.home);
    return byHome != 0 ? byHome : Long.compare(number, other.number);
  }

  @JsonValue
  @Override
  public String toString() {
    return home + "." + number;
  }
}
