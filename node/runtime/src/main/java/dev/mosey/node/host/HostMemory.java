package dev.mosey.node.host;

import dev.mosey.policy.guests.Guest;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Output;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What a host remembers over a restart of its daemon: whose books it obeys, and what its homes have
 * not recorded yet. Calls return at once where nothing else is said, and are safe for every thread.
 */
public interface HostMemory {
  /** The newest books of each home that were remembered. */
  Collection<BooksId> books();

  /** Remembers these books in place of older ones of their home; durable on return. */
  void remember(BooksId books);

  /** What waits for its home: ended, or left with an image. */
  List<Guest> spooled();

  /** Output that was kept of an incarnation, in order of stream and offset. */
  List<Output> output(ProcessId id, int incarnation);

  /**
   * Keeps a guest that is over, with the output that its home has not taken.
   *
   * @param output in order; replaces what was kept of this incarnation
   */
  void keep(Guest guest, List<Output> output);

  /** The home has recorded it. */
  void drop(ProcessId id, int incarnation);

  /** Blobs named by what is kept. */
  Set<String> blobs();

  /** Waits until all that was asked for is durable. */
  void flush();
}
