package dev.mosey.node.schedule;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.host.ProcessHost.Guests;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.place.Invitees;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.wire.Invitation;
import java.util.HashMap;
import java.util.HashSet;
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
  private boolean repeat;
  private final Map<NodeName, Invitation> told = new HashMap<>();
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

  /** The next round tells all who are invited, news or not. */
  void repeat() {
    repeat = true;
  }

  long sent() {
    return sent;
  }

  /**
   * Answers a home that asks, as soon as this node knows itself. What is offered to it holds beside
   * what is offered to others: the first to come is served.
   *
   * @param room as for {@link #round}
   */
  void answer(NodeName home, LoadReport own, int room, Post post) {
    if (guests == null || own == null) {
      return;
    }
    int slots = Math.min(room, guests.freeSlots());
    Invitation answer =
        new Invitation(
            self,
            ++seq,
            guests.placedByHome().getOrDefault(home, 0L),
            slots > 0 ? guests.free() : Resources.NONE,
            slots,
            ahead(room),
            now(own));
    told.computeIfPresent(home, (name, last) -> answer);
    sent++;
    post.send(home, answer);
  }

  /** Beyond the slots nobody is let in where load matters. */
  private int ahead(int room) {
    return room == Integer.MAX_VALUE ? guests.ahead() : 0;
  }

  /** The report counts what has come since it was made; what has gone, its readers count. */
  private LoadReport now(LoadReport own) {
    int running = own.slots() - guests.freeSlots();
    double come = Math.max(0, running - own.running()) * Loads.USUAL_DEMAND;
    double load = own.load() + Loads.load(come, own.cores(), own.speed());
    return own.counting(load, running, guests.free());
  }

  /**
   * The invitations to send now, by home; empty until the host has said what is free. Where nothing
   * waits and the last one is as good, none is sent unless {@link #repeat} was asked for.
   *
   * @param room no more processes than these are invited, whatever is free; {@link
   *     Integer#MAX_VALUE} = any number
   */
  Map<NodeName, Invitation> round(
      Picture picture, long waitingHere, int room, RandomGenerator random) {
    if (guests == null) {
      return Map.of();
    }
    int slots = Math.min(room, guests.freeSlots());
    Map<NodeName, Integer> offers =
        Invitees.choose(
            self.node(),
            waitingHere,
            picture.others(),
            invited,
            slots + ahead(room),
            settings.invitations(),
            random);
    Set<NodeName> idle = new HashSet<>();
    picture.others().stream()
        .filter(report -> report.waiting() == 0)
        .forEach(report -> idle.add(report.host().node()));
    Map<NodeName, Invitation> invitations = new LinkedHashMap<>();
    Set<NodeName> inviting = new TreeSet<>();
    offers.forEach(
        (home, most) -> {
          long placed = guests.placedByHome().getOrDefault(home, 0L);
          int atOnce = Math.min(most, slots);
          Resources free = atOnce > 0 ? guests.free() : Resources.NONE;
          Invitation last = told.get(home);
          boolean nothingNew =
              !repeat
                  && idle.contains(home)
                  && last != null
                  && last.placed() == placed
                  && last.slots() + last.ahead() > 0
                  && most > 0;
          if (!nothingNew) {
            Invitation one = new Invitation(self, ++seq, placed, free, atOnce, most - atOnce);
            invitations.put(home, one);
            told.put(home, one);
          }
          if (most > 0 && !home.equals(self.node())) {
            inviting.add(home);
          }
        });
    invited = inviting;
    told.keySet().retainAll(offers.keySet());
    repeat = false;
    sent += invitations.size();
    return invitations;
  }
}
