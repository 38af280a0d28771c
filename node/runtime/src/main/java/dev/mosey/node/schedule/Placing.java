package dev.mosey.node.schedule;

import dev.mosey.node.cluster.Post;
import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.place.Asked;
import dev.mosey.policy.place.Credits;
import dev.mosey.policy.place.Credits.Credit;
import dev.mosey.policy.place.Placement;
import dev.mosey.policy.place.Room;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Enquiry;
import dev.mosey.protocol.wire.Invitation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** The queue of this node's home, the invitations it holds, and the matching of both. */
final class Placing {
  /** Of older ones their host's own report knows. */
  private static final int FLIGHTS_MAX = 1_000;

  private final NodeName self;
  private final ScheduleSettings settings;
  private final Credits credits;
  private final Asked asked;
  private final Enquiring enquiring;

  /** Starts by host that it has not counted as accepted, oldest first. */
  private final Map<NodeName, Deque<Start>> flights = new HashMap<>();

  private List<QueueHead> heads = List.of();
  private List<QueueHead> blocked = List.of();
  private long waiting;
  private long placed;
  private long rounds;
  private long invitations;

  /** Identifies one start under way. */
  private record Start(long number) {}

  Placing(NodeName self, ScheduleSettings settings) {
    this.self = self;
    this.settings = settings;
    this.credits =
        new Credits(settings.invitationAgeMax().toMillis(), settings.placingMax().toMillis());
    this.asked = new Asked(settings.placingMax().toMillis());
    this.enquiring = new Enquiring(self, settings);
  }

  /** Whether anything waits now where nothing did, or the reverse. */
  boolean queue(List<QueueHead> changed, long all) {
    boolean turned = (all > 0) != (waiting > 0);
    heads = List.copyOf(changed);
    asked.seen(heads);
    waiting = all;
    return turned;
  }

  boolean invited(Invitation invitation, Picture picture, long nowMillis) {
    NodeName host = invitation.host().node();
    if (!host.equals(self)) {
      invitations++;
    }
    boolean stands = credits.accept(invitation, nowMillis);
    enquiring.answered(host);
    if (stands && invitation.load() != null) {
      picture.heard(invitation.load(), nowMillis);
      accepted(host, credits.flights(host), picture);
    }
    return stands;
  }

  /** All but so many of the starts on their way to that host are counted in its answer. */
  private void accepted(NodeName host, int left, Picture picture) {
    Deque<Start> starts = flights.getOrDefault(host, new ArrayDeque<>());
    while (starts.size() > left) {
      picture.underway().remove(starts.removeFirst());
    }
    if (starts.isEmpty()) {
      flights.remove(host);
    }
  }

  /** Asks hosts how they are before the next round, where that matters; whether any was asked. */
  boolean enquire(
      Post post, Picture picture, BalancePolicy policy, RandomGenerator random, long nowMillis) {
    List<QueueHead> open = heads.isEmpty() ? heads : asked.without(heads, nowMillis);
    if (open.isEmpty()) {
      return false;
    }
    Set<NodeName> invited = credits.now(nowMillis).keySet();
    List<NodeName> hosts =
        enquiring.begin(
            open, picture.exported(nowMillis), invited::contains, policy, random, nowMillis);
    hosts.forEach(host -> post.send(host, new Enquiry()));
    return !hosts.isEmpty();
  }

  /** Whether answers are still waited for. */
  boolean enquires(long nowMillis) {
    return enquiring.waits(nowMillis);
  }

  long waiting() {
    return waiting;
  }

  Map<String, Double> metrics() {
    return Map.of(
        "mosey_tasks_placed_total", (double) placed,
        "mosey_placing_rounds_total", (double) rounds,
        "mosey_queue_blocked_jobs", (double) blocked.size(),
        "mosey_enquiries_sent_total", (double) enquiring.sent(),
        "mosey_invitations_received_total", (double) invitations);
  }

  List<QueueHead> blocked() {
    return blocked;
  }

  Map<NodeName, Credit> credits(long nowMillis) {
    return credits.now(nowMillis);
  }

