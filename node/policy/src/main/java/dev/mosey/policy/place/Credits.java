package dev.mosey.policy.place;

import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Invitation;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The invitations that a home holds, less what it has placed since. An invitation counts what its
 * host had accepted of this home when it was written ({@code placed}), so that starts under way are
 * neither counted twice nor forgotten. Not for several threads.
 */
public final class Credits {
  private final long ageMaxMillis;
  private final long flightMaxMillis;
  private final Map<NodeName, Standing> standing = new HashMap<>();

  private static final class Standing {
    Invitation invitation;
    long atMillis;
    final ArrayDeque<Flight> flights = new ArrayDeque<>();
  }

  private record Flight(Resources request, long sinceMillis) {}

  /**
   * What may be placed on a host now.
   *
   * @param host in its session
   * @param slots processes more
   * @param free resources
   * @param ahead processes beyond that, which wait there for others to end
   */
  public record Credit(HostId host, int slots, Resources free, int ahead) {}

  /**
   * None yet.
   *
   * @param ageMaxMillis an invitation older than this stands no longer
   * @param flightMaxMillis what has been placed and is not accepted within this counts no more: the
   *     home may have declined it
   */
  public Credits(long ageMaxMillis, long flightMaxMillis) {
    this.ageMaxMillis = ageMaxMillis;
    this.flightMaxMillis = flightMaxMillis;
  }

  /**
   * Takes an invitation, unless it is overtaken by one that it has.
   *
   * @return whether it stands now
   */
  public boolean accept(Invitation invitation, long nowMillis) {
    HostId host = invitation.host();
    Standing known = standing.computeIfAbsent(host.node(), name -> new Standing());
    Invitation last = known.invitation;
    if (last == null || host.session() > last.host().session()) {
      known.flights.clear();
    } else if (host.session() < last.host().session() || invitation.seq() <= last.seq()) {
      return false;
    } else {
      long accepted = invitation.placed() - last.placed();
      while (accepted-- > 0 && !known.flights.isEmpty()) {
        known.flights.removeFirst();
      }
    }
    known.invitation = invitation;
    known.atMillis = nowMillis;
    return true;
  }

  /** So many tasks have been placed on a host. */
  public void used(NodeName host, Resources request, int tasks, long nowMillis) {
    Standing known = standing.get(host);
    if (known != null) {
      for (int i = 0; i < tasks; i++) {
        known.flights.addLast(new Flight(request, nowMillis));
      }
    }
  }

  /** How many placed there it has not accepted yet. */
  public int flights(NodeName host) {
    Standing known = standing.get(host);
    return known == null ? 0 : known.flights.size();
  }

  /** Forgets hosts that are not wanted, for instance because they do not answer. */
  public void retain(Predicate<NodeName> wanted) {
    standing.keySet().removeIf(name -> !wanted.test(name));
  }

  /** What may be placed now, by host; hosts whose invitation is too old are not in it. */
  public Map<NodeName, Credit> now(long nowMillis) {
    Map<NodeName, Credit> credits = new HashMap<>();
    standing.values().removeIf(known -> nowMillis - known.atMillis > ageMaxMillis);
    standing.forEach(
        (name, known) -> {
          known.flights.removeIf(flight -> nowMillis - flight.sinceMillis() > flightMaxMillis);
          Resources free = known.invitation.free();
          for (Flight flight : known.flights) {
            free = free.minus(flight.request());
          }
          int left = known.invitation.slots() - known.flights.size();
          int ahead = Math.max(0, known.invitation.ahead() + Math.min(0, left));
          credits.put(name, new Credit(known.invitation.host(), Math.max(0, left), free, ahead));
        });
    return credits;
  }
}
