package dev.mosey.protocol.wire;

/**
 * What one node sends another. Every message is idempotent, numbered where order matters, and at
 * most 64 KiB once serialized; it is sent at most once and may be lost, repeated or overtaken.
 * Repair is always the next {@link Report} and the {@link Orders} that answer it. Fields are only
 * ever added; a message that the other side does not know is dropped by it.
 *
 * <p>No message holds an actor reference: nodes are addressed by name, in an {@link Envelope}.
 */
public sealed interface WireMessage
    permits Report,
        Orders,
        Offer,
        OfferAnswer,
        TakeImage,
        ImageTaken,
        OfferWithdrawn,
        Output,
        OutputTaken,
        Invitation,
        Gossip,
        Hello,
        Call,
        CallAnswer {}
