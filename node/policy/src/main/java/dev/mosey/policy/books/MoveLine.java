package dev.mosey.policy.books;

import dev.mosey.protocol.id.HostId;

/**
 * A move that was journalled.
 *
 * @param from the source
 * @param to the target
 * @param reason one word of the move ledger
 * @param gainSeconds predicted
 * @param pausedAtMillis epoch milliseconds of the safe point, by the source's clock
 * @param atMillis epoch milliseconds of the commit, by the home's clock
 */
public record MoveLine(
    HostId from,
    HostId to,
    String reason,
    double gainSeconds,
    long pausedAtMillis,
    long atMillis) {}
