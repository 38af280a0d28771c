package dev.mosey.policy.books;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;

/**
 * One task within the books of one home.
 *
 * @param job the job's number
 * @param position the task's position in the job, from 0
 */
public record TaskKey(long job, int position) implements Comparable<TaskKey> {
  @Override
  public int compareTo(TaskKey other) {
    int byJob = Long.compare(job, other.job);
    return byJob != 0 ? byJob : Integer.compare(position, other.position);
  }

  /** The process that this task of {@code job} is at run time. */
  static ProcessId process(NodeName home, Job job, int position) {
    return new ProcessId(home, job.number(), job.indexOf(position));
  }
}
