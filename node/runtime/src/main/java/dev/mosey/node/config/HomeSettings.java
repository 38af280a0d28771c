package dev.mosey.node.config;

import java.time.Duration;

/**
 * The bounds of a home. See {@code mosd.home} in {@code reference.conf}.
 *
 * @param pendingMax commands that may wait for the next write; beyond it the answer is "busy"
 * @param batchMax commands in one journal record
 * @param snapshotRecords records between two snapshots
 * @param snapshotEvents events after which a snapshot is taken even if the records are fewer
 * @param tick how often lapses, begin times and repeats are looked after
 * @param reopenLeast wait before the books are opened again after a failed write
 * @param reopenMost the same at most, when it keeps failing
 * @param lagMax ended tasks that may wait to be written to the history
 * @param headsMax tasks of which the scheduler is told
 * @param pageMax items that one read may list
 * @param outputPendingMax bytes of output that may wait to be written
 * @param withheldMax how long the report of an end may wait for its output before the rest of the
 *     report is read without it
 * @param sweepAfter how long blobs that no job names yet are kept
 */
public record HomeSettings(
    int pendingMax,
    int batchMax,
    int snapshotRecords,
    int snapshotEvents,
    Duration tick,
    Duration reopenLeast,
    Duration reopenMost,
    int lagMax,
    int headsMax,
    int pageMax,
    long outputPendingMax,
    Duration withheldMax,
    Duration sweepAfter) {
  private static final int MANY = 10_000_000;

  static HomeSettings read(Section section) {
    Section journal = section.in("journal");
    return new HomeSettings(
        section.whole("pending-max", 1, MANY),
        section.whole("batch-max", 1, MANY),
        journal.whole("snapshot-records", 10, MANY),
        journal.whole("snapshot-events", 10, MANY),
        section.duration("tick", Duration.ofMillis(10), Duration.ofSeconds(10)),
        journal.duration("reopen-least", Duration.ofMillis(10), Duration.ofMinutes(1)),
        journal.duration("reopen-most", Duration.ofMillis(10), Duration.ofHours(1)),
        section.whole("history-lag-max", 1, MANY),
        section.whole("queue-heads-max", 1, MANY),
        section.whole("page-max", 1, MANY),
        section.bytes("output-pending-max", 1 << 16, 1L << 40),
        section.duration("withheld-max", Duration.ZERO, Duration.ofMinutes(1)),
        section.duration("sweep-after", Duration.ZERO, Duration.ofDays(365)));
  }
}
