package dev.mosey.node.home;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Brings blobs of other nodes into this node's store. */
@FunctionalInterface
public interface ImageFetcher {
  /**
   * Fetches a blob unless it is here.
   *
   * @param from who may have it, in the order in which they are asked
   * @return completed when it is whole, checked and durable here; fails with a message of one line
   */
  CompletionStage<Blob> fetch(List<NodeName> from, Blob blob);
}
