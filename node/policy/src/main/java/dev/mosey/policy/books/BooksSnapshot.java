package dev.mosey.policy.books;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.JobSpec;
import java.util.Comparator;
import java.util.List;

/**
 * The books at one moment, as they are written down. What has ended long ago is in the history
 * only.
 *
 * @param home whose
 * @param storeId drawn with the data directory; null before the first opening
 * @param epoch see {@code BooksId}
 * @param opening see {@code BooksId}
 * @param nextJob number of the next job
 * @param firstRank lowest rank given out by an advance
 * @param lastRank highest rank given out by a retard
 * @param jobs all that is known, by number
 * @param ended numbers of the jobs among them that are over, in the order in which they ended
 * @param keys idempotency keys, the oldest first
 * @param lost nodes that were lost, the oldest first; absent in what was written before it existed
 * @param fromBackup what comes from a backup; absent in what was written before it existed
 */
public record BooksSnapshot(
    NodeName home,
    String storeId,
    long epoch,
    long opening,
    long nextJob,
    long firstRank,
    long lastRank,
    List<JobPart> jobs,
    List<Long> ended,
    List<KeyPart> keys,
    List<LostPart> lost,
    FromBackup fromBackup) {
  /** An absent list becomes an empty one. */
  public BooksSnapshot {
    fromBackup = fromBackup == null ? FromBackup.NOTHING : fromBackup;
    lost = lost == null ? List.of() : List.copyOf(lost);
  }

  /** One job. */
  public record JobPart(
      long number,
      JobSpec spec,
      String key,
      boolean held,
      int priority,
      long rank,
      long submittedAt,
      long endedAt,
      List<Run> waiting,
      List<EndingPart> endings,
      List<Element> elements,
      List<List<Run>> met) {
    /** Absent lists become empty ones. */
    public JobPart {
      waiting = waiting == null ? List.of() : List.copyOf(waiting);
      endings = endings == null ? List.of() : List.copyOf(endings);
      elements = elements == null ? List.of() : List.copyOf(elements);
      met = met == null ? List.of() : List.copyOf(met);
    }
  }

  /** Tasks that ended alike. */
  public record EndingPart(Ending ending, List<Run> tasks) {
    /** By the first task. */
    static final Comparator<EndingPart> ORDER =
        Comparator.comparingInt(part -> part.tasks.get(0).from());
  }

  /** One idempotency key and the job that it named. */
  public record KeyPart(String key, long job) {}

  /** A node that was lost, and the jobs of this home that ran there. */
  public record LostPart(NodeName node, long atMillis, List<Long> jobs) {
    /** Copies the list. */
    public LostPart {
      jobs = List.copyOf(jobs);
    }
  }
}
