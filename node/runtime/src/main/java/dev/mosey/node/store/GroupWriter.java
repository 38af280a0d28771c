package dev.mosey.node.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread that writes everything that waits as one group with one sync, and only then completes
 * the futures. After a failed write nothing more is written: whether a failed sync lost something
 * can't be found out by repeating it.
 */
final class GroupWriter implements AutoCloseable {
  /** Where the groups go. */
  interface Sink {
    /**
     * Throws if so many bytes can't be taken now; nothing was tried then, and later ones may be.
     */
    void admit(long bytes);

    /** Writes the commits of a group and syncs; throws if that is not certain. */
    void write(List<Commit> group);
  }

  private record Waiting(Commit commit, CompletableFuture<Void> done) {}

  private static final Waiting STOP = new Waiting(new Commit(), new CompletableFuture<>());

  private final Sink sink;
  private final StoreSettings.Books settings;
  private final String name;
  private final LinkedBlockingQueue<Waiting> queue;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final CompletableFuture<StoreException> broken = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean ended;

  GroupWriter(String name, Sink sink, StoreSettings.Books settings) {
    this.name = name;
    this.sink = sink;
    this.settings = settings;
    this.queue = new LinkedBlockingQueue<>(settings.queueMax());
    this.thread = Thread.ofPlatform().name("mosey-store-writer").daemon().unstarted(this::run);
    thread.start();
  }

  /** Completed with the first failure when the writer stops for good. */
  CompletableFuture<StoreException> broken() {
    return broken;
  }

  CompletableFuture<Void> write(Commit commit) {
    if (broken.isDone()) return CompletableFuture.failedFuture(refusal());
    if (closed) return CompletableFuture.failedFuture(closedException());
    if (queuedBytes.addAndGet(commit.bytes()) > settings.queueBytesMax()) {
      queuedBytes.addAndGet(-commit.bytes());
      return CompletableFuture.failedFuture(busy());
    }
    var waiting = new Waiting(commit, new CompletableFuture<>());
    if (!queue.offer(waiting)) {
      queuedBytes.addAndGet(-commit.bytes());
      return CompletableFuture.failedFuture(busy());
    }
    // The writer may have ended and emptied its queue between the check above and the offer.
    if (ended && queue.remove(waiting))
      waiting.done.completeExceptionally(broken.isDone() ? refusal() : closedException());
    return waiting.done;
  }

  private StoreException busy() {
    return StoreException.refused(
        "the store is busy: " + queue.size() + " commits, " + queuedBytes + " bytes wait",
        "try again; the bounds are mosd.store.books.queue-max and queue-bytes-max");
  }

  private StoreException closedException() {
    return new StoreException(
        StoreException.Kind.BROKEN, "the store in " + name + " is closed", null, null);
  }

  private StoreException refusal() {
    var cause = broken.join();
    return new StoreException(
        StoreException.Kind.BROKEN,
        "the store in " + name + " writes no more since: " + cause.getMessage(),
        "restart the node; what was acknowledged is safe",
        cause);
  }

  private void run() {
    try {
      var group = new ArrayList<Waiting>();
      while (true) {
        group.clear();
        boolean stop = take(group);
        if (!group.isEmpty()) writeGroup(group);
        if (stop || broken.isDone()) break;
      }
    } catch (InterruptedException e) {
      broken.complete(closedException());
    } finally {
      ended = true;
      var left = new ArrayList<Waiting>();
      queue.drainTo(left);
      for (var waiting : left)
        waiting.done.completeExceptionally(broken.isDone() ? refusal() : closedException());
    }
  }

  /** Waits for one and takes what else is there; returns whether to stop after it. */
  private boolean take(List<Waiting> group) throws InterruptedException {
    long bytes = 0;
    var next = queue.take();
    while (next != null) {
      if (next.equals(STOP)) return true;
      group.add(next);
      bytes += next.commit.bytes();
      if (group.size() >= settings.groupMax() || bytes >= settings.groupBytesMax()) return false;
      next = queue.poll();
    }
    return false;
  }

  private void writeGroup(List<Waiting> group) {
    var commits = group.stream().map(Waiting::commit).filter(c -> !c.isEmpty()).toList();
    StoreException failure = null;
    boolean tried = false;
    try {
      if (!commits.isEmpty()) {
        sink.admit(commits.stream().mapToLong(Commit::bytes).sum());
        tried = true;
        sink.write(commits);
      }
    } catch (StoreException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure =
          new StoreException(
              StoreException.Kind.FAILED, "cannot write to " + name + ": " + e, null, e);
    }
    if (failure != null && tried) broken.complete(failure);
    for (var waiting : group) {
      queuedBytes.addAndGet(-waiting.commit.bytes());
      if (failure == null) waiting.done.complete(null);
      else waiting.done.completeExceptionally(failure);
    }
  }

  /** Writes what waits, then ends the thread. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        queue.put(STOP);
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
