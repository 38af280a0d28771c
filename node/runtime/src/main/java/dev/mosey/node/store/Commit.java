package dev.mosey.node.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes that become durable together or not at all. Built by one thread, then given to {@link
 * BooksStore#commit} and not changed any more.
 */
public final class Commit {
  private static final int OPERATION_BYTES = 32;

  /** The families of keys in the store. */
  public enum Family {
    /** Marks and positions. */
    META(0, "default"),
    /** Journal. */
    EVENTS(1, "events"),
    /** Snapshots. */
    SNAPSHOTS(2, "snapshots"),
    /** Ended processes. */
    HISTORY(3, "history"),
    /** What waits at a host for its home. */
    SPOOL(4, "spool"),
    /** Files, where they can't be on a disk: output in a shared store. */
    FILES(5, null),
    /** Blobs in a shared store. */
    BLOBS(6, null);

    /** In a database; never changed. */
    final int code;

    /** Its column family in RocksDB; null if only a shared store has it. */
    final String column;

    /** Those that the embedded store has. */
    static List<Family> embedded() {
      return Arrays.stream(values()).filter(family -> family.column != null).toList();
    }

    Family(int code, String column) {
      this.code = code;
      this.column = column;
    }
  }

  /** One change: {@code value} null means delete; {@code end} not null means delete up to it. */
  record Operation(Family family, byte[] key, byte[] value, byte[] end) {}

  private final List<Operation> operations = new ArrayList<>(2);
  private long bytes;

  /** Sets the value; a checksum over key and value goes with it. */
  public Commit put(Family family, byte[] key, byte[] value) {
    bytes += key.length + value.length + OPERATION_BYTES;
    operations.add(new Operation(family, key, Checksum.seal(key, value), null));
    return this;
  }

  /** Deletes the key if it is there. */
  public Commit delete(Family family, byte[] key) {
    bytes += key.length + OPERATION_BYTES;
    operations.add(new Operation(family, key, null, null));
    return this;
  }

  /** Deletes all keys from {@code from} (inclusive) to {@code to} (exclusive). */
  public Commit deleteRange(Family family, byte[] from, byte[] to) {
    bytes += from.length + to.length + OPERATION_BYTES;
    operations.add(new Operation(family, from, null, to));
    return this;
  }

  /** Adds all changes of another one. */
  public Commit addAll(Commit other) {
    operations.addAll(other.operations);
    bytes += other.bytes;
    return this;
  }

  /** Whether it changes nothing. */
  public boolean isEmpty() {
    return operations.isEmpty();
  }

  /** About how many bytes it writes. */
  public long bytes() {
    return bytes;
  }

  List<Operation> operations() {
    return operations;
  }
}
