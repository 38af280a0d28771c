package dev.mosey.protocol.wire;

/**
 * A request of the HTTP interface that another node must answer: its home's part of a list, or a
 * verb about one of its processes. So any node answers for the whole cluster. The request has been
 * authorised where it arrived.
 *
 * @param call unique number at the sender
 * @param user who asks
 * @param method as in HTTP
 * @param path with query, below {@code /mosey/v1}
 * @param key idempotency key, or null
 * @param body JSON, at most 48 KiB, or null
 */
public record Call(long call, String user, String method, String path, String key, byte[] body)
    implements WireMessage {}
