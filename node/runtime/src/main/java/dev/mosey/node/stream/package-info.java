/**
 * Carries blobs (images, jars, environments, input files) from node to node over connections of
 * their own, apart from the messages, so that a large image delays no heartbeat. Mutual TLS with
 * the cluster's key; blocking I/O on virtual threads.
 */
package dev.mosey.node.stream;
