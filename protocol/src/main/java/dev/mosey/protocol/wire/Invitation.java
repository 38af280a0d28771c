package dev.mosey.protocol.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;

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
 * @param load of the host as it is now, when this answers an {@link Enquiry}; else null
 */
public record Invitation(
    HostId host,
    long seq,
    long placed,
    Resources free,
    int slots,
    int ahead,
    @JsonInclude(JsonInclude.Include.NON_NULL) LoadReport load)
    implements WireMessage {
  /** Unasked. */
  public Invitation(HostId host, long seq, long placed, Resources free, int slots, int ahead) {
    this(host, seq, placed, free, slots, ahead, null);
  }
}
