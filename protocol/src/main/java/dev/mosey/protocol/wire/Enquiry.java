package dev.mosey.protocol.wire;

/**
 * A home asks a host how it is now, before it places by old news; the host answers with an {@link
 * Invitation} that has its load. It asks for nothing to be kept: no answer is no harm.
 */
public record Enquiry() implements WireMessage {}
