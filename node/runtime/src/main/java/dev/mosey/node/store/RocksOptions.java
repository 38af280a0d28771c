package dev.mosey.node.store;

import dev.mosey.node.store.Commit.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Statistics;
import org.rocksdb.WALRecoveryMode;

/** RocksDB's settings, with the native objects that must outlive the database. */
final class RocksOptions implements AutoCloseable {
  private static final long INFO_LOG_BYTES = 1 << 20;
  private static final int BLOOM_BITS_PER_KEY = 10;

  private final DBOptions database;
  private final Cache cache;
  private final BloomFilter filter = new BloomFilter(BLOOM_BITS_PER_KEY);
  private final List<ColumnFamilyDescriptor> columns = new ArrayList<>();
  private final Statistics statistics;

  RocksOptions(StoreSettings.Books settings, boolean counting) {
    cache = new LRUCache(settings.cacheBytes());
    statistics = counting ? new Statistics() : null;
    database =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setParanoidChecks(true)
            // The default ends the recovery at the first damaged record without a word.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            .setMaxOpenFiles(settings.openFilesMax())
            // What is not synced stays in this process, and is lost with it as with the machine.
            .setManualWalFlush(!settings.synced())
            .setMaxTotalWalSize(settings.logBytesMax())
            .setMaxBackgroundJobs(2)
            .setMaxLogFileSize(INFO_LOG_BYTES)
            .setKeepLogFileNum(2)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0)
            .setMaxManifestFileSize(INFO_LOG_BYTES);
    if (statistics != null) database.setStatistics(statistics);
    for (var family : Family.embedded())
      columns.add(
          new ColumnFamilyDescriptor(
              family.column.getBytes(StandardCharsets.US_ASCII),
              new ColumnFamilyOptions()
                  .setWriteBufferSize(settings.memtableBytes())
                  .setCompressionType(CompressionType.NO_COMPRESSION)
                  .setTableFormatConfig(
                      new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter))));
  }

  DBOptions database() {
    return database;
  }

  List<ColumnFamilyDescriptor> columns() {
    return columns;
  }

  Statistics statistics() {
    return statistics;
  }

  @Override
  public void close() {
    columns.forEach(column -> column.getOptions().close());
    database.close();
    filter.close();
    cache.close();
    if (statistics != null) statistics.close();
  }
}
