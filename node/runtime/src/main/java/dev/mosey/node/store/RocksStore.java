package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The embedded store: RocksDB with one writer. A commit's future completes after its sync to disk,
 * and many commits share one sync. Every value carries a CRC32C of its own beside RocksDB's.
 *
 * <p>Futures complete on the writer thread: what hangs on them must be short or asynchronous.
 */
public final class RocksStore implements BooksStore {
  private final Path directory;
  private final RocksDB database;
  private final RocksOptions options;
  private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
  private final WriteOptions synced;
  private final ReadOptions reading = new ReadOptions().setVerifyChecksums(true);
  private final SpaceWatch space;
  private final GroupWriter writer;
  private final ExecutorService readers;

  /** Reads share it; close takes it alone, since a read on a closed database ends the JVM. */
  private final ReentrantReadWriteLock openness = new ReentrantReadWriteLock();

  private boolean closed;

  private RocksStore(
      Path directory, RocksOptions options, StoreSettings.Books settings, SpaceWatch space)
      throws RocksDBException {
    this.directory = directory;
    this.options = options;
    this.space = space;
    this.synced = new WriteOptions().setSync(settings.synced());
    var opened = new ArrayList<ColumnFamilyHandle>();
    this.database =
        RocksDB.open(options.database(), directory.toString(), options.columns(), opened);
    var handle = opened.iterator();
    for (var family : Family.embedded()) handles.put(family, handle.next());
    this.writer = new GroupWriter(directory.toString(), new Sink(), settings);
    this.readers =
        Executors.newFixedThreadPool(
            settings.readers(),
            Thread.ofPlatform().name("mosey-store-read-", 0).daemon().factory());
  }

  /**
   * Opens or creates the store of a data directory. To be called before an actor system is made, so
   * that a damaged or locked store ends the start with one line.
   *
   * @throws StoreException CORRUPT with file and place, FULL, IN_USE or FAILED
   */
  public static RocksStore open(DataDirectory directory, StoreSettings.Books settings) {
    return open(directory.books(), settings, directory.space(), false);
  }

  static RocksStore open(
      Path directory, StoreSettings.Books settings, SpaceWatch space, boolean counting) {
    NativeLibrary.load();
    try {
      Files.createDirectories(directory);
      Disk.real().syncDirectory(directory.toAbsolutePath().getParent());
      LogCheck.checkDirectory(directory);
    } catch (IOException e) {
      throw StoreException.io("open", directory, e);
    }
    var options = new RocksOptions(settings, counting);
    try {
      return new RocksStore(directory, options, settings, space);
    } catch (RocksDBException e) {
      options.close();
      throw explain(directory, e);
    }
  }

  @Override
  public CompletableFuture<Void> commit(Commit commit) {
    return writer.write(commit);
  }

  @Override
  public CompletableFuture<Void> barrier() {
    return writer.write(new Commit());
  }

  @Override
  public CompletableFuture<StoreException> broken() {
    return writer.broken().copy();
  }

  @Override
  public Optional<byte[]> get(Family family, byte[] key) {
    return whileOpen(
        () -> {
          try {
            var stored = database.get(handles.get(family), reading, key);
            return stored == null ? Optional.empty() : Optional.of(unseal(family, key, stored));
          } catch (RocksDBException e) {
            throw explain(directory, e);
          }
        });
  }

  @Override
  public void scan(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    iterate(
        family,
        iterator -> iterator.seek(from),
        RocksIterator::next,
        (key, stored) -> {
          if (Arrays.compareUnsigned(key, to) >= 0) return false;
          return visitor.test(key, unseal(family, key, stored));
        });
  }

  @Override
  public void scanDown(Family family, byte[] from, byte[] to, BiPredicate<byte[], byte[]> visitor) {
    iterate(
        family,
        iterator -> iterator.seekForPrev(to),
        RocksIterator::prev,
        (key, stored) -> {
          if (Arrays.equals(key, to)) return true;
          if (Arrays.compareUnsigned(key, from) < 0) return false;
          return visitor.test(key, unseal(family, key, stored));
        });
  }

  private interface Step {
    void on(RocksIterator iterator);
  }

  private void iterate(Family family, Step seek, Step step, BiPredicate<byte[], byte[]> visitor) {
    whileOpen(
        () -> {
          try (var iterator = database.newIterator(handles.get(family), reading)) {
            seek.on(iterator);
            while (iterator.isValid() && visitor.test(iterator.key(), iterator.value()))
              step.on(iterator);
            // A damaged block makes the iterator invalid: without this it would look like the end.
            iterator.status();
            return null;
          } catch (RocksDBException e) {
            throw explain(directory, e);
          }
        });
  }

