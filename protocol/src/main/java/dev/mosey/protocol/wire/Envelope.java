package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;

/**
 * A message on its way between two nodes.
 *
 * @param from the sender in its present life
 * @param to for whom it is; who bears another name drops it
 * @param message what is sent
 */
public record Envelope(HostId from, NodeName to, WireMessage message) {}
