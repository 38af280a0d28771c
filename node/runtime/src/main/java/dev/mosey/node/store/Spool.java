package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * What a host keeps for homes until they have acknowledged it: ends, output, checkpoints of guests.
 * Durable and bounded. Entries come back in the order in which they were added; a home may get one
 * twice and must not mind.
 */
public final class Spool {
  private static final byte[] PREFIX = Keys.prefix("spool");
  private static final int EXIT_SHARE = 10;

  /** What an entry is. */
  public enum Kind {
    /** How a process ended. Has room when the rest has none any more. */
    EXIT(1),
    /** A chunk of output. */
    OUTPUT(2),
    /** A checkpoint; its bytes are a blob. */
    CHECKPOINT(3);

    /** On the disk; never changed. */
    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }

    private static Kind of(byte code) {
      for (var kind : values()) if (kind.code == code) return kind;
      throw new IllegalStateException("unknown kind of spool entry: " + code);
    }
  }

  /**
   * An entry.
   *
   * @param number grows with every entry of this spool
   * @param content opaque here
   * @param blob null, or what the entry names: it must be kept as long as the entry is
   */
  public record Entry(
      long number,
      NodeName home,
      ProcessId process,
      int incarnation,
      Kind kind,
      byte[] content,
      Blob blob) {}

  /** What is remembered of an entry; its content stays on the disk. */
  private record Waiting(
      NodeName home, ProcessId process, int incarnation, Blob blob, long bytes, boolean durable) {}

  private final BooksStore store;
  private final long bytesMax;
  private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
  private long lastNumber;
  private long bytes;

  /** Opens the spool and finds again what waits. */
  public Spool(BooksStore store, StoreSettings.Spooled settings) {
    this.store = store;
    this.bytesMax = settings.bytesMax();
    store.scan(
        Family.SPOOL,
        PREFIX,
        Keys.after(PREFIX),
        (key, value) -> {
          remember(decode(Keys.number(key), value), true);
          return true;
        });
  }

  private void remember(Entry entry, boolean durable) {
    long size = entry.content().length;
    waiting.put(
        entry.number(),
        new Waiting(
            entry.home(), entry.process(), entry.incarnation(), entry.blob(), size, durable));
    lastNumber = Math.max(lastNumber, entry.number());
    bytes += size;
  }

  /**
   * Keeps an entry.
   *
   * @param blob null for none; it must have been put before
   * @return completes with its number when it is durable; fails with StoreException REFUSED when
   *     the spool is full, or as {@link BooksStore#commit}
   */
  public synchronized CompletableFuture<Long> add(
      NodeName home, ProcessId process, int incarnation, Kind kind, byte[] content, Blob blob) {
    long max = kind == Kind.EXIT ? bytesMax + bytesMax / EXIT_SHARE : bytesMax;
    if (bytes + content.length > max)
      return CompletableFuture.failedFuture(
          StoreException.refused(
              "the spool is full: " + bytes + " of " + bytesMax + " bytes wait for their homes",
              "it empties when the homes are back; the bound is mosd.store.spool.bytes-max"));
    var entry = new Entry(lastNumber + 1, home, process, incarnation, kind, content, blob);
    remember(entry, false);
    var commit = new Commit();
    commit.put(Family.SPOOL, Keys.numbered(PREFIX, entry.number()), encode(entry));
    return store
        .commit(commit)
        .handle(
            (nothing, failure) -> {
              settle(entry.number(), failure);
              return entry.number();
            });
  }

  private synchronized void settle(long number, Throwable failure) {
    var known = waiting.get(number);
    if (known == null) return;
    if (failure != null) {
      waiting.remove(number);
      bytes -= known.bytes();
      throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }
    waiting.put(
        number,
        new Waiting(
            known.home(), known.process(), known.incarnation(), known.blob(), known.bytes(), true));
  }

  /**
   * Durable entries for a home, in order.
   *
   * @param after only those with a larger number; 0 for all
   * @param max at most so many
   */
  public List<Entry> pending(NodeName home, long after, int max) {
    var numbers = new ArrayList<Long>();
    synchronized (this) {
      for (var each : waiting.tailMap(after, false).entrySet()) {
        if (numbers.size() >= max) break;
        if (each.getValue().durable() && each.getValue().home().equals(home))
          numbers.add(each.getKey());
      }
    }
    var entries = new ArrayList<Entry>();
    for (long number : numbers)
      store
          .get(Family.SPOOL, Keys.numbered(PREFIX, number))
          .ifPresent(value -> entries.add(decode(number, value)));
    return entries;
  }

  /** Homes for which something waits, each once. */
  public synchronized List<NodeName> homes() {
    return waiting.values().stream().map(Waiting::home).distinct().sorted().toList();
  }

  /** Blobs that entries name: a sweep must keep them. */
  public synchronized List<Blob> blobs() {
    return waiting.values().stream().map(Waiting::blob).filter(blob -> blob != null).toList();
  }

  /** The home has these entries; completes when that is durable. Unknown numbers are ignored. */
  public CompletableFuture<Void> acknowledge(Collection<Long> numbers) {
    return drop(each -> numbers.contains(each), any -> true);
  }

  /** The home has everything of that incarnation of a process and of earlier ones. */
  public CompletableFuture<Void> acknowledge(ProcessId process, int incarnation) {
    return drop(
        any -> true, each -> each.process().equals(process) && each.incarnation() <= incarnation);
  }

  private synchronized CompletableFuture<Void> drop(
      Predicate<Long> number, Predicate<Waiting> entry) {
    var commit = new Commit();
    var entries = waiting.entrySet().iterator();
    while (entries.hasNext()) {
      var each = entries.next();
      if (!number.test(each.getKey()) || !entry.test(each.getValue())) continue;
      commit.delete(Family.SPOOL, Keys.numbered(PREFIX, each.getKey()));
      bytes -= each.getValue().bytes();
      entries.remove();
    }
    return store.commit(commit);
  }

  /** Bytes that wait. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Entries that wait. */
  public synchronized int size() {
    return waiting.size();
  }

  private static byte[] encode(Entry entry) {
    var home = entry.home().value().getBytes(StandardCharsets.US_ASCII);
    var process = entry.process().toString().getBytes(StandardCharsets.US_ASCII);
    var blob =
        entry.blob() == null
            ? new byte[0]
            : (entry.blob().sha256() + entry.blob().bytes()).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(
            4 + home.length + process.length + blob.length + 4 + entry.content().length)
        .put(entry.kind().code)
        .put((byte) home.length)
        .put((byte) process.length)
        .put((byte) blob.length)
        .put(home)
        .put(process)
        .put(blob)
        .putInt(entry.incarnation())
        .put(entry.content())
        .array();
  }

  private static Entry decode(long number, byte[] value) {
    var buffer = ByteBuffer.wrap(value);
    var kind = Kind.of(buffer.get());
    int homeBytes = buffer.get();
    int processBytes = buffer.get();
    int blobBytes = buffer.get();
    var home = NodeName.of(text(buffer, homeBytes));
    var process = ProcessId.parse(text(buffer, processBytes));
    var blob = text(buffer, blobBytes);
    int incarnation = buffer.getInt();
    var content = new byte[buffer.remaining()];
    buffer.get(content);
    return new Entry(
        number,
        home,
        process,
        incarnation,
        kind,
        content,
        blob.isEmpty()
            ? null
            : new Blob(blob.substring(0, 64), Long.parseLong(blob.substring(64))));
  }

  private static String text(ByteBuffer buffer, int length) {
    var bytes = new byte[length];
    buffer.get(bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
