package dev.mosey.node.home;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What must not be swept away.
 *
 * @param blobs images, jars, environments and lines that jobs in the books name
 * @param jobs numbers of the jobs in the books, and of those whose ends the history still lacks
 * @param newestJob the highest number given out: what is younger is not known here
 */
record Keep(Set<String> blobs, Set<Long> jobs, long newestJob) {
  /** As the books say now. */
  static Keep of(Ledger ledger) {
    Set<String> blobs = new HashSet<>();
    ledger.books().blobsNeeded().forEach(blob -> blobs.add(blob.sha256()));
    Set<Long> jobs = new HashSet<>();
    ledger.books().jobs().forEach(job -> jobs.add(job.number()));
    for (List<HistoryRow> rows : ledger.unprojected().values()) {
      rows.forEach(row -> jobs.add(row.id().job()));
    }
    return new Keep(blobs, jobs, ledger.books().nextJob() - 1);
  }
}
