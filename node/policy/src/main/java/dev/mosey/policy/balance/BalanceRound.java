package dev.mosey.policy.balance;

import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One round of a policy that moves: keeps the books of what it has given away so far. Policies
 * differ in what a move is worth; who may move, room, memory, herds and bounds are common to all.
 */
final class BalanceRound {
  /** So many of the least loaded nodes are looked at for each process. */
  private static final int TARGETS_MAX = 32;

  /**
   * Known for less than this, a node is left alone: nodes that join together are not heard of in
   * the same moment, and the first of them must not get what is for all.
   */
  private static final long SETTLE_MILLIS = 2_000;

  /** Known for less than this, a node has just joined and may be filled in a batch. */
  private static final long JOINED_MILLIS = 15_000;

  /** Loads closer than this are equal: sums of fractions do not come out even. */
  private static final double EQUAL = 1e-9;

  private final Tunes tunes;
  private final Worth worth;
  private final Situation situation;
  private final RandomGenerator random;
  private final double differential;
  private final double margin;
  private final Market market;

  private NodeState self;
  private final List<NodeState> targets;
  private final List<Candidate> movable = new ArrayList<>();
  private final List<Departure> departures = new ArrayList<>();
  private final Map<ProcessId, Stay> stays = new HashMap<>();
  private final Map<NodeName, Boolean> roomy = new HashMap<>();

  BalanceRound(Tunes tunes, Worth worth, Situation situation, RandomGenerator random) {
    this.tunes = tunes;
    this.worth = worth;
    this.situation = situation;
    this.random = random;
    this.differential = tunes.number(Tune.DIFFERENTIAL);
    this.margin = tunes.number(Tune.COST_MARGIN) * situation.caution();
    this.self = situation.self();
    this.targets = new ArrayList<>(freshPeers());
    this.market = new Market(situation.peers().size() + 1);
    for (NodeState peer : targets) {
      roomy.put(peer.name(), peer.running() == 0 || peer.knownMillis() < JOINED_MILLIS);
    }
  }

  /**
   * Whether no move is possible: memory suffices, and no node that is known could be less loaded by
   * the differential.
   */
  static boolean quiet(Tunes tunes, NodeState self, LoadTable known, double demand) {
    boolean roomy = !shortOfMemory(tunes, self);
    double differential = tunes.number(Tune.DIFFERENTIAL);
    return roomy
        && self.load() < known.leastLoadAfter(self.name(), demand + differential) - 2 * EQUAL;
  }

  private static boolean shortOfMemory(Tunes tunes, NodeState self) {
    double low = tunes.number(Tune.MEMORY_LOW) / 100 * self.memoryTotalMb();
    return self.memoryTotalMb() > 0 && self.memoryFreeMb() < low;
  }

  /** What one move is worth. */
  interface Worth {
    /**
     * The part of its remaining time that the process would save; 0 or less when it must not go.
     *
     * @param self where it runs, its load and memory counted
     * @param target where it would go, not counted there yet
     */
    double gain(NodeState self, Candidate candidate, NodeState target, Market market);
  }

  /** One possible move with its figures. */
  private record Option(Candidate candidate, NodeState target, double gain, double cost) {
    double net() {
      return gain - cost;
    }
  }

  Decision decide() {
    for (Candidate candidate : situation.candidates()) {
      StayReason reason = mustStay(candidate);
      if (reason == null) {
        movable.add(candidate);
      } else {
        stays.put(candidate.id(), Stay.because(reason));
      }
    }
    relieveMemory();
    balanceLoad();
    for (Candidate candidate : movable) {
      stays.computeIfAbsent(candidate.id(), id -> explain(candidate));
    }
    return new Decision(departures, stays);
  }

  private StayReason mustStay(Candidate candidate) {
    if (!candidate.move().moves()) {
      return StayReason.CANNOT_MOVE;
    }
    if (!candidate.settled()) {
      return StayReason.NOT_SETTLED;
    }
    if (situation.stay()) {
      return StayReason.NODE_STAYS;
    }
    if (candidate.locked()) {
      return StayReason.LOCKED;
    }
    if (candidate.residentMillis() < tunes.millis(Tune.RESIDENCY)) {
      return StayReason.RESIDENT_TOO_SHORT;
    }
    if (candidate.imageBytes() > tunes.bytes(Tune.COST_IMAGE_MAX)) {
      return StayReason.TOO_BIG;
    }
    if (candidate.backingOff()) {
      return StayReason.BACKING_OFF;
    }
    return targets.isEmpty() ? StayReason.NO_FRESH_PEER : null;
  }

