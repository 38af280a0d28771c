package dev.mosey.node.host;

import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.store.BlobStore;
import dev.mosey.protocol.id.NodeName;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a node offers its bodies.
 *
 * @param node its name
 * @param keeper runs operating-system processes
 * @param blobs images, jars, input files
 * @param blocking where work that waits for the disk is done
 * @param bootMillis the clock of the leases
 * @param settings the bounds
 */
record Place(
    NodeName node,
    Keeper keeper,
    BlobStore blobs,
    Executor blocking,
    LongSupplier bootMillis,
    HostSettings settings) {}
