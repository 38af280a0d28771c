package dev.mosey.node.schedule;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.ProcessHost.GuestView;
import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Candidate;
import dev.mosey.policy.balance.Decision;
import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.balance.Evacuation;
import dev.mosey.policy.balance.Link;
import dev.mosey.policy.balance.MoveCosts;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.Situation;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.api.MoveView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All moves away from this node: what is decided, what is under way, what came of it. */
final class Moves {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);
  private static final Set<String> NOT_ACCEPTED = Set.of("running", "offered");

  private final NodeName self;
  private final ScheduleSettings settings;
  private final MoveLedger ledger;
  private final Audit audit;
  private final BackOff<ProcessId> processes;
  private final BackOff<NodeName> targets;
  private final Map<ProcessId, Moving> moving = new LinkedHashMap<>();
  private Map<ProcessId, GuestView> guests = Map.of();
  private Map<ProcessId, Stay> stays = Map.of();
  private final KeptCosts costs;
  private Tunes tunes;
  private Map<NodeName, Double> measured;
  private Map<NodeName, Link> links;
  private long begun;
  private long done;
  private long failed;
  private long rounds;
  private double pauseSeconds;

  /**
   * A move that has been begun.
   *
   * @param departure what was decided
   * @param imageBytes of its image when it was decided
   * @param sinceMillis on the boot clock
   * @param automatic whether it counts against the bound
   * @param askers who wants to be told
   */
  record Moving(
      Departure departure,
      long imageBytes,
      long sinceMillis,
      boolean automatic,
      List<ActorRef<MoveOutcome>> askers) {}

  Moves(NodeName self, ScheduleSettings settings, MoveLedger ledger, KeptCosts costs, Instant now) {
    this.self = self;
    this.costs = costs;
    this.measured = costs.setups(now);
    this.links = costs.links(now);
    this.settings = settings;
    this.ledger = ledger;
    this.audit = new Audit(ledger);
    this.processes = new BackOff<>(settings.backOff(), settings.backOffMax());
    this.targets = new BackOff<>(settings.backOff(), settings.backOffMax());
  }

  void guests(ProcessHost.Guests changed) {
    Map<ProcessId, GuestView> now = new TreeMap<>();
    changed.guests().forEach(guest -> now.put(guest.id(), guest));
    guests = now;
  }

  GuestView guest(ProcessId id) {
    return guests.get(id);
  }

  /** Every guest, as it was told last. */
  List<GuestView> views() {
    return List.copyOf(guests.values());
  }

  /** What is here and not already on its way out or gone. */
  List<ProcessId> here() {
    return guests.values().stream()
        .filter(guest -> !guest.phase().equals("left") && !guest.phase().equals("arriving"))
        .map(GuestView::id)
        .toList();
  }

  Set<ProcessId> moving() {
    return Set.copyOf(moving.keySet());
  }

  boolean isMoving(ProcessId id) {
    return moving.containsKey(id);
  }

  Map<ProcessId, Stay> stays() {
    return stays;
  }

  /** One round of balancing: what is to be begun now. */
  List<Departure> balance(
      Picture picture,
      BalancePolicy policy,
      Tunes tunes,
      boolean stay,
      RandomGenerator random,
      Times now) {
    costs.write(now.boot());
    keepUnderWay(picture, now);
    Map<NodeName, NodeState> states = picture.believed(now.boot());
    NodeState own = states.get(self);
    if (own != null) {
      audit.look(own, states, now);
    }
    if (own == null || guests.isEmpty()) {
      stays = Map.of();
      return List.of();
    }
    rounds++;
    long automatic = moving.values().stream().filter(Moving::automatic).count();
    Situation situation =
        new Situation(
            own,
            peers(states, now.boot()),
            here().stream().map(id -> candidate(guests.get(id), now)).toList(),
            price(tunes),
            (int) Math.max(0, settings.movesUnderWay() - automatic),
            stay,
            audit.caution());
    Decision decision = policy.decide(situation, random);
    stays = decision.stays();
    return decision.departures();
  }

  private MoveCosts price(Tunes inForce) {
    return MoveCosts.of(inForce, measured, links);
  }

  /** What moves from here have cost, and what has been measured. */
  KeptCosts costs() {
    return costs;
  }

  /** The way to another node has been measured. */
  void linked(NodeName target, Link link, Times now) {
    Instant at = Instant.ofEpochMilli(now.wall());
    costs.linked(target, link, at);
    links = costs.links(at);
  }

  /**
   * A target books room when it accepts, and before that it may have to fetch and load a program:
   * until then no report of it can show what is on offer, however new.
   */
  private void keepUnderWay(Picture picture, Times now) {
    for (Moving move : moving.values()) {
      Departure departure = move.departure();
      GuestView guest = guests.get(departure.id());
      if (guest != null && NOT_ACCEPTED.contains(guest.phase())) {
        picture.underway().add(departure.id(), departure.target(), departure.request(), now.boot());
      }
    }
  }

  /** Where these would go, whatever the loads: for drain, expel and by hand. */
  Decision evacuate(
      List<ProcessId> ids,
      Picture picture,
      BalancePolicy policy,
      Tunes tunes,
      String reason,
      Times now) {
    return Evacuation.plan(
        policy,
        peers(picture.exported(now.boot()), now.boot()),
        ids.stream().map(id -> candidate(guests.get(id), now)).toList(),
        price(tunes),
        tunes.millis(Tune.REPORT_AGE_MAX),
        reason);
  }

  private List<NodeState> peers(Map<NodeName, NodeState> states, long bootMillis) {
    return states.values().stream()
        .filter(state -> !state.name().equals(self) && !targets.holds(state.name(), bootMillis))
        .toList();
  }

  private Candidate candidate(GuestView guest, Times now) {
    return new Candidate(
        guest.id(),
        guest.spec().resources(),
        Math.max(0, now.wall() - guest.arrivedAtMillis()),
        guest.rssBytes(),
        guest.imageBytes(),
        guest.spec().move(),
        guest.spec().lock(),
        guest.phase().equals("running") && !moving.containsKey(guest.id()),
        processes.holds(guest.id(), now.boot()),
        guest.spec().on(),
        guest.spec().not());
  }

  /** A move has been told to the host. */
  void begun(
      Departure departure,
      boolean automatic,
      ActorRef<MoveOutcome> asker,
      Picture picture,
      Times now) {
    LOG.info(
        "event=move id={} to={} reason={} gain={}s cost={}s",
        departure.id(),
        departure.target(),
        departure.reason(),
        Math.round(departure.gainSeconds() * 100) / 100.0,
        Math.round(departure.costSeconds() * 100) / 100.0);
    begun++;
    GuestView guest = guests.get(departure.id());
    List<ActorRef<MoveOutcome>> askers = new ArrayList<>();
    if (asker != null) {
      askers.add(asker);
    }
    moving.put(
        departure.id(),
        new Moving(
            departure, guest == null ? 0 : guest.imageBytes(), now.boot(), automatic, askers));
    picture.underway().add(departure.id(), departure.target(), departure.request(), now.boot());
  }

  /** A move has ended; says so to the ledger and to who asked, if anything is known of it. */
  void ended(MoveOutcome outcome, Picture picture, Tunes tunes, Times now) {
    Moving ended = moving.remove(outcome.id());
    if (ended == null) {
      return;
    }
    LOG.info(
        "event=move-ended id={} to={} failed={} pause={}ms",
        outcome.id(),
        outcome.target(),
        outcome.failed(),
        outcome.pauseMillis());
    Departure departure = ended.departure();
    if (outcome.failed() == null) {
      done++;
      pauseSeconds += outcome.pauseMillis() / 1_000;
      processes.succeeded(outcome.id());
      targets.succeeded(departure.target());
      measured =
          price(tunes)
              .measuredTo(departure.target(), ended.imageBytes(), outcome.pauseMillis() / 1_000)
              .measured();
      Double setup = measured.get(departure.target());
      if (setup != null) {
        costs.measured(departure.target(), setup, Instant.ofEpochMilli(now.wall()));
      }
      Map<ProcessId, GuestView> rest = new TreeMap<>(guests);
      rest.remove(outcome.id());
      guests = rest;
    } else {
      failed++;
      processes.failed(outcome.id(), now.boot());
      targets.failed(departure.target(), now.boot());
      picture.underway().remove(outcome.id());
    }
    MoveView line = line(outcome, departure, now);
    ledger.append(line);
    if (outcome.failed() == null) {
      audit.moved(departure, line, outcome.pauseMillis() / 1_000, now.boot());
    }
    ended.askers().forEach(asker -> asker.tell(outcome));
  }

  private MoveView line(MoveOutcome outcome, Departure departure, Times now) {
    Map<String, Double> figures = new HashMap<>(departure.figures());
    figures.put("cost_seconds", departure.costSeconds());
    return new MoveView(
        outcome.id().toString(),
        self.value(),
        departure.target().value(),
        Instant.ofEpochMilli(now.wall()),
        outcome.failed() == null ? outcome.pauseMillis() / 1_000 : null,
        departure.reason(),
        departure.gainSeconds(),
        null,
        outcome.failed() == null ? "moved" : outcome.failed(),
        new TreeMap<>(figures));
  }

  /**
   * Tunes are in force. A change that was made at this node is a line of the ledger: what moves
   * gain before and after it is then to be seen in one place. The first ones are none: they were in
   * force before the node began.
   */
  void tuned(Tunes newer, Times now) {
    if (tunes != null && self.equals(newer.set().by()) && newer.set().beats(tunes.set())) {
      ledger.append(
          MoveView.tuned(
              self.value(),
              Instant.ofEpochMilli(now.wall()),
              newer.changesSince(tunes)
                  + (newer.set().user() == null ? "" : ", by " + newer.set().user()),
              newer.set().version()));
    }
    tunes = newer;
  }

  /** Moves of which nothing has been heard for too long. */
  List<MoveOutcome> silent(long bootMillis) {
    return moving.values().stream()
        .filter(move -> bootMillis - move.sinceMillis() > settings.movePatience().toMillis())
        .map(
            move ->
                new MoveOutcome(
                    move.departure().id(), null, "nothing has been heard of it for too long", 0))
        .toList();
  }

  /** What the moves of this node have gained. */
  Audit audit() {
    return audit;
  }

  /** Why a user's wish can't be; null when it can. */
  String refusal(Scheduler.Move wish, Picture picture) {
    GuestView guest = guests.get(wish.id());
    if (guest == null || guest.phase().equals("left")) {
      return StayReason.NOT_SETTLED.sentence(); // the home says that it is here: soon, or just now
    }
    if (!guest.spec().move().moves()) {
      return StayReason.CANNOT_MOVE.sentence();
    }
    if (isMoving(wish.id()) || !guest.phase().equals("running")) {
      return StayReason.NOT_SETTLED.sentence();
    }
    if (self.equals(wish.target())) {
      return "it runs on " + self + " already";
    }
    if (wish.target() != null && !picture.answers(wish.target())) {
      return wish.target() + " is no member that answers";
    }
    return null;
  }

  Map<String, Double> metrics() {
    Map<String, Double> metrics = new TreeMap<>(audit.metrics());
    metrics.put("mosey_balance_rounds_total", (double) rounds);
    metrics.put("mosey_moves_begun_total", (double) begun);
    metrics.put("mosey_moves_done_total", (double) done);
    metrics.put("mosey_moves_failed_total", (double) failed);
    metrics.put("mosey_moves_under_way", (double) moving.size());
    metrics.put("mosey_move_pause_seconds_total", pauseSeconds);
    links.forEach(
        (node, link) -> {
          metrics.put(
              "mosey_link_round_trip_seconds{to=\"" + node + "\"}", link.roundTripSeconds());
          metrics.put(
              "mosey_link_carry_bytes_per_second{to=\"" + node + "\"}", link.carryBytesPerSecond());
        });
    return metrics;
  }
}