  private List<NodeState> freshPeers() {
    long ageMax = tunes.millis(Tune.REPORT_AGE_MAX);
    return situation.peers().stream()
        .filter(peer -> peer.open() && peer.ageMillis() <= ageMax)
        .filter(peer -> peer.knownMillis() >= SETTLE_MILLIS)
        .sorted(
            Comparator.comparingDouble((NodeState peer) -> peer.load() + peer.unit())
                .thenComparing(NodeState::name))
        .toList();
  }

  private void relieveMemory() {
    double total = self.memoryTotalMb();
    double low = tunes.number(Tune.MEMORY_LOW) / 100;
    if (!shortOfMemory(tunes, self)) {
      return;
    }
    double missing = tunes.number(Tune.MEMORY_HIGH) / 100 * total - self.memoryFreeMb();
    while (missing > 0 && departures.size() < budget(false)) {
      double wanted = missing;
      // The smallest that is enough, else the largest.
      Candidate candidate =
          movable.stream()
              .filter(c -> memoryTarget(c, low) != null)
              .min(
                  Comparator.<Candidate>comparingDouble(
                          c -> c.rssMb() >= wanted ? c.rssMb() : 2 * total - c.rssMb())
                      .thenComparing(Candidate::id))
              .orElse(null);
      if (candidate == null) {
        return;
      }
      NodeState target = memoryTarget(candidate, low);
      double cost = situation.costs().seconds(candidate, target.name());
      Map<String, Double> figures = figures(target, candidate);
      figures.put("memory_free_mb", (double) self.memoryFreeMb());
      figures.put("memory_wanted_mb", missing);
      depart(new Option(candidate, target, 0, cost), "memory", figures);
      missing -= candidate.rssMb();
    }
  }

  private NodeState memoryTarget(Candidate candidate, double low) {
    return targets.stream()
        .filter(t -> candidate.allows(t.name()) && t.fits(candidate.request()))
        .filter(t -> t.memoryFreeMb() - candidate.rssMb() >= low * t.memoryTotalMb())
        .max(
            Comparator.comparingLong(NodeState::memoryFreeMb)
                .thenComparing(NodeState::name, Comparator.reverseOrder()))
        .orElse(null);
  }

  private void balanceLoad() {
    Rivals rivals =
        Rivals.of(self, situation.peers(), targets, differential, tunes.millis(Tune.ROUND));
    int share = rivals.share(random);
    int sent = 0;
    while (sent < share && !movable.isEmpty()) {
      boolean batchOnly = departures.size() >= budget(false);
      if (departures.size() >= budget(true)) {
        stayAll(StayReason.ROUND_FULL);
        return;
      }
      Option best = bestOption(rivals, batchOnly);
      if (best == null) {
        if (batchOnly) {
          stayAll(StayReason.ROUND_FULL);
        }
        return;
      }
      Map<String, Double> figures = figures(best.target(), best.candidate());
      figures.put("rivals", (double) rivals.count());
      depart(best, "balance", figures);
      sent++;
    }
    if (sent >= share && rivals.count() > 0) {
      stayAll(StayReason.LEFT_TO_OTHERS);
    }
  }

  /** How many departures this round may have in all. */
  private int budget(boolean batch) {
    double usual = tunes.number(Tune.MOVES_PER_ROUND);
    double most = batch ? Math.max(usual, tunes.number(Tune.BATCH_PER_ROUND)) : usual;
    return (int) Math.min(most, situation.movesFree());
  }

  /** Those who would have gone if there had been room in this round. */
  private void stayAll(StayReason reason) {
    for (Candidate candidate : movable) {
      Stay stay = explain(candidate);
      boolean willing = stay.reason() == StayReason.ROUND_FULL;
      stays.put(candidate.id(), willing ? new Stay(reason, stay.best(), stay.figures()) : stay);
    }
  }

  private Option bestOption(Rivals rivals, boolean batchOnly) {
    NodeName drawn = rivals.draw(targets, self, random);
    Option best = null;
    for (Candidate candidate : movable) {
      Option option = paying(candidate, batchOnly, drawn);
      if (option != null && better(option, best)) {
        best = option;
      }
    }
    return best == null && drawn != null ? bestOption(Rivals.NONE, batchOnly) : best;
  }

