package dev.mosey.node.home;

import dev.mosey.node.store.HistoryStore;
import dev.mosey.node.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the journal and writes what ended to the history, at its own pace and on its own thread.
 * Each put carries the sequence number of the last record it covers, so that a repeated record
 * changes nothing. What it has not reached yet is kept by the books and, with them, by their
 * snapshot; it is given again after a restart.
 *
 * <p>Before a row is put, the task's output is copied to where its user wants it: after a crash it
 * is copied once more rather than not at all.
 */
final class HistoryProjection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryProjection.class);
  private static final int GROUP_MAX = 256;
  private static final long RETRY_MILLIS_MIN = 100;
  private static final long RETRY_MILLIS_MAX = 5_000;

  private record Batch(long sequenceNumber, List<HistoryRow> rows) {}

  private static final Batch STOP = new Batch(-1, List.of());

  private final Supplier<HistoryStore> stores;
  private final OutputCopies copies;
  private final LongConsumer reached;
  private final Consumer<String> broken;
  private final BlockingQueue<Batch> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private HistoryStore store;
  private volatile boolean closing;

  /**
   * A projection that writes nothing yet.
   *
   * @param stores opens the history; again after a failed write
   * @param reached told after each write how far it has come; on the writing thread
   * @param broken told once, with one line, when the store writes no more
   */
  HistoryProjection(
      Supplier<HistoryStore> stores,
      OutputCopies copies,
      LongConsumer reached,
      Consumer<String> broken) {
    this.stores = stores;
    this.copies = copies;
    this.reached = reached;
    this.broken = broken;
    this.store = stores.get();
    this.thread = Thread.ofPlatform().name("mosey-history").daemon().unstarted(this::run);
    thread.start();
  }

  /** Rows of a record, in the order of the journal. */
  void add(long sequenceNumber, List<HistoryRow> rows) {
    queue.add(new Batch(sequenceNumber, rows));
  }

  private void run() {
    List<Batch> group = new ArrayList<>();
    boolean running = true;
    try {
      while (running) {
        group.clear();
        group.add(queue.take());
        queue.drainTo(group, GROUP_MAX);
        running = !group.remove(STOP);
        if (!group.isEmpty()) {
          write(group);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (StoreException failed) {
      LOG.error("event=history-broken why=\"{}\"", failed.getMessage(), failed);
      broken.accept(failed.getMessage());
    }
  }

  private void write(List<Batch> group) throws InterruptedException {
    List<HistoryStore.Entry> entries = new ArrayList<>();
    for (Batch batch : group) {
      for (HistoryRow row : batch.rows) {
        entries.add(copies.copy(row).map(row::noted).orElse(row).toEntry());
      }
    }
    long upTo = group.getLast().sequenceNumber;
    long patience = RETRY_MILLIS_MIN;
    while (!put(entries, upTo)) {
      if (closing) {
        return;
      }
      // sleeps because a full disk has no condition that could be awaited
      Thread.sleep(patience);
      patience = Math.min(2 * patience, RETRY_MILLIS_MAX);
      store = stores.get();
    }
    reached.accept(upTo);
  }

  /** Whether it is durable; false when nothing was tried, because the disk or the queue is full. */
  private boolean put(List<HistoryStore.Entry> entries, long upTo) {
    try {
      store.put(entries, upTo).join();
      return true;
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof StoreException cause) {
        if (cause.kind() == StoreException.Kind.REFUSED) {
          LOG.warn("event=history-waits why=\"{}\"", cause.getMessage());
          return false;
        }
        throw cause;
      }
      throw failed;
    }
  }

  /**
   * Writes what waits, unless the disk is full, and ends. What is not written is given again after
   * the next start.
   */
  @Override
  public void close() {
    closing = true;
    queue.add(STOP);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
