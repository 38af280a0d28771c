package dev.mosey.protocol.wire;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Resources;

/**
 * A host's standing acceptances (credits): the home may place so much there without asking. It
 * replaces the invitation before it and stands until replaced, used up, or older than the home's
 * bound. The host may still refuse what comes, when others were quicker.
 *
 * @param host in its present session
 * @param seq grows with every invitation of this session
 * @param placed incarnations placed by this home that the host had accepted when it counted: starts
 *     under way are not counted twice
 * @param free what is free
 * @param slots how many processes more, at most
 * @param ahead how many beyond that may come and wait there, because those there end within moments
 */
public record Invitation(HostId host, long seq, long placed, Resources free, int slots, int ahead)
    implements WireMessage {}