  /** The longest expected gain wins: long runners with small images; then what computes most. */
  private static boolean better(Option option, Option best) {
    if (best == null) {
      return true;
    }
    double difference = option.net() - best.net();
    if (Math.abs(difference) > EQUAL) {
      return difference > 0;
    }
    return option.candidate().id().compareTo(best.candidate().id()) < 0;
  }

  private Option paying(Candidate candidate, boolean batchOnly, NodeName only) {
    Option best = null;
    for (NodeState target : targetsOf(candidate)) {
      if (only != null && !only.equals(target.name())
          || batchOnly && !roomy.get(target.name())
          || !crossesDifferential(candidate, target)) {
        continue;
      }
      Option option = option(candidate, target);
      if (pays(option, margin) && (best == null || option.net() > best.net() + EQUAL)) {
        best = option;
      }
    }
    return best;
  }

  private static boolean pays(Option option, double times) {
    return option.gain() > 0 && option.gain() >= times * option.cost();
  }

  private List<NodeState> targetsOf(Candidate candidate) {
    List<NodeState> allowed = new ArrayList<>();
    double low = tunes.number(Tune.MEMORY_LOW) / 100;
    for (NodeState target : targets) {
      if (allowed.size() < TARGETS_MAX
          && candidate.allows(target.name())
          && target.fits(candidate.request())
          && (target.memoryTotalMb() <= 0
              || target.memoryFreeMb() - candidate.rssMb() >= low * target.memoryTotalMb())) {
        allowed.add(target);
      }
    }
    return allowed;
  }

  private boolean crossesDifferential(Candidate candidate, NodeState target) {
    double after = target.loadAfter(candidate.request());
    return self.load() - after >= differential * target.unit() - EQUAL && self.load() > after;
  }

  private Option option(Candidate candidate, NodeState target) {
    double gain = candidate.remainingSeconds() * worth.gain(self, candidate, target, market);
    return new Option(candidate, target, gain, situation.costs().seconds(candidate, target.name()));
  }

  private void depart(Option option, String reason, Map<String, Double> figures) {
    Candidate candidate = option.candidate();
    departures.add(
        new Departure(
            candidate.id(),
            option.target().name(),
            candidate.request(),
            reason,
            option.gain(),
            option.cost(),
            Map.copyOf(figures)));
    movable.remove(candidate);
    self = self.withDeparture(candidate.request());
    targets.replaceAll(
        target ->
            target.name().equals(option.target().name())
                ? target.withArrival(candidate.request())
                : target);
    targets.sort(
        Comparator.comparingDouble((NodeState peer) -> peer.load() + peer.unit())
            .thenComparing(NodeState::name));
  }

  private Stay explain(Candidate candidate) {
    List<NodeState> allowed = targetsOf(candidate);
    if (allowed.isEmpty()) {
      return Stay.because(StayReason.NO_ROOM);
    }
    NodeState least = allowed.getFirst();
    Option best = null;
    for (NodeState target : allowed) {
      if (crossesDifferential(candidate, target)) {
        Option option = option(candidate, target);
        best = best == null || option.net() > best.net() ? option : best;
      }
    }
    if (best == null) {
      return stay(StayReason.BELOW_DIFFERENTIAL, candidate, least);
    }
    StayReason reason =
        pays(best, margin)
            ? StayReason.ROUND_FULL
            : pays(best, tunes.number(Tune.COST_MARGIN))
                ? StayReason.CAUTIOUS
                : StayReason.GAIN_TOO_SMALL;
    return stay(reason, candidate, best.target());
  }

  private Stay stay(StayReason reason, Candidate candidate, NodeState target) {
    return new Stay(reason, target.name(), Map.copyOf(figures(target, candidate)));
  }

  private Map<String, Double> figures(NodeState target, Candidate candidate) {
    Option option = option(candidate, target);
    Map<String, Double> figures = new HashMap<>();
    figures.put("load_here", self.load());
    figures.put("load_there", target.load());
    figures.put("load_there_after", target.loadAfter(candidate.request()));
    figures.put("age_there_seconds", target.ageMillis() / 1_000.0);
    figures.put("differential", differential * target.unit());
    figures.put("gain_seconds", option.gain());
    figures.put("cost_seconds", option.cost());
    figures.put("margin", margin);
    figures.put("resident_seconds", candidate.remainingSeconds());
    return figures;
  }
}
