package dev.mosey.node.gateway;

import dev.mosey.node.home.HomeQuery;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.api.WhyView;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.job.ArraySpec;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the gateway reads of its own node's home, live and ended alike. */
interface JobReader {
  /** A job, with {@code element} -1; or one of its tasks, by array index. */
  CompletableFuture<Optional<JobView>> find(JobId job, int element);

  /** The indices of a job's tasks; empty for a job of one task or none at all. */
  CompletableFuture<Optional<ArraySpec>> array(JobId job);

  /**
   * A page of the jobs of this home: what lives, then, when wanted, what has ended; or that alone.
   */
  CompletableFuture<Page<JobView>> list(HomeQuery query, boolean historyOnly);

  /**
   * Why a task waits, stays or moved; for a whole array the first that waits, else the first that
   * runs.
   */
  CompletableFuture<Optional<WhyView>> why(JobId job, int element);

  /** Why the queue stands. */
  CompletableFuture<WhyView> why();

  /**
   * A part of its kept output.
   *
   * @param stream 1 or 2
   * @param attempt incarnation whose log is wanted, cut parts included; 0 = what counts now
   */
  CompletableFuture<Optional<OutputPart>> output(
      JobId job, int element, int stream, long offset, int max, int attempt);
}
