package dev.mosey.policy.books;

import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Orders;
import java.util.Map;

/** What a home does once the events of the same turn are synced, and never before. */
public sealed interface Effect {
  /**
   * Send these orders. {@code Start} orders of a job with {@code entries} still lack their {@code
   * entry}: who sends fills it in.
   */
  record SendOrders(NodeName to, Orders orders) implements Effect {}

  /**
   * Bring this image from {@code image.at()} into this home's store, sync it, and say {@link
   * BooksCommand.ImageKept} or {@link BooksCommand.ImageNotKept}.
   *
   * @param incarnation that packed it
   */
  record FetchImage(ProcessId process, int incarnation, Image image) implements Effect {}

  /**
   * A host could not go on from this image, which is kept here: read it, and when it is not what it
   * was, throw it away and say {@link BooksCommand.ImageDamaged}.
   */
  record CheckImage(ProcessId process, Image image) implements Effect {}

  /**
   * Find out what became of this job, in the history or from its home, and say {@link
   * BooksCommand.DependencyEnded}; again and again until it has ended or can't be known.
   */
  record AskDependency(JobId job) implements Effect {}

  /**
   * Other hosts are left out now, or let in again: tell the operator.
   *
   * @param excluded those that are left out, or only probed, and why
   */
  record TrustChanged(Map<NodeName, String> excluded) implements Effect {
    /** Copies the map. */
    public TrustChanged {
      excluded = Map.copyOf(excluded);
    }
  }

  /** What waits has changed: tell the scheduler the new heads. */
  record QueueChanged() implements Effect {}
}
