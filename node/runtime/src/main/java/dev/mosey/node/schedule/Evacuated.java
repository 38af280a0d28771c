package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.protocol.id.ProcessId;
import java.util.List;
import java.util.SortedMap;

/**
 * What came of an evacuation.
 *
 * @param moves each that was tried
 * @param left what still runs here, and why
 */
public record Evacuated(
    List<ProcessHost.MoveOutcome> moves, SortedMap<ProcessId, StayReason> left) {}
