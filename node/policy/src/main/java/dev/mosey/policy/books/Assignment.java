package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import java.util.List;

/**
 * A match of waiting tasks and a host.
 *
 * @param job the job's number at this home
 * @param tasks which of its tasks, by position
 * @param host who is to run them
 */
public record Assignment(long job, List<Run> tasks, HostId host) {
  /** Copies the list. */
  public Assignment {
    tasks = List.copyOf(tasks);
  }

  /** How many tasks. */
  public int size() {
    return tasks.stream().mapToInt(Run::size).sum();
  }
}
