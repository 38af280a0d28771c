package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Ended processes of one home, outside its books: nothing of it is read at a start. Filled by a
 * projection of the journal, whose position is stored together with what it put.
 *
 * <p>Keys, all below the home's name: {@code 1 job task} holds the entry, {@code 2 endedAt job
 * task} orders them by their end.
 */
public final class HistoryStore {
  private static final byte BY_ID = 1;
  private static final byte BY_END = 2;
  private static final int ID_BYTES = Long.BYTES + Integer.BYTES;
  private static final int PAGE_MAX = 10_000;
  private static final int PRUNE_BATCH = 1000;

  private final BooksStore store;
  private final NodeName home;
  private final byte[] prefix;
  private final byte[] positionKey;
  private final long entriesMax;
  private long position;
  private long count;

  /**
   * An ended process.
   *
   * @param endedAtMillis epoch milliseconds, not negative
   * @param content as the caller wants it, opaque here
   */
  public record Entry(ProcessId process, long endedAtMillis, byte[] content) {}

  /**
   * A part of the list, latest end first.
   *
   * @param next gives the following page, empty at the end
   */
  public record Page(List<Entry> entries, Optional<String> next) {}

  /** The history of that home in a store; reads one small value. */
  public HistoryStore(BooksStore store, NodeName home, StoreSettings.Books settings) {
    this.store = store;
    this.home = home;
    this.entriesMax = settings.historyMax();
    this.prefix = Keys.prefix(home.value());
    this.positionKey = Keys.prefix("history-position-" + home.value());
    store
        .get(Family.META, positionKey)
        .map(ByteBuffer::wrap)
        .ifPresent(
            stored -> {
              position = stored.getLong();
              count = stored.getLong();
            });
  }

  /** How far the projection has come: the position of the last put that is durable or under way. */
  public synchronized long position() {
    return position;
  }

  /** Entries kept. */
  public synchronized long count() {
    return count;
  }

  /**
   * Puts a batch and the projection's position; the oldest entries of earlier batches go when there
   * are too many. A batch at or below the known position changes nothing, and the same entry again
   * replaces itself.
   *
   * @return completes when it is durable; errors as {@link BooksStore#commit}. After a failure make
   *     a new HistoryStore: this one no longer knows its position
   */
  public synchronized CompletableFuture<Void> put(List<Entry> batch, long upTo) {
    if (upTo <= position) return store.barrier();
    var commit = new Commit();
    var added = new HashSet<ProcessId>();
    for (var entry : batch) {
      checkHome(entry.process());
      var key = key(entry.process());
      var old = store.get(Family.HISTORY, key).map(value -> decode(entry.process(), value));
      old.ifPresent(o -> commit.delete(Family.HISTORY, endKey(o.endedAtMillis(), o.process())));
      if (old.isEmpty() && added.add(entry.process())) count++;
      commit.put(Family.HISTORY, key, encode(entry));
      commit.put(Family.HISTORY, endKey(entry.endedAtMillis(), entry.process()), new byte[0]);
    }
    position = upTo;
    if (count > entriesMax) deleteOldest(commit, Long.MAX_VALUE, count - entriesMax);
    savePosition(commit);
    return store.commit(commit);
  }

  private void checkHome(ProcessId process) {
    if (!process.home().equals(home))
      throw new IllegalArgumentException(process + " is not of " + home);
  }

  private void savePosition(Commit commit) {
    var value = ByteBuffer.allocate(2 * Long.BYTES).putLong(position).putLong(count).array();
    commit.put(Family.META, positionKey, value);
  }

  /** The entry of a process. */
  public Optional<Entry> get(ProcessId process) {
    checkHome(process);
    return store.get(Family.HISTORY, key(process)).map(value -> decode(process, value));
  }

  /**
   * The latest entries, or those after a page.
   *
   * @param next from the page before; empty for the first
   * @param max 1 to 10,000
   * @throws IllegalArgumentException if {@code next} did not come from a page
   */
  public Page page(Optional<String> next, int max) {
    int limit = Math.clamp(max, 1, PAGE_MAX);
    var from = startOf(BY_END);
    var to = next.map(this::parseNext).orElseGet(() -> startOf((byte) (BY_END + 1)));
    var keys = new ArrayList<byte[]>();
    store.scanDown(
        Family.HISTORY,
        from,
        to,
        (key, value) -> {
          keys.add(key);
          return keys.size() < limit;
        });
    var entries = new ArrayList<Entry>();
    for (var key : keys) get(processOf(key)).ifPresent(entries::add);
    if (keys.size() < limit) return new Page(entries, Optional.empty());
    var last = keys.getLast();
    var place = HexFormat.of().formatHex(last, prefix.length + 1, last.length);
    return new Page(entries, Optional.of(place));
  }

