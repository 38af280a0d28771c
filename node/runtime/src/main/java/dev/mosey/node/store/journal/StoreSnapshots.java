package dev.mosey.node.store.journal;

import dev.mosey.node.store.BooksStore;
import dev.mosey.node.store.Commit;
import dev.mosey.node.store.Commit.Family;
import dev.mosey.node.store.Keys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.serialization.Snapshot;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import scala.concurrent.Future;

/**
 * Pekko's snapshot store on {@link BooksStore}: one snapshot per sequence number. A damaged
 * snapshot fails the load; an older one is never taken in silence, since the events after it may be
 * deleted.
 */
public final class StoreSnapshots extends SnapshotStore {
  private final BooksStore store = StoreSetup.storeOf(context().system());
  private final Serialization serialization = SerializationExtension.get(context().system());

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return Futures.of(store.readAfterWrites(() -> load(persistenceId, criteria)));
  }

  private Optional<SelectedSnapshot> load(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    var found = new SelectedSnapshot[1];
    down(
        persistenceId,
        criteria,
        (key, value) -> {
          long timestamp = ByteBuffer.wrap(value).getLong();
          if (!matches(timestamp, criteria)) return true;
          var bytes = Arrays.copyOfRange(value, Long.BYTES, value.length);
          var data = serialization.deserialize(bytes, Snapshot.class).get().data();
          found[0] =
              SelectedSnapshot.create(
                  new SnapshotMetadata(persistenceId, Keys.number(key), timestamp), data);
          return false;
        });
    return Optional.ofNullable(found[0]);
  }

  private void down(
      String persistenceId,
      SnapshotSelectionCriteria criteria,
      BiPredicate<byte[], byte[]> visitor) {
    var prefix = Keys.prefix(persistenceId);
    long max = criteria.maxSequenceNr();
    if (max < 0 || criteria.minSequenceNr() > max) return;
    var from = Keys.numbered(prefix, Math.max(0, criteria.minSequenceNr()));
    var to = max == Long.MAX_VALUE ? Keys.after(prefix) : Keys.numbered(prefix, max + 1);
    store.scanDown(Family.SNAPSHOTS, from, to, visitor);
  }

  private static boolean matches(long timestamp, SnapshotSelectionCriteria criteria) {
    return timestamp <= criteria.maxTimestamp() && timestamp >= criteria.minTimestamp();
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    var bytes = serialization.serialize(new Snapshot(snapshot)).get();
    var value =
        ByteBuffer.allocate(Long.BYTES + bytes.length).putLong(metadata.timestamp()).put(bytes);
    return Futures.of(
        store.commit(new Commit().put(Family.SNAPSHOTS, keyOf(metadata), value.array())));
  }

  private static byte[] keyOf(SnapshotMetadata metadata) {
    return Keys.numbered(Keys.prefix(metadata.persistenceId()), metadata.sequenceNr());
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return Futures.of(store.commit(new Commit().delete(Family.SNAPSHOTS, keyOf(metadata))));
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return Futures.of(
        store
            .readAfterWrites(
                () -> {
                  var commit = new Commit();
                  down(
                      persistenceId,
                      criteria,
                      (key, value) -> {
                        if (matches(ByteBuffer.wrap(value).getLong(), criteria))
                          commit.delete(Family.SNAPSHOTS, key);
                        return true;
                      });
                  return commit;
                })
            .thenCompose(store::commit));
  }
}
