package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost.Guests;
import dev.mosey.policy.place.Invitees;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Invitation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** The invitations that this node's host gives to homes. */
final class Inviting {
  private final HostId self;
  private final ScheduleSettings settings;
  private Guests guests;
  private Set<NodeName> invited = Set.of();
  private long seq;
  private long sent;

  Inviting(HostId self, ScheduleSettings settings) {
    this.self = self;
    this.settings = settings;
  }

  void guests(Guests changed) {
    guests = changed;
  }

  long sent() {
    return sent;
  }

  /** The invitations to send now, by home; empty until the host has said what is free. */
  Map<NodeName, Invitation> round(
      Picture picture, long waitingHere, boolean open, RandomGenerator random) {
    if (guests == null) {
      return Map.of();
    }
    Map<NodeName, Integer> offers =
        Invitees.choose(
            self.node(),
            waitingHere,
            picture.others(),
            invited,
            open ? guests.freeSlots() : 0,
            settings.invitations(),
            random);
    Map<NodeName, Invitation> invitations = new LinkedHashMap<>();
    Set<NodeName> now = new TreeSet<>();
    offers.forEach(
        (home, slots) -> {
          long placed = guests.placedByHome().getOrDefault(home, 0L);
          Resources free = slots > 0 ? guests.free() : Resources.NONE;
          invitations.put(home, new Invitation(self, ++seq, placed, free, slots));
          if (slots > 0 && !home.equals(self.node())) {
            now.add(home);
          }
        });
    invited = now;
    sent += invitations.size();
    return invitations;
  }
}
