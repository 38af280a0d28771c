package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report;
import java.util.List;
import java.util.Set;

/**
 * What can be asked of a home. Jobs are named by their number at this home, tasks by their position
 * in the job (0 to size - 1); {@code tasks} null means all of the job.
 */
public sealed interface BooksCommand {
  /**
   * First of all after a recovery: opens the books.
   *
   * @param by the node that opens them, in its present session; its own guests need no lease
   * @param storeId drawn with the data directory; another one than before raises the epoch
   * @param newEpoch whether they were restored, replaced or taken over: then the epoch is raised to
   *     the time in seconds at least, so that no two restores of one backup share one
   * @param fromBackup whether they are older than the last that were written: then ids and
   *     incarnations go on far above them
   */
  record Open(HostId by, String storeId, boolean newEpoch, boolean fromBackup)
      implements BooksCommand {
    /** Of books that are the last that were written. */
    public Open(HostId by, String storeId, boolean newEpoch) {
      this(by, storeId, newEpoch, false);
    }
  }

  /**
   * Takes a job in; answered {@link BooksReply.Accepted}.
   *
   * @param key the submitter's idempotency key, or null
   * @param held whether it waits until released
   */
  record Submit(String key, JobSpec spec, boolean held) implements BooksCommand {}

  /**
   * The user does not want these tasks any more.
   *
   * @param waitingOnly whether what is with a host stays as it is
   */
  record Cancel(long job, List<Run> tasks, String user, boolean waitingOnly)
      implements BooksCommand {
    /** All of them. */
    public Cancel(long job, List<Run> tasks, String user) {
      this(job, tasks, user, false);
    }
  }

  /** It waits until released; what runs runs on. */
  record Hold(long job) implements BooksCommand {}

  /** It may start again. */
  record Release(long job) implements BooksCommand {}

  /** Another priority: lower = sooner. */
  record Prioritise(long job, int priority) implements BooksCommand {}

  /** To the front of its priority. */
  record Advance(long job) implements BooksCommand {}

  /** To the end of its priority. */
  record Retard(long job) implements BooksCommand {}

  /** Starts it now, whatever the load: urgent, released, and its time has come. */
  record RunNow(long job) implements BooksCommand {}

  /**
   * What has ended waits again.
   *
   * @param failedOnly only what failed or was lost
   */
  record Retry(long job, List<Run> tasks, boolean failedOnly) implements BooksCommand {}

  /**
   * Delivers a signal to running tasks.
   *
   * @param request unique per wish: repeated orders signal once
   */
  record Signal(long job, List<Run> tasks, int signal, String request) implements BooksCommand {}

  /**
   * Asks the hosts of running tasks to move them.
   *
   * @param target where to, or null for anywhere else
   * @param reason one word of the move ledger
   */
  record PleaseMove(long job, List<Run> tasks, NodeName target, String reason)
      implements BooksCommand {}

  /**
   * Running tasks are packed and wait, frozen, until {@link Thaw}; those that can't be packed stand
   * still where they are.
   */
  record Freeze(long job, List<Run> tasks) implements BooksCommand {}

  /** Frozen tasks go on, those that were packed as soon as a host has room. */
  record Thaw(long job, List<Run> tasks) implements BooksCommand {}

  /**
   * Asks the hosts of running tasks for a checkpoint now.
   *
   * @param request unique per wish: repeated orders save once
   */
  record Save(long job, List<Run> tasks, String request) implements BooksCommand {}

  /** Gives waiting tasks to hosts; answered {@link BooksReply.Placed}. */
  record Place(List<Assignment> assignments) implements BooksCommand {
    /** Copies the list. */
    public Place {
      assignments = List.copyOf(assignments);
    }
  }

  /**
   * These are all nodes on which the job could run at all; when each of them has said for good that
   * it lacks the command, what waits of it fails with 127 (126 when it is there but not
   * executable).
   */
  record NoHostLeft(long job, Set<NodeName> candidates) implements BooksCommand {
    /** Copies the set. */
    public NoHostLeft {
      candidates = Set.copyOf(candidates);
    }
  }

  /** A host's report has come in. */
  record HostReport(Report report) implements BooksCommand {}

  /**
   * An image was fetched, checked and synced at this home.
   *
   * @param incarnation that packed it
   * @param image as it is here now: {@code at} is this home
   */
  record ImageKept(ProcessId process, int incarnation, Image image) implements BooksCommand {}

  /** An image could not be fetched this time. */
  record ImageNotKept(ProcessId process, int incarnation, String why) implements BooksCommand {}

  /**
   * An image that was kept at this home can't be read any more; it was thrown away.
   *
   * @param why one line
   */
  record ImageDamaged(ProcessId process, Blob image, String why) implements BooksCommand {}

  /** The operator's word that nothing runs on this node any more: {@code mosctl forget}. */
  record Forget(NodeName node) implements BooksCommand {}

  /** The operator's word that this host is in order: it is left out no longer. */
  record Trust(NodeName node) implements BooksCommand {}

  /**
   * What became of a job on which others wait, at another home or in the history here. Repeated
   * with more until all its tasks are named; with neither when it is not known anywhere: what hangs
   * on it is cancelled.
   *
   * @param array its indices, or null for one task
   * @param ok positions that ended well
   * @param bad positions that ended otherwise
   */
  record DependencyEnded(JobId job, ArraySpec array, List<Run> ok, List<Run> bad)
      implements BooksCommand {
    /** Copies the lists. */
    public DependencyEnded {
      ok = List.copyOf(ok);
      bad = List.copyOf(bad);
    }
  }

  /** Time has passed; about once a second. */
  record Tick() implements BooksCommand {}
}
