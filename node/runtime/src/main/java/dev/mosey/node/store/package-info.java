/**
 * What a node keeps on its own disk: books, history and spool in RocksDB; blobs and output beside
 * it. Everything that is acknowledged was synced before; damage is named and never skipped. The
 * choice of the store and its figures: {@code docs/adr/0001-embedded-store.md}.
 */
package dev.mosey.node.store;
