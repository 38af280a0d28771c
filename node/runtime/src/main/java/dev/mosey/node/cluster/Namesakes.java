package dev.mosey.node.cluster;

import dev.mosey.protocol.id.NodeName;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells a member that comes back from another address from a copy of its data directory that was
 * started beside it: both have its name and its books. Whoever comes is let in once the member has
 * not answered a question for a while, and refused once it has answered one that was asked after
 * the other came. A plain object of the {@link Membership}'s actor.
 */
final class Namesakes {
  private final long patienceMillis;
  private final Map<NodeName, Case> cases = new HashMap<>();

  /** Who came, and when the member was asked last of all that it has answered. */
  private record Case(String address, long sinceMillis, long answeredMillis) {}

  /** Who comes is ... */
  enum Verdict {
    /** ... not known yet: ask the member, and wait for the next knock. */
    ASK,
    /** ... another: the member lives. */
    RIVAL,
    /** ... the member itself, in a later life. */
    SUCCESSOR
  }

  /**
   * Nobody has come yet.
   *
   * @param patienceMillis so long a member may take to answer; how long the word of one that has
   *     answered holds, too
   */
  Namesakes(long patienceMillis) {
    this.patienceMillis = patienceMillis;
  }

  /** Judges who knocks under the name of a member, from another address than the member's. */
  Verdict judge(NodeName name, String address, long nowMillis) {
    Case known = cases.get(name);
    if (known != null && known.answeredMillis() >= known.sinceMillis()) {
      if (nowMillis - known.answeredMillis() <= patienceMillis) {
        return Verdict.RIVAL;
      }
      known = null;
    }
    if (known == null || !known.address().equals(address)) {
      cases.put(name, new Case(address, nowMillis, Long.MIN_VALUE));
      return Verdict.ASK;
    }
    if (nowMillis - known.sinceMillis() <= patienceMillis) {
      return Verdict.ASK;
    }
    cases.remove(name);
    return Verdict.SUCCESSOR;
  }

  /** The member of this name has answered, from its own address, what it was asked at that time. */
  void answered(NodeName name, long askedMillis) {
    cases.computeIfPresent(
        name,
        (n, known) ->
            new Case(
                known.address(),
                known.sinceMillis(),
                Math.max(known.answeredMillis(), askedMillis)));
  }
}
