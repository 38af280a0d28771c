package dev.mosey.node.cluster;

import dev.mosey.protocol.wire.Envelope;

/**
 * An {@link Envelope} as it crosses the network. It is serialized by its sender's thread, so that
 * the bound on its size is kept there.
 *
 * @param name logical name and version of the message, for instance {@code report/1}
 * @param sender HOST:PORT between nodes of the sender
 * @param bytes the envelope
 */
public record Letter(String name, String sender, byte[] bytes) {}
