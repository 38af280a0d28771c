package dev.mosey.policy.books;

import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.After;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What follows from the jobs and is kept so that no command looks at all of them: the queue, what
 * is where, who hangs on whom, and the sums.
 */
final class BooksIndex {
  private final NodeName home;
  private final QueueOrder queue = new QueueOrder();
  private final Map<NodeName, Set<TaskKey>> placedAt = new TreeMap<>();
  private final Map<JobId, Set<Long>> dependents = new HashMap<>();
  private final TreeSet<Long> unsettled = new TreeSet<>();
  private final TreeSet<Rest> rests =
      new TreeSet<>(
          Comparator.comparingLong(Rest::untilMillis)
              .thenComparingLong(rest -> rest.job().number())
              .thenComparingInt(Rest::position));
  private int triedAgain;
  private long waitingTasks;
  private long liveTasks;

  /** A task that may not start before its time. */
  private record Rest(long untilMillis, Job job, int position) {}

  BooksIndex(NodeName home) {
    this.home = home;
  }

  /** A job that is new here. */
  void enter(Job job) {
    count(job, 1);
    queue.update(job);
    job.elements().forEach(element -> place(job, element));
    hangOn(job);
  }

  /** To be called before a job is changed. */
  void before(Job job) {
    count(job, -1);
  }

  /** To be called after a job was changed. */
  void after(Job job) {
    count(job, 1);
    queue.update(job);
    if (!job.spec().after().isEmpty() && isSettled(job)) {
      letGo(job);
    }
  }

  private void count(Job job, int sign) {
    waitingTasks += (long) sign * job.waiting().size();
    liveTasks += (long) sign * (job.size() - job.endedCount());
  }

  void place(Job job, Element element) {
    if (element.rests()) {
      rests.add(new Rest(element.notBeforeMillis(), job, element.position()));
    }
    triedAgain += element.isTriedAgain() ? 1 : 0;
    if (element.isPlaced()) {
      placedAt
          .computeIfAbsent(element.host().node(), n -> new TreeSet<>())
          .add(new TaskKey(job.number(), element.position()));
    }
  }

  void unplace(Job job, Element old) {
    if (old != null && old.rests()) {
      rests.remove(new Rest(old.notBeforeMillis(), job, old.position()));
    }
    triedAgain -= old != null && old.isTriedAgain() ? 1 : 0;
    if (old != null && old.isPlaced()) {
      Set<TaskKey> there = placedAt.get(old.host().node());
      there.remove(new TaskKey(job.number(), old.position()));
      if (there.isEmpty()) {
        placedAt.remove(old.host().node());
      }
    }
  }

  private static boolean isSettled(Job job) {
    if (job.isEnded()) {
      return true;
    }
    for (int i = 0; i < job.met().size(); i++) {
      if (!job.isMet(i)) {
        return false;
      }
    }
    return true;
  }

  /** Notes on whom the job waits. */
  void hangOn(Job job) {
    if (!isSettled(job)) {
      for (After after : job.spec().after()) {
        dependents.computeIfAbsent(after.job(), j -> new TreeSet<>()).add(job.number());
      }
      unsettled.add(job.number());
    }
  }

  private void letGo(Job job) {
    unsettled.remove(job.number());
    for (After after : job.spec().after()) {
      Set<Long> others = dependents.get(after.job());
      if (others != null && others.remove(job.number()) && others.isEmpty()) {
        dependents.remove(after.job());
      }
    }
  }

  boolean hasDependents(long job) {
    return dependents.containsKey(new JobId(home, job));
  }

  /** Something of the job has ended: those that hang on it are to be looked at. */
  void stir(JobId job) {
    unsettled.addAll(dependents.getOrDefault(job, Set.of()));
  }

  Set<Long> unsettled() {
    return unsettled;
  }

  void sameUnsettled(BooksIndex other) {
    unsettled.clear();
    unsettled.addAll(other.unsettled);
  }

  /** Lets in what has waited for its time; true when there was something. */
  boolean timeIs(long epochMillis) {
    boolean any = queue.timeIs(epochMillis);
    while (!rests.isEmpty() && rests.first().untilMillis() <= epochMillis) {
      Rest rest = rests.pollFirst();
      rest.job().wake(rest.position());
      queue.update(rest.job());
      any = true;
    }
    return any;
  }

  /** Whether something waits that has failed before: where it may go changes with time. */
  boolean hasRetries() {
    return triedAgain > 0;
  }

  QueueOrder queue() {
    return queue;
  }

  Set<TaskKey> placedAt(NodeName node) {
    return placedAt.getOrDefault(node, Set.of());
  }

  Set<NodeName> hosts() {
    return Collections.unmodifiableSet(placedAt.keySet());
  }

  long waitingTasks() {
    return waitingTasks;
  }

  long liveTasks() {
    return liveTasks;
  }
}
