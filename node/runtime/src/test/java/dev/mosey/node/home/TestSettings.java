package dev.mosey.node.home;

import dev.mosey.node.config.HomeSettings;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.node.stream.BlobSource;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The settings of tests with one of them changed. */
record TestSettings(HomeSettings base) {
  static HomeSettings with(UnaryOperator<TestSettings> change) {
    return change.apply(new TestSettings(TestHome.SETTINGS)).base();
  }

  /** The same home with another history. */
  static HomeParts withHistory(HomeParts parts, Supplier<HistoryStore> history) {
    return changed(parts, history, parts.fetcher(), parts.dependencies(), false, () -> {});
  }

  /** The same home with another way to get images. */
  static HomeParts withFetcher(HomeParts parts, BlobSource fetcher) {
    return changed(parts, parts.history(), fetcher, parts.dependencies(), false, () -> {});
  }

  /** The same home with other homes to ask. */
  static HomeParts withDependencies(HomeParts parts, Dependencies dependencies) {
    return changed(parts, parts.history(), parts.fetcher(), dependencies, false, () -> {});
  }

  /** The same home from a backup. */
  static HomeParts restored(HomeParts parts, Runnable raised) {
    return changed(parts, parts.history(), parts.fetcher(), parts.dependencies(), true, raised);
  }

  private static HomeParts changed(
      HomeParts parts,
      Supplier<HistoryStore> history,
      BlobSource fetcher,
      Dependencies dependencies,
      boolean restored,
      Runnable epochRaised) {
    return new HomeParts(
        parts.post(),
        parts.storeId(),
        restored,
        restored,
        parts.journalPlugin(),
        parts.snapshotPlugin(),
        parts.output(),
        history,
        parts.blobs(),
        parts.space(),
        fetcher,
        dependencies,
        parts.keptByOthers(),
        parts.settings(),
        parts.limits(),
        parts.leaseRules(),
        parts.rules(),
        parts.passing(),
        parts.wallClock(),
        parts.bootClock(),
        epochRaised,
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
