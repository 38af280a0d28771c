package dev.mosey.node.home;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.config.HomeSettings;
import dev.mosey.node.store.BlobStore;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.node.store.OutputStore;
import dev.mosey.node.store.SpaceWatch;
import dev.mosey.node.stream.BlobSource;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.policy.lease.Now;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.NodeName;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a home is made of.
 *
 * @param post also says which node this is, in its present session
 * @param storeId identity of the data directory
 * @param newEpoch whether the books come from a backup or from elsewhere and must get a new epoch
 * @param fromBackup whether they are older than the last that were written
 * @param journalPlugin id of the journal
 * @param snapshotPlugin id of the snapshot store
 * @param output what processes wrote
 * @param history opens the history; again after a failed write
 * @param blobs images, jars, environments
 * @param space whether the disk has room for new work
 * @param fetcher brings images from other nodes
 * @param dependencies finds out what became of jobs that are not in the books
 * @param keptByOthers blobs that somebody else on this node needs (its guests): not swept
 * @param settings bounds of the actor
 * @param limits bounds of the books
 * @param leaseRules how long leases are waited for
 * @param rules of "at most one": {@link Rules#SAFE}
 * @param passing told of each effect before it is done
 * @param wallClock what people read
 * @param bootClock what leases are counted on
 * @param epochRaised told once when restored books have durably got their new epoch
 * @param broken told with one line when nothing can be written any more: the node should end
 */
public record HomeParts(
    Post post,
    String storeId,
    boolean newEpoch,
    boolean fromBackup,
    String journalPlugin,
    String snapshotPlugin,
    OutputStore output,
    Supplier<HistoryStore> history,
    BlobStore blobs,
    SpaceWatch space,
    BlobSource fetcher,
    Dependencies dependencies,
    Supplier<Set<String>> keptByOthers,
    HomeSettings settings,
    BooksLimits limits,
    LeaseRules leaseRules,
    Rules rules,
    Consumer<Object> passing,
    InstantSource wallClock,
    BootClock bootClock,
    Runnable epochRaised,
    Consumer<String> broken) {
  /** Whose books. */
  public NodeName name() {
    return post.self().node();
  }

  /** Both clocks. */
  Now now() {
    return new Now(wallClock.millis(), bootClock.millis());
  }
}