  @Override
  public <T> CompletableFuture<T> readAfterWrites(Supplier<T> read) {
    return barrier().thenApplyAsync(nothing -> read.get(), readers);
  }

  /** Nobody else can open the directory. */
  @Override
  public boolean holdsRight() {
    return true;
  }

  /** Moves what is in memory to tables. */
  void flush() {
    whileOpen(
        () -> {
          try (var waiting = new FlushOptions().setWaitForFlush(true)) {
            database.flush(waiting, List.copyOf(handles.values()));
            return null;
          } catch (RocksDBException e) {
            throw explain(directory, e);
          }
        });
  }

  /** Writes a consistent copy into a directory that must not exist yet. */
  void checkpoint(Path target) {
    whileOpen(
        () -> {
          try (var checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(target.toString());
            return null;
          } catch (RocksDBException e) {
            throw explain(target, e);
          }
        });
  }

  /** Syncs of the log so far; 0 unless opened for counting. */
  long syncs() {
    return options.statistics() == null
        ? 0
        : options.statistics().getTickerCount(TickerType.WAL_FILE_SYNCED);
  }

  private <T> T whileOpen(Supplier<T> action) {
    openness.readLock().lock();
    try {
      if (closed)
        throw new StoreException(
            StoreException.Kind.BROKEN, "the store in " + directory + " is closed", null, null);
      return action.get();
    } finally {
      openness.readLock().unlock();
    }
  }

  /** What the writer thread does. */
  private final class Sink implements GroupWriter.Sink {
    @Override
    public void admit(long bytes) {
      if (space.announce(bytes) == SpaceWatch.Level.FULL)
        throw new StoreException(
            StoreException.Kind.FULL,
            "disk full: nothing more is written to " + directory,
            "what was acknowledged is safe; free some space on this disk, and the node goes on",
            null);
    }

    @Override
    public void write(List<Commit> group) {
      try (var batch = new WriteBatch()) {
        for (var commit : group) for (var operation : commit.operations()) add(batch, operation);
        database.write(synced, batch);
      } catch (RocksDBException e) {
        throw explain(directory, e);
      }
    }
  }

  private void add(WriteBatch batch, Commit.Operation operation) throws RocksDBException {
    var handle = handles.get(operation.family());
    if (operation.value() != null) batch.put(handle, operation.key(), operation.value());
    else if (operation.end() != null) batch.deleteRange(handle, operation.key(), operation.end());
    else batch.delete(handle, operation.key());
  }

  private byte[] unseal(Family family, byte[] key, byte[] stored) {
    var value = Checksum.open(key, stored);
    if (value != null) return value;
    throw StoreException.corrupt(
        directory.toString(),
        "wrong checksum of " + family.column + " " + Keys.describe(key),
        null);
  }

  private static StoreException explain(Path directory, RocksDBException e) {
    var status = e.getStatus();
    var message = String.valueOf(e.getMessage()).replace('\n', ' ');
    if (status != null && status.getSubCode() == Status.SubCode.NoSpace
        || StoreException.saysFull(message)) return StoreException.full(directory.toString(), e);
    if (message.contains("lock hold by current process") || message.contains("LOCK: "))
      return new StoreException(
          StoreException.Kind.IN_USE,
          "data directory " + directory.getParent() + " is in use by another process",
          "stop that node first, or give this one a directory of its own with --data DIR",
          e);
    if (message.contains("orruption")
        || message.contains("checksum")
        || status != null && status.getCode() == Status.Code.Corruption)
      return StoreException.corrupt(directory.toString(), message, e);
    return new StoreException(
        StoreException.Kind.FAILED,
        "the store in " + directory + " failed: " + message,
        "look at the disk; if its files are damaged: --restore-from DIR",
        e);
  }

  @Override
  public void close() {
    writer.close();
    readers.shutdown();
    openness.writeLock().lock();
    try {
      if (closed) return;
      closed = true;
      database.cancelAllBackgroundWork(true);
      handles.values().forEach(ColumnFamilyHandle::close);
      database.close();
      synced.close();
      reading.close();
      options.close();
    } finally {
      openness.writeLock().unlock();
    }
  }
}
