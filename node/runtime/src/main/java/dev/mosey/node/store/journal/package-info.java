/**
 * Pekko Persistence on the store of this node: {@code mosey.journal} and {@code mosey.snapshots}.
 */
package dev.mosey.node.store.journal;
