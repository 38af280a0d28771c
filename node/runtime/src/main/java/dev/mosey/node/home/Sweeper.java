package dev.mosey.node.home;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a snapshot, on a thread of its own: deletes the blobs that nobody names and the output of
 * what has left the history. A blob that was uploaded only lately may be named by a submit that is
 * still to come, so young ones are spared.
 */
final class Sweeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  private record Mark(long atMillis, long generation) {}

  private final HomeParts parts;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("mosey-sweep").daemon().factory());

  Sweeper(HomeParts parts) {
    this.parts = parts;
    mark();
  }

  private void mark() {
    marks.addLast(new Mark(parts.bootClock().millis(), parts.blobs().generation()));
  }

  /** Sweeps in the background; {@code keep} is what the snapshot's books name. */
  void sweep(Keep keep) {
    long old = parts.bootClock().millis() - parts.settings().sweepAfter().toMillis();
    Mark upTo = null;
    while (!marks.isEmpty() && marks.peekFirst().atMillis <= old) {
      upTo = marks.pollFirst();
    }
    mark();
    long generation = upTo == null ? -1 : upTo.generation;
    thread.execute(() -> sweep(keep, generation));
  }

  private void sweep(Keep keep, long generation) {
    try {
      long freed = 0;
      if (generation >= 0) {
        Set<String> names = new HashSet<>(keep.blobs());
        names.addAll(parts.keptByOthers().get());
        freed = parts.blobs().sweep(names, generation);
      }
      List<ProcessId> gone = outputOfTheGone(keep);
      if (!gone.isEmpty()) {
        parts.output().delete(gone);
      }
      freed += parts.output().compact();
      LOG.debug("event=swept bytes={} outputs={}", freed, gone.size());
    } catch (RuntimeException failed) {
      LOG.warn("event=sweep-failed why=\"{}\"", failed.getMessage(), failed);
    }
  }

  private List<ProcessId> outputOfTheGone(Keep keep) {
    History history = new History(parts.history().get(), parts.name());
    NodeName home = parts.name();
    List<ProcessId> gone = new ArrayList<>();
    for (ProcessId process : parts.output().processes()) {
      if (process.home().equals(home)
          && process.job() <= keep.newestJob()
          && !keep.jobs().contains(process.job())
          && !history.knows(process)) {
        gone.add(process);
      }
    }
    return gone;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
