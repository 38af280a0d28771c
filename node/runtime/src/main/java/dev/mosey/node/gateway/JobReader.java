package dev.mosey.node.gateway;

import dev.mosey.node.home.History;
import dev.mosey.node.home.HomeQuery;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.SumView;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.ArraySpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the gateway reads of its own node's home, live and ended alike. */
interface JobReader {
  /** A job, with {@code element} -1; or one of its tasks, by array index. */
  CompletableFuture<Optional<JobView>> find(JobId job, int element);

  /** Whether output of it is still to be copied to a file; false once that was tried. */
  CompletableFuture<Boolean> copies(JobId job, int element);

  /** The job that was submitted last; empty when there was none, or nothing is left of it. */
  CompletableFuture<Optional<JobView>> newest();

  /** The indices of a job's tasks; empty for a job of one task or none at all. */
  CompletableFuture<Optional<ArraySpec>> array(JobId job);

  /**
   * A page of the jobs of this home: what lives, then, when wanted, what has ended; or that alone.
   */
  CompletableFuture<Page<JobView>> list(HomeQuery query, boolean historyOnly);

  /** Counts what has ended at this home, as {@link History#sums}; next gives the next part. */
  CompletableFuture<Page<SumView>> sums(HomeQuery query, List<String> keys);

  /**
   * Why a task waits, stays or moved; for a whole array the first that waits, else the first that
   * runs.
   *
   * @param node of which it is to be said whether it could run there; empty: of all, if it waits
   *     for room
   */
  CompletableFuture<Optional<WhyView>> why(JobId job, int element, Optional<NodeName> node);

  /** Why the queue stands; how this node is, or all are. */
  CompletableFuture<WhyView> why(Optional<NodeName> node);

  /** A part of its kept output. */
  CompletableFuture<Optional<OutputPart>> output(JobId job, int element, OutputQuery query);
}
