package dev.mosey.sim.explore;

import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.wire.WireMessage;

/** A message under way. */
record InFlight(NodeName from, NodeName to, WireMessage message) {}
