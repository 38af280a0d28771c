package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import java.util.List;
import java.util.Set;

/**
 * One job that may start now, at its place in the queue.
 *
 * @param id the job
 * @param spec what it asks for, {@code on} and {@code not} among it
 * @param tasks positions that may start now: the first of them, bounded
 * @param count how many may start now in all, the job's own bound ({@code %MAX}) counted
 * @param priority lower = sooner; 0 is urgent
 * @param rank within the priority and user, lower = sooner
 * @param sinceMillis since when it waits, epoch milliseconds
 * @param avoid nodes that lack what it needs, by their own word, or are left out
 * @param shun nodes on which it has failed: only where no other node could ever take it
 */
public record QueueHead(
    JobId id,
    JobSpec spec,
    List<Run> tasks,
    int count,
    int priority,
    long rank,
    long sinceMillis,
    Set<NodeName> avoid,
    Set<NodeName> shun) {
  /** Copies the collections. */
  public QueueHead {
    tasks = List.copyOf(tasks);
    avoid = Set.copyOf(avoid);
    shun = Set.copyOf(shun);
  }

  /** One that has not failed. */
  public QueueHead(
      JobId id,
      JobSpec spec,
      List<Run> tasks,
      int count,
      int priority,
      long rank,
      long sinceMillis,
      Set<NodeName> avoid) {
    this(id, spec, tasks, count, priority, rank, sinceMillis, avoid, Set.of());
  }

  /** Whether somebody told it to run now: it starts whatever the load. */
  public boolean now() {
    return priority == 0 && rank < 0;
  }
}
