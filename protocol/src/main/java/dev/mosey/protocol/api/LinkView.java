package dev.mosey.protocol.api;

import java.time.Instant;

/**
 * What a move from one node to another costs: measured without a move, and learnt from moves. What
 * is not known is absent.
 *
 * @param from node
 * @param to node
 * @param roundTripMs of a small message there and back
 * @param startMs from the wish to start a body there until it runs
 * @param writeBytesPerSecond at which an image is kept at {@code from}
 * @param carryBytesPerSecond at which it is fetched, checked and kept at {@code to}
 * @param readBytesPerSecond at which it is read there
 * @param measuredAt when that was
 * @param setupMs of moves beside the way of their images
 * @param moves that this comes from
 * @param movedAt when the newest of them ended
 */
public record LinkView(
    String from,
    String to,
    Double roundTripMs,
    Double startMs,
    Double writeBytesPerSecond,
    Double carryBytesPerSecond,
    Double readBytesPerSecond,
    Instant measuredAt,
    Double setupMs,
    Long moves,
    Instant movedAt) {}
