package dev.mosey.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;

/**
 * The bounds of a node's stores; sizes in bytes. Defaults, units and advice: {@code
 * store-reference.conf}.
 */
public record StoreSettings(Space space, Books books, Blobs blobs, Output output, Spooled spool) {

  /** Switched off only in proofs. */
  private static final String SYNC = "mosd.unsafe.sync";

  /** When the disk gets full. */
  public record Space(long ballastBytes, long reserveBytes, long criticalBytes, long floorBytes) {}

  /**
   * RocksDB and its one writer.
   *
   * @param synced whether a commit waits for the disk; false only in proofs
   */
  public record Books(
      int queueMax,
      long queueBytesMax,
      int groupMax,
      long groupBytesMax,
      long memtableBytes,
      long cacheBytes,
      long logBytesMax,
      int openFilesMax,
      int readers,
      long historyMax,
      boolean synced) {}

  /** Blobs. */
  public record Blobs(long bytesMax) {}

  /** Output of processes. */
  public record Output(
      long segmentBytes,
      long streamBytesMax,
      long cutBytesMax,
      long bytesMax,
      double compactBelow) {}

  /** What waits at a host for its home. */
  public record Spooled(long bytesMax) {}

  /** Checks the ranges and reports all problems in one line. */
  public StoreSettings {
    var problems = new ArrayList<String>();
    if (space.floorBytes < 0
        || space.criticalBytes < space.floorBytes
        || space.reserveBytes < space.criticalBytes)
      problems.add("space: needs 0 <= floor <= critical <= reserve");
    if (space.ballastBytes < 0) problems.add("space.ballast must not be negative");
    if (books.queueMax < 1 || books.groupMax < 1 || books.readers < 1 || books.historyMax < 1)
      problems.add("books: queue-max, group-max, readers and history-max must be at least 1");
    if (books.openFilesMax < 32) problems.add("books.open-files-max must be at least 32");
    if (books.memtableBytes < 64 * 1024) problems.add("books.memtable must be at least 64 KiB");
    if (output.segmentBytes < 1024 || output.segmentBytes > 1L << 30)
      problems.add("output.segment must be 1 KiB to 1 GiB");
    if (output.streamBytesMax < 0 || output.cutBytesMax < 0)
      problems.add("output.stream-max and output.cut-max must not be negative");
    if (!(output.compactBelow >= 0 && output.compactBelow <= 0.9))
      problems.add("output.compact-below must be 0 to 0.9");
    if (!problems.isEmpty())
      throw new IllegalArgumentException("mosd.store: " + String.join("; ", problems));
  }

  /** The defaults as shipped. */
  public static StoreSettings defaults() {
    return from(ConfigFactory.empty());
  }

  /**
   * Reads {@code mosd.store} and fills the rest with the defaults.
   *
   * @throws IllegalArgumentException with one line that names every problem
   */
  public static StoreSettings from(Config config) {
    var defaults =
        ConfigFactory.parseResources(StoreSettings.class.getClassLoader(), "store-reference.conf");
    var store = config.withFallback(defaults).resolve().getConfig("mosd.store");
    var space = store.getConfig("space");
    var books = store.getConfig("books");
    var output = store.getConfig("output");
    return new StoreSettings(
        new Space(
            space.getBytes("ballast"),
            space.getBytes("reserve"),
            space.getBytes("critical"),
            space.getBytes("floor")),
        new Books(
            books.getInt("queue-max"),
            books.getBytes("queue-bytes-max"),
            books.getInt("group-max"),
            books.getBytes("group-bytes-max"),
            books.getBytes("memtable"),
            books.getBytes("cache"),
            books.getBytes("log-max"),
            books.getInt("open-files-max"),
            books.getInt("readers"),
            books.getLong("history-max"),
            !config.hasPath(SYNC) || config.getBoolean(SYNC)),
        new Blobs(store.getBytes("blobs.bytes-max")),
        new Output(
            output.getBytes("segment"),
            output.getBytes("stream-max"),
            output.getBytes("cut-max"),
            output.getBytes("bytes-max"),
            output.getDouble("compact-below")),
        new Spooled(store.getBytes("spool.bytes-max")));
  }
}
