package dev.mosey.node.cluster;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The timers of an actor system, on the JDK's own: its one thread wakes when something is due.
 * Pekko's wakes with every tick whether there is work or not (at its usual 10 ms that takes more
 * than half a hundredth of a core, with one such thread in each actor system), and is late by up to
 * two ticks.
 */
public final class ExactScheduler extends AbstractScheduler implements Closeable {
  private static final double MOST_A_SECOND = 1_000;

  private final ScheduledThreadPoolExecutor timers;
  private final Set<Runnable> inAnyCase = ConcurrentHashMap.newKeySet();

  private record Due(Runnable task, ExecutionContext where) implements Runnable {
    @Override
    public void run() {
      where.execute(task);
    }
  }

  /** One run at a time: the next is set when this one is over, also where many are overdue. */
  private final class Repeated implements Runnable, Cancellable {
    private final Runnable task;
    private final ExecutionContext where;
    private final long intervalNanos;
    private long dueNanos;
    private Future<?> next;
    private boolean cancelled;

    Repeated(Runnable task, ExecutionContext where, long intervalNanos, long dueNanos) {
      this.task = task;
      this.where = where;
      this.intervalNanos = intervalNanos;
      this.dueNanos = dueNanos;
    }

    @Override
    public void run() {
      task.run();
      dueNanos += intervalNanos;
      try {
        next(Math.max(dueNanos - System.nanoTime(), 0));
      } catch (IllegalStateException ended) {
        // The actor system has: nothing is to be repeated any more.
      }
    }

    synchronized void next(long delayNanos) {
      if (!cancelled) {
        next = start(new Due(this, where), delayNanos);
      }
    }

    @Override
    public synchronized boolean cancel() {
      boolean first = !cancelled;
      cancelled = true;
      next.cancel(false);
      return first;
    }

    @Override
    public synchronized boolean isCancelled() {
      return cancelled;
    }
  }

  private record Handle(Future<?> future) implements Cancellable {
    @Override
    public boolean cancel() {
      return future.cancel(false);
    }

    @Override
    public boolean isCancelled() {
      return future.isCancelled();
    }
  }

  /** As Pekko makes it, by name: {@code pekko.scheduler.implementation}. */
  public ExactScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    timers = new ScheduledThreadPoolExecutor(1, threads);
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** What Pekko's scheduleAtFixedRate comes to; that users should not call it is their affair. */
  @Override
  @SuppressWarnings("deprecation")
  public Cancellable schedule(
      FiniteDuration delay, FiniteDuration interval, Runnable task, ExecutionContext where) {
    Repeated repeated =
        new Repeated(task, where, interval.toNanos(), System.nanoTime() + delay.toNanos());
    repeated.next(delay.toNanos());
    return repeated;
  }

  @Override
  public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext where) {
    Runnable due = new Due(task, where);
    if (task instanceof Scheduler.TaskRunOnClose) {
      inAnyCase.add(task);
      due =
          () -> {
            if (inAnyCase.remove(task)) {
              where.execute(task);
            }
          };
    }
    try {
      return new Handle(start(due, delay.toNanos()));
    } catch (IllegalStateException ended) {
      inAnyCase.remove(task);
      throw ended;
    }
  }

  private Future<?> start(Runnable due, long delayNanos) {
    try {
      return timers.schedule(due, delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // What Pekko expects of a scheduler whose actor system has ended.
      SchedulerException known = new SchedulerException("the timers have ended");
      known.addSuppressed(closed);
      throw new IllegalStateException(known.getMessage(), known);
    }
  }

  @Override
  public double maxFrequency() {
    return MOST_A_SECOND;
  }

  /** Ends the thread; what was to run in any case runs now. */
  @Override
  public void close() {
    timers.shutdownNow();
    for (Runnable task : List.copyOf(inAnyCase)) {
      if (inAnyCase.remove(task)) {
        task.run();
      }
    }
  }
}