  /** Matches what waits with what is free, and counts it as under way. */
  List<Assignment> round(
      Picture picture, BalancePolicy policy, RandomGenerator random, long nowMillis) {
    credits.retain(picture::answers);
    if (heads.isEmpty()) {
      blocked = List.of();
      return List.of();
    }
    rounds++;
    List<QueueHead> open = asked.without(heads, nowMillis);
    boolean full = open.stream().anyMatch(head -> head.now() || !head.shun().isEmpty());
    List<Room> rooms = new ArrayList<>();
    for (Room room : rooms(picture, nowMillis)) {
      if (room.state().open() && (full || room.slots() + room.ahead() > 0)) {
        rooms.add(room);
      }
    }
    var matches = Placement.match(policy, self, open, rooms, settings.lookAhead(), random);
    blocked = matches.blocked();
    asked.add(matches.assignments(), nowMillis);
    for (Assignment assignment : matches.assignments()) {
      use(assignment, picture, nowMillis);
    }
    return matches.assignments();
  }

  /**
   * Blocked jobs that every node which could ever run them has turned away, so that the home can
   * end them. A member of which no load is known yet may still have what they need.
   */
  List<BooksCommand.NoHostLeft> hopeless(Picture picture) {
    List<BooksCommand.NoHostLeft> hopeless = new ArrayList<>();
    for (QueueHead head : blocked) {
      if (head.avoid().isEmpty()) {
        continue;
      }
      Set<NodeName> candidates = new TreeSet<>(picture.hosts());
      if (!head.spec().on().isEmpty()) {
        candidates = new TreeSet<>(head.spec().on());
      }
      candidates.removeAll(head.spec().not());
      if (!candidates.isEmpty() && head.avoid().containsAll(candidates)) {
        hopeless.add(new BooksCommand.NoHostLeft(head.id().number(), candidates));
      }
    }
    return hopeless;
  }

  private void use(Assignment assignment, Picture picture, long nowMillis) {
    Resources request =
        heads.stream()
            .filter(head -> head.id().number() == assignment.job())
            .findFirst()
            .orElseThrow()
            .spec()
            .resources();
    NodeName host = assignment.host().node();
    credits.used(host, request, assignment.size(), nowMillis);
    for (int i = 0; i < assignment.size(); i++) {
      placed++;
      if (!host.equals(self)) { // this node's own report counts what it has accepted at once
        Start start = new Start(placed);
        picture.underway().add(start, host, request, nowMillis);
        Deque<Start> starts = flights.computeIfAbsent(host, name -> new ArrayDeque<>());
        starts.addLast(start);
        if (starts.size() > FLIGHTS_MAX) {
          starts.removeFirst();
        }
      }
    }
  }

  /**
   * What may be placed where: the loads that are known, with the credits that hosts have given. A
   * host of which no load is known yet, or only that of an earlier session, counts as idle.
   */
  List<Room> rooms(Picture picture, long nowMillis) {
    Map<NodeName, NodeState> states = picture.exported(nowMillis);
    List<Room> rooms = new ArrayList<>();
    credits
        .now(nowMillis)
        .forEach(
            (name, credit) -> {
              NodeState state = states.get(name);
              if (state == null || state.host().session() < credit.host().session()) {
                state = idle(credit);
              }
              if (state.host().equals(credit.host())) {
                rooms.add(new Room(state, credit.slots(), credit.free(), credit.ahead()));
              }
            });
    // Hosts that gave no credit are named with none, so that `why` can speak of them.
    states.forEach(
        (name, state) -> {
          if (rooms.stream().noneMatch(room -> room.state().name().equals(name))) {
            rooms.add(new Room(state, 0, Resources.NONE, 0));
          }
        });
    return rooms;
  }

  private static NodeState idle(Credit credit) {
    return new NodeState(
        credit.host(),
        0,
        1,
        Math.max(1, credit.slots()),
        credit.slots(),
        0,
        credit.free(),
        0,
        0,
        true,
        0,
        0);
  }
}
