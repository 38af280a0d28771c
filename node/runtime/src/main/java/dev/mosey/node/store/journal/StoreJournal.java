package dev.mosey.node.store.journal;

import dev.mosey.node.store.BooksStore;
import dev.mosey.node.store.Commit;
import dev.mosey.node.store.Commit.Family;
import dev.mosey.node.store.Keys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Pekko's journal on {@link BooksStore}. Calls only serialise and enqueue; the store's one writer
 * syncs before it answers. Tags are dropped, since nothing asks by tag.
 *
 * <p>A read first waits for the writes before it: an entity that restarts after a time-out may
 * otherwise recover past a write of its own that is still under way.
 */
public class StoreJournal extends AsyncWriteJournal {
  private final BooksStore store = StoreSetup.storeOf(context().system());
  private final Serialization serialization = SerializationExtension.get(context().system());

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    var commit = new Commit();
    var rejections = new ArrayList<Optional<Exception>>();
    for (var write : writes) {
      var serialized = new Commit();
      try {
        for (var event : CollectionConverters.asJava(write.payload())) put(serialized, event);
        commit.addAll(serialized);
        rejections.add(Optional.empty());
      } catch (Exception notSerializable) {
        rejections.add(Optional.of(notSerializable));
      }
    }
    return Futures.of(store.commit(commit).thenApply(nothing -> rejections));
  }

  private void put(Commit commit, PersistentRepr event) {
    var plain =
        event.payload() instanceof Tagged tagged ? event.withPayload(tagged.payload()) : event;
    var key = Keys.numbered(Keys.prefix(event.persistenceId()), event.sequenceNr());
    commit.put(Family.EVENTS, key, serialization.serialize(plain).get());
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNumber) {
    var prefix = Keys.prefix(persistenceId);
    var deleted =
        store
            .readAfterWrites(() -> highest(prefix))
            .thenCompose(
                highest -> {
                  long to = Math.min(toSequenceNumber, highest);
                  var mark = ByteBuffer.allocate(Long.BYTES).putLong(highest).array();
                  return store.commit(
                      new Commit()
                          .put(Family.META, markKey(prefix), mark)
                          .deleteRange(
                              Family.EVENTS, prefix, Keys.numbered(prefix, Math.max(0, to) + 1)));
                });
    return Futures.of(deleted);
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
    var prefix = Keys.prefix(persistenceId);
    return Futures.of(store.readAfterWrites(() -> highest(prefix)));
  }

  /** The last event's number; after a deletion the mark, or numbering would begin again. */
  private long highest(byte[] prefix) {
    var found = new long[1];
    store.scanDown(
        Family.EVENTS,
        prefix,
        Keys.after(prefix),
        (key, value) -> {
          found[0] = Keys.number(key);
          return false;
        });
    long marked =
        store
            .get(Family.META, markKey(prefix))
            .map(mark -> ByteBuffer.wrap(mark).getLong())
            .orElse(0L);
    return Math.max(found[0], marked);
  }

  private static byte[] markKey(byte[] prefix) {
    var name = Keys.prefix("deleted");
    return ByteBuffer.allocate(name.length + prefix.length).put(name).put(prefix).array();
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
    var prefix = Keys.prefix(persistenceId);
    if (max == 0 || from > to) return Futures.of(store.barrier());
    var first = Keys.numbered(prefix, Math.max(0, from));
    var end = to == Long.MAX_VALUE ? Keys.after(prefix) : Keys.numbered(prefix, to + 1);
    return Futures.of(
        store.readAfterWrites(
            () -> {
              var left = new long[] {max};
              store.scan(
                  Family.EVENTS,
                  first,
                  end,
                  (key, value) -> {
                    replay.accept(serialization.deserialize(value, PersistentRepr.class).get());
                    return --left[0] > 0;
                  });
              return null;
            }));
  }
}
