package dev.mosey.node.store;

import dev.mosey.protocol.id.ProcessId;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What the processes of a home wrote, by process, stream and offset. Nothing is durable before
 * {@link #sync}, which many appends share.
 *
 * <p>An incarnation that goes on where an earlier one stopped just appends. One that begins further
 * back is announced with {@link #cut}: what lies beyond is no longer part of the stream, but can
 * still be read by its attempt.
 */
public interface OutputStore extends AutoCloseable {
  /** Standard output. */
  int STDOUT = 1;

  /** Standard error. */
  int STDERR = 2;

  /** At most this many bytes per append. */
  int APPEND_BYTES_MAX = 1 << 20;

  /** What became of an append or a cut. */
  enum Answer {
    /** It is written; durable after the next sync. */
    STORED,
    /** It was there already; durable after the next sync. */
    DUPLICATE,
    /** It begins beyond the end of the stream: bytes before it are missing. Nothing was written. */
    GAP,
    /** A later incarnation has written or cut. Nothing was written. */
    STALE,
    /** The stream has its full size: what goes beyond was dropped, and that is remembered. */
    TRUNCATED
  }

  /**
   * A piece of a stream.
   *
   * @param from offset of its first byte; beyond the one asked for if what lies between was given
   *     up
   * @param bytes empty at the end of the stream
   * @param size of the stream as read
   * @param truncated whether more was written than is kept
   * @param incarnation the latest that appended or cut
   */
  record Chunk(long from, byte[] bytes, long size, boolean truncated, int incarnation) {}

  /**
   * A mark in a stream: a new incarnation began at an earlier offset.
   *
   * @param offset where the stream was cut back to
   * @param sizeBefore how far it had reached, as far as what was cut is still kept
   * @param incarnation the one that goes on from there
   */
  record Cut(long offset, long sizeBefore, int incarnation) {}

  /**
   * A stream as it is now; of an unknown process: empty, incarnation 0.
   *
   * @param incarnation the latest that appended or cut
   */
  record StreamState(long size, int incarnation, boolean truncated, List<Cut> cuts) {}

  /**
   * Adds bytes at an offset. Repeating it changes nothing; a part that is there already is skipped.
   *
   * @throws StoreException FULL, BROKEN or FAILED; REFUSED beyond {@link #APPEND_BYTES_MAX}
   */
  Answer append(ProcessId process, int incarnation, int stream, long offset, byte[] bytes);

  /**
   * Cuts a stream back to an offset and lets only {@code incarnation} and later ones go on from
   * there. Repeating it changes nothing.
   */
  Answer cut(ProcessId process, int stream, long offset, int incarnation);

  /** Returns when all that was appended before is on the disk. Concurrent callers share one. */
  void sync();

  /**
   * Reads up to {@code max} bytes.
   *
   * @throws StoreException CORRUPT with file and offset
   */
  default Chunk read(ProcessId process, int stream, long from, int max) {
    return readAttempt(process, Integer.MAX_VALUE, stream, from, max);
  }

  /** Reads the stream as it was when that incarnation ended. */
  default Chunk readAttempt(ProcessId process, int attempt, int stream, long from, int max) {
    return follow(process, attempt, stream, from, Integer.MAX_VALUE, max);
  }

  /**
   * Reads on for one who has read up to {@code from}: from there, or from where the stream was cut
   * back to meanwhile, if that lies before. Marks that cut nothing off, as moves leave them, change
   * nothing.
   *
   * @param attempt as it was when that incarnation ended; {@link Integer#MAX_VALUE}: as it is
   * @param seen the incarnation of the {@link Chunk} that was read last; {@link Integer#MAX_VALUE}:
   *     nothing was read yet
   */
  Chunk follow(ProcessId process, int attempt, int stream, long from, int seen, int max);

  /** The stream's size, incarnation and marks. */
  StreamState state(ProcessId process, int stream);

  /** Forgets processes; their space is freed by {@link #compact}. */
  void delete(Collection<ProcessId> processes);

  /** All that have output here. */
  Set<ProcessId> processes();

  /** Rewrites segments of which little is still wanted; returns the bytes freed. */
  long compact();

  /** Bytes on disk. */
  long bytes();

  @Override
  void close();
}
