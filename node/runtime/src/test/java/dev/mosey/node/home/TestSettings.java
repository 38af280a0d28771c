package dev.mosey.node.home;

import dev.mosey.node.config.HomeSettings;
import dev.mosey.node.store.HistoryStore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The settings of tests with one of them changed. */
record TestSettings(HomeSettings base) {
  static HomeSettings with(UnaryOperator<TestSettings> change) {
    return change.apply(new TestSettings(TestHome.SETTINGS)).base();
  }

  /** The same home with another history. */
  static HomeParts withHistory(HomeParts parts, Supplier<HistoryStore> history) {
    return new HomeParts(
        parts.post(),
        parts.storeId(),
        parts.restored(),
        parts.journalPlugin(),
        parts.snapshotPlugin(),
        parts.output(),
        history,
        parts.blobs(),
        parts.space(),
        parts.fetcher(),
        parts.dependencies(),
        parts.keptByOthers(),
        parts.settings(),
        parts.limits(),
        parts.leaseRules(),
        parts.wallClock(),
        parts.bootClock(),
        parts.epochRaised(),
        parts.broken());
  }

  TestSettings pendingMax(int max) {
    return changed(max, base.snapshotRecords(), base.pageMax());
  }

  TestSettings snapshotRecords(int records) {
    return changed(base.pendingMax(), records, base.pageMax());
  }

  TestSettings pageMax(int max) {
    return changed(base.pendingMax(), base.snapshotRecords(), max);
  }

  private TestSettings changed(int pendingMax, int snapshotRecords, int pageMax) {
    return new TestSettings(
        new HomeSettings(
            pendingMax,
            base.batchMax(),
            snapshotRecords,
            base.snapshotEvents(),
            base.tick(),
            base.reopenLeast(),
            base.reopenMost(),
            base.lagMax(),
            base.headsMax(),
            pageMax,
            base.outputPendingMax(),
            base.withheldMax(),
            base.sweepAfter()));
  }
}
