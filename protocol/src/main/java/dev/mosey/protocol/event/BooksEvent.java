package dev.mosey.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.util.List;

/**
 * What a home journals. Events hold ids, ranges, offsets and hashes only; fields are only ever
 * added, and a name once given is never reused. Tasks are named by their position in the job, 0 to
 * size - 1 (a single task is position 0), and given as runs of consecutive positions. Times are
 * epoch milliseconds of the home's clock.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "e")
@JsonSubTypes({
  @JsonSubTypes.Type(value = BooksEvent.Opened.class, name = "opened"),
  @JsonSubTypes.Type(value = BooksEvent.Submitted.class, name = "submitted"),
  @JsonSubTypes.Type(value = BooksEvent.Held.class, name = "held"),
  @JsonSubTypes.Type(value = BooksEvent.Released.class, name = "released"),
  @JsonSubTypes.Type(value = BooksEvent.Ordered.class, name = "ordered"),
  @JsonSubTypes.Type(value = BooksEvent.Placed.class, name = "placed"),
  @JsonSubTypes.Type(value = BooksEvent.Moved.class, name = "moved"),
  @JsonSubTypes.Type(value = BooksEvent.MoveAborted.class, name = "move-aborted"),
  @JsonSubTypes.Type(value = BooksEvent.Requeued.class, name = "requeued"),
  @JsonSubTypes.Type(value = BooksEvent.Cleared.class, name = "cleared"),
  @JsonSubTypes.Type(value = BooksEvent.Checkpointed.class, name = "checkpointed"),
  @JsonSubTypes.Type(value = BooksEvent.ImageLost.class, name = "image-lost"),
  @JsonSubTypes.Type(value = BooksEvent.CancelAsked.class, name = "cancel-asked"),
  @JsonSubTypes.Type(value = BooksEvent.Ended.class, name = "ended"),
  @JsonSubTypes.Type(value = BooksEvent.DependencyMet.class, name = "dependency-met"),
  @JsonSubTypes.Type(value = BooksEvent.Retried.class, name = "retried")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface BooksEvent {
  /**
   * Consecutive positions of one job.
   *
   * @param from first
   * @param to last, inclusive
   */
  record Run(int from, int to) {
    /** Checks the order. */
    public Run {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("not a run: " + from + ".." + to);
      }
    }

    /** One position alone. */
    public static Run of(int position) {
      return new Run(position, position);
    }

    /** How many positions. */
    public int size() {
      return to - from + 1;
    }
  }

  /**
   * The books were opened; always the first event after a recovery. Leases granted before are
   * waited for from {@code at}. {@code nextJob} and {@code leastIncarnation}: when they come from a
   * backup, the lowest numbers that jobs, and incarnations of jobs from the backup, have from now
   * on; 0 when they do not.
   */
  record Opened(
      long epoch,
      long opening,
      String storeId,
      HostId by,
      long at,
      long nextJob,
      int leastIncarnation)
      implements BooksEvent {
    /** Not from a backup. */
    public Opened(long epoch, long opening, String storeId, HostId by, long at) {
      this(epoch, opening, storeId, by, at, 0, 0);
    }
  }

  /**
   * A job was taken in under this number. {@code key} is the submitter's idempotency key, or null;
   * {@code held} when it was submitted held.
   */
  record Submitted(long job, JobSpec spec, String key, boolean held, long at)
      implements BooksEvent {}

  /**
   * It waits until released; what runs runs on. {@code tasks} null means all of the job; else
   * {@code why} says in one line what these tasks are held for. With {@code frozen} those that run
   * are to be frozen too, by whom it says; null when not.
   */
  record Held(long job, long at, List<Run> tasks, String why, FrozenBy frozen)
      implements BooksEvent {
    /** All of the job, because somebody asked for it. */
    public Held(long job, long at) {
      this(job, at, null, null, null);
    }

    /** These tasks, as far as they wait. */
    public Held(long job, long at, List<Run> tasks, String why) {
      this(job, at, tasks, why, null);
    }
  }

  /**
   * It may start again, and what was held against any of its tasks is forgotten; whatever is frozen
   * goes on. {@code tasks} null means all of the job.
   */
  record Released(long job, long at, List<Run> tasks) implements BooksEvent {
    /** All of the job. */
    public Released(long job, long at) {
      this(job, at, null);
    }
  }

  /**
   * Its place in the queue: priority, then rank (lower = sooner; the job's number unless advanced
   * or retarded).
   */
  record Ordered(long job, int priority, long rank) implements BooksEvent {}

  /**
   * These tasks are given to a host, all with the same incarnation: the commit point of a start.
   */
  record Placed(long job, List<Run> tasks, HostId host, int incarnation, long at)
      implements BooksEvent {}

  /**
   * A task is given from its host to the target: the commit point of a move. Its new incarnation is
   * {@code incarnation}; {@code image} is null when it begins again.
   */
  record Moved(
      long job,
      int task,
      HostId from,
      HostId to,
      int incarnation,
      int move,
      Image image,
      String reason,
      double predictedGainSeconds,
      long pausedAt,
      long at)
      implements BooksEvent {}

  /**
   * The attempt {@code move} of this task, and every one with a lower number, will never be
   * committed.
   */
  record MoveAborted(long job, int task, int move, String why, long at) implements BooksEvent {}

  /**
   * The incarnation is known not to run any more, by {@code proof}; the task waits again, to go on
   * from {@code image}, or from the beginning when null. {@code hostLostAt}: when its host was lost
   * while it ran there, 0 when it was not. {@code notBefore}: when it may start again, 0 = at once.
   * {@code frozen}: by whom it was frozen, null when it was not.
   */
  record Requeued(
      long job,
      int task,
      int incarnation,
      Proof proof,
      Image image,
      String why,
      boolean countsAsFailure,
      long at,
      long hostLostAt,
      long notBefore,
      FrozenBy frozen)
      implements BooksEvent {
    /** For another reason than that it was frozen. */
    public Requeued(
        long job,
        int task,
        int incarnation,
        Proof proof,
        Image image,
        String why,
        boolean countsAsFailure,
        long at,
        long hostLostAt,
        long notBefore) {
      this(
          job,
          task,
          incarnation,
          proof,
          image,
          why,
          countsAsFailure,
          at,
          hostLostAt,
          notBefore,
          null);
    }
  }

  /** The host of this incarnation was not lost: it was cut off, and has come back. */
  record Cleared(long job, int task, int incarnation, long at) implements BooksEvent {}

  /** A checkpoint of this incarnation is kept at home. */
  record Checkpointed(long job, int task, int incarnation, Image image, long at)
      implements BooksEvent {}

  /**
   * These bytes, a checkpoint that was kept at home, are damaged or gone: the one before takes
   * their place, or the beginning.
   */
  record ImageLost(long job, int task, Blob image, String why, long at) implements BooksEvent {}

  /** The user does not want it any more. From here on it is never started again, whatever comes. */
  record CancelAsked(long job, List<Run> tasks, String user, long at) implements BooksEvent {}

  /**
   * These tasks ended alike; their output is on disk. For a single ended task {@code ends} is
   * given, for a run of several it is null.
   */
  record Ended(
      long job,
      List<Run> tasks,
      Outcome outcome,
      Exit exit,
      int incarnation,
      HostId host,
      OutputEnds ends,
      long startedAt,
      long at)
      implements BooksEvent {}

  /** A dependency (position in the job's list) holds; for {@code EACH} the tasks it holds for. */
  record DependencyMet(long job, int dependency, List<Run> tasks) implements BooksEvent {}

  /** Ended tasks of a job that is still known wait again, by the user's wish. */
  record Retried(long job, List<Run> tasks, long at) implements BooksEvent {}

  /** How a task ended for good. */
  enum Outcome {
    /** With status 0. */
    DONE,
    /** With another status or by a signal. */
    FAILED,
    /** By the user's wish, or because what it hung on failed. */
    CANCELLED,
    /** Its host was lost and it must not run twice. */
    LOST
  }

  /** Why the home knows that an incarnation does not run. */
  enum Proof {
    /** The host's own word: it is not there and never will be. */
    HOST_WORD,
    /** The host's own word that it would not take it: it never ran there. */
    REFUSED,
    /** The last lease granted has lapsed. */
    LEASE_LAPSED,
    /** The operator said so: {@code mosctl forget}. */
    FORGOTTEN
  }

  /** The node of an event's host, or null; for indexes. */
  static NodeName nodeOf(HostId host) {
    return host == null ? null : host.node();
  }
}