  /**
   * Visits every entry of the jobs after that number, by job, a job's own entry after those of its
   * tasks, until false comes back. Much faster than pages.
   */
  public void visit(long afterJob, Predicate<Entry> visitor) {
    var from = ByteBuffer.allocate(prefix.length + 1 + Long.BYTES);
    store.scan(
        Family.HISTORY,
        from.put(prefix).put(BY_ID).putLong(afterJob + 1).array(),
        startOf(BY_END),
        (key, value) -> visitor.test(decode(processOf(key), value)));
  }

  private byte[] parseNext(String text) {
    if (!text.matches("[0-9a-f]{40}"))
      throw new IllegalArgumentException("'" + text + "' is not a place in the history");
    return ByteBuffer.allocate(prefix.length + 1 + Long.BYTES + ID_BYTES)
        .put(prefix)
        .put(BY_END)
        .put(HexFormat.of().parseHex(text))
        .array();
  }

  /**
   * Deletes what ended before a time.
   *
   * @return completes with the number deleted when that is durable
   */
  public synchronized CompletableFuture<Long> prune(long endedBeforeMillis) {
    var all = CompletableFuture.completedFuture(0L);
    long deleted = PRUNE_BATCH;
    while (deleted == PRUNE_BATCH) {
      var commit = new Commit();
      deleted = deleteOldest(commit, endedBeforeMillis, PRUNE_BATCH);
      if (deleted == 0) break;
      savePosition(commit);
      long these = deleted;
      var done = store.commit(commit);
      all = all.thenCombine(done, (sum, nothing) -> sum + these);
      done.join();
    }
    return all;
  }

  /** Adds the deletion of up to {@code max} entries that ended before the time. */
  private long deleteOldest(Commit commit, long endedBeforeMillis, long max) {
    var keys = new ArrayList<byte[]>();
    store.scan(
        Family.HISTORY,
        startOf(BY_END),
        endKeyBefore(endedBeforeMillis),
        (key, value) -> {
          keys.add(key);
          return keys.size() < max;
        });
    for (var key : keys) {
      commit.delete(Family.HISTORY, key);
      commit.delete(Family.HISTORY, key(processOf(key)));
    }
    count -= keys.size();
    return keys.size();
  }

  private byte[] startOf(byte part) {
    return ByteBuffer.allocate(prefix.length + 1).put(prefix).put(part).array();
  }

  private byte[] key(ProcessId process) {
    return ByteBuffer.allocate(prefix.length + 1 + ID_BYTES)
        .put(prefix)
        .put(BY_ID)
        .putLong(process.job())
        .putInt(process.task())
        .array();
  }

  private byte[] endKey(long endedAtMillis, ProcessId process) {
    return ByteBuffer.allocate(prefix.length + 1 + Long.BYTES + ID_BYTES)
        .put(prefix)
        .put(BY_END)
        .putLong(endedAtMillis)
        .putLong(process.job())
        .putInt(process.task())
        .array();
  }

  private byte[] endKeyBefore(long endedBeforeMillis) {
    return ByteBuffer.allocate(prefix.length + 1 + Long.BYTES)
        .put(prefix)
        .put(BY_END)
        .putLong(endedBeforeMillis)
        .array();
  }

  /** Of either key: both end with it. */
  private ProcessId processOf(byte[] key) {
    var numbers = ByteBuffer.wrap(key, key.length - ID_BYTES, ID_BYTES);
    return new ProcessId(home, numbers.getLong(), numbers.getInt());
  }

  private static byte[] encode(Entry entry) {
    return ByteBuffer.allocate(Long.BYTES + entry.content().length)
        .putLong(entry.endedAtMillis())
        .put(entry.content())
        .array();
  }

  private static Entry decode(ProcessId process, byte[] value) {
    var buffer = ByteBuffer.wrap(value);
    long endedAt = buffer.getLong();
    var content = new byte[buffer.remaining()];
    buffer.get(content);
    return new Entry(process, endedAt, content);
  }
}
