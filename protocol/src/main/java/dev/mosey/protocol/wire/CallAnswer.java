package dev.mosey.protocol.wire;

/**
 * The answer to a {@link Call}.
 *
 * @param call its number
 * @param status as in HTTP
 * @param body JSON, at most 48 KiB: longer lists are paged
 */
public record CallAnswer(long call, int status, byte[] body) implements WireMessage {}
