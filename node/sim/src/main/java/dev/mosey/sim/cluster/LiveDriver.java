package dev.mosey.sim.cluster;

import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Candidate;
import dev.mosey.policy.balance.Decision;
import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.MoveCosts;
import dev.mosey.policy.balance.NodeState;
import dev.mosey.policy.balance.Situation;
import dev.mosey.policy.gossip.GossipPolicy;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.load.Loads;
import dev.mosey.policy.place.Enquiries;
import dev.mosey.policy.place.Ranking;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The live node's classes: every node samples and decides each second, gossips each half second,
 * and places what is submitted to it by what it knows at that moment.
 */
final class LiveDriver implements Driver {
  /** Nobody reserves anything: processes share. */
  static final Resources PLENTY = Resources.of(1e9, 1e9);

  private static final long STEP_MILLIS = 500;
  private static final int PHASES_MAX = 50;

  /** Silent for less than this, a node still counts as answering. */
  private static final long SUSPECT_MILLIS = 3_000;

  /** After a move that failed. */
  private static final long BACK_OFF_MILLIS = 5_000;

  private static final int MOVES_UNDER_WAY = 8;
  private static final int LOOK_AHEAD = 64;

  /** As {@code invitations} of the live node. */
  private static final int INVITATIONS = 4;

  /** As {@code enquiries} of the live node. */
  private static final int ENQUIRIES = 16;

  private final BalancePolicy policy;
  private final Settings settings;
  private final Tunes tunes;
  private final RandomGenerator random;
  private final GossipPolicy gossip;
  private final long reportAgeMax;
  private final long residency;
  private World world;
  private boolean calm;
  private boolean over;
  private Brain[] brains;
  private List<NodeName> names;
  private int phases;
  private int windowSize;
  private final Map<Integer, Resources> requests = new HashMap<>();

  /**
   * What may be varied.
   *
   * @param tunes in force
   * @param averageAgeSteps wanted of gossip
   * @param windowMax most reports in a message
   * @param tableCapacity most nodes that a node remembers
   */
  record Settings(Tunes tunes, double averageAgeSteps, int windowMax, int tableCapacity) {
    static Settings usual(Tunes tunes) {
      return new Settings(tunes, 6, 128, 16_384);
    }
  }

  LiveDriver(BalancePolicy policy, Settings settings, RandomGenerator random) {
    this.policy = policy;
    this.settings = settings;
    this.tunes = settings.tunes();
    this.random = random;
    this.gossip =
        new GossipPolicy(
            settings.averageAgeSteps(), Math.min(8, settings.windowMax()), settings.windowMax());
    this.reportAgeMax = tunes.millis(Tune.REPORT_AGE_MAX);
    this.residency = tunes.millis(Tune.RESIDENCY);
  }

  @Override
  public void begin(World begun) {
    world = begun;
    calm = world.scenario.outages().isEmpty() && world.scenario.network().partitions().isEmpty();
    int count = world.machines.length;
    windowSize = gossip.windowSize(count);
    brains = new Brain[count];
    names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(NodeName.of(String.format("n%05d", i)));
      brains[i] = new Brain(names.get(i), world.machines[i], settings.tableCapacity());
    }
    phases = Math.min(PHASES_MAX, count);
    for (int phase = 0; phase < phases; phase++) {
      world.tickAt(phase * STEP_MILLIS / phases, phase);
    }
    if (count <= settings.tableCapacity() && count <= 2_048) {
      know(count);
    }
  }

  /** A cluster that has been up for a while: everyone has heard of everyone. */
  private void know(int count) {
    List<LoadReport> first = new ArrayList<>();
    for (Brain brain : brains) {
      first.add(brain.report(0, 0));
    }
    for (int i = 0; i < count; i++) {
      for (LoadReport report : first) {
        brains[i].table.merge(report.aged(1_000), -3_600_000);
        brains[i].table.merge(newer(report), 0);
      }
    }
  }

  private static LoadReport newer(LoadReport report) {
    return new LoadReport(
        report.host(),
        report.seq() + 1,
        500,
        report.load(),
        report.speed(),
        report.cores(),
        report.slots(),
        report.running(),
        report.free(),
        report.memoryTotalMb(),
        report.memoryFreeMb(),
        -1,
        -1,
        -1,
        report.mode(),
        0,
        0,
        0,
        null,
        0);
  }

  private static int number(NodeName name) {
    return Integer.parseInt(name.value(), 1, name.value().length(), 10);
  }

  @Override
  public void tick(int tick) {
    boolean odd = tick >= phases;
    for (int node = tick % phases; node < brains.length; node += phases) {
      Brain brain = brains[node];
      if (!brain.machine.up) {
        continue;
      }
      if (!odd) {
        brain.sample(world.load(brain.machine));
      }
      tell(brain);
      placeWaiting(brain);
      if (odd) {
        decide(brain);
      }
    }
    over = over || tick == 0 && nothingLeftToDecide();
    if (!over) {
      world.tickAt(world.nowMillis() + STEP_MILLIS, odd ? tick - phases : tick + phases);
    }
  }

  /**
   * Whether everything that there will ever be runs alone on a core, all cores being alike and
   * memory ample: then nothing can be gained any more, and what nodes tell each other until the
   * last process has ended changes nothing.
   */
  private boolean nothingLeftToDecide() {
    if (!calm || !world.allArrived() || world.moving() > 0) {
      return false;
    }
    double speed = brains[0].machine.spec.speed();
    for (Brain brain : brains) {
      Machine machine = brain.machine;
      if (!brain.waiting.isEmpty()
          || machine.running() > machine.spec.cores()
          || machine.spec.speed() != speed
          || 2 * machine.memoryMb > machine.spec.memoryMb()) {
        return false;
      }
    }
    return true;
  }

  private LoadReport report(Brain brain) {
    return brain.report(world.load(brain.machine), 0);
  }

  private boolean answers(int from, int to) {
    if (calm || from == to) {
      return true;
    }
    long now = world.nowMillis();
    Machine machine = world.machines[to];
    if (!machine.up && now - machine.downSinceMillis > SUSPECT_MILLIS) {
      return false;
    }
    long cut = world.scenario.network().cutSince(from, to, now);
    return cut < 0 || now - cut <= SUSPECT_MILLIS;
  }

  private void tell(Brain brain) {
    long now = world.nowMillis();
    int self = brain.machine.number;
    brain.table.merge(report(brain), now);
    List<NodeName> alive = new ArrayList<>();
    List<NodeName> suspects = new ArrayList<>();
    if (calm) {
      alive = new Others(names, self);
    } else {
      for (int i = 0; i < brains.length; i++) {
        if (i != self) {
          (answers(self, i) ? alive : suspects).add(names.get(i));
        }
      }
    }
    NodeName target = gossip.next(brain.told, alive, suspects, random);
    brain.told = target;
    Network network = world.scenario.network();
    if (target == null || network.loss() > 0 && random.nextDouble() < network.loss()) {
      return;
    }
    int to = number(target);
    if (world.reaches(self, to)) {
      LoadTable table = brains[to].table;
      long arrival = now + network.latencyMillis();
      for (LoadReport report :
          GossipPolicy.windowOf(brain.table, brain.name, arrival, windowSize)) {
        if (!report.host().node().equals(target)) {
          table.merge(report, now);
        }
      }
    }
  }

  /** All nodes that answer, with what is on its way there, this one first. */
  private Map<NodeName, NodeState> states(Brain brain, boolean believed, long ageMax) {
    long now = world.nowMillis();
    int self = brain.machine.number;
    Map<NodeName, NodeState> states = HashMap.newHashMap(Math.min(brain.table.size(), 1_024));
    brain.table.forEach(
        ageMax,
        now,
        (report, known) -> {
          NodeName name = report.host().node();
          if (!name.equals(brain.name) && (calm || answers(self, number(name)))) {
            states.put(name, NodeState.of(report, known));
          }
        });
    states.put(brain.name, self(brain, believed));
    return brain.underway.over(states, now);
  }

  /** This node as others see it, or with the load that it uses about itself. */
  private NodeState self(Brain brain, boolean believed) {
    NodeState own = NodeState.of(report(brain), Long.MAX_VALUE / 2);
    return believed ? own.withLoad(brain.own(world.load(brain.machine))) : own;
  }

  private void decide(Brain brain) {
    if (brain.machine.running() == 0) {
      return;
    }
    long now = world.nowMillis();
    brain.audit = brain.audit.at(now);
    NodeState self = self(brain, true);
    if (policy.quiet(self, brain.table, Loads.USUAL_DEMAND)) {
      return;
    }
    brain.restUntil.values().removeIf(until -> until <= now);
    List<Candidate> candidates = new ArrayList<>(brain.machine.running());
    for (int place = 0; place < brain.machine.running(); place++) {
      candidates.add(candidate(brain, brain.machine.task(place)));
    }
    Map<NodeName, NodeState> states = states(brain, true, 2 * reportAgeMax);
    NodeState own = states.remove(brain.name);
    Situation situation =
        new Situation(
            own,
            List.copyOf(states.values()),
            candidates,
            MoveCosts.of(tunes, brain.measured),
            Math.max(0, MOVES_UNDER_WAY - brain.leaving),
            false,
            brain.audit.caution());
    Decision decision = policy.decide(situation, random);
    for (Departure departure : decision.departures()) {
      depart(brain, departure, now);
    }
  }

  private void depart(Brain brain, Departure departure, long now) {
    int task = (int) departure.id().job() - 1;
    int to = number(departure.target());
    long age = brain.table.get(departure.target(), now).ageMillis();
    world.watch.decided(task, world.residentMillis(task), residency, age, reportAgeMax, now);
    world.recorder.used(age);
    if (world.depart(task, to, tunes.number(Tune.COST_SETUP), departure.gainSeconds())) {
      brain.leaving++;
      brain.underway.add(task, departure.target(), departure.request(), now);
    } else {
      brain.restUntil.put(task, now + BACK_OFF_MILLIS);
    }
  }

  private Candidate candidate(Brain brain, int task) {
    long bytes = (long) world.tasks.memoryMb(task) << 20;
    return new Candidate(
        new ProcessId(brains[world.tasks.home(task)].name, task + 1, ProcessId.SINGLE),
        request(task),
        world.residentMillis(task),
        bytes,
        bytes,
        MoveMode.CHECKPOINT,
        false,
        true,
        brain.restUntil.containsKey(task),
        List.of(),
        List.of());
  }

  private Resources request(int task) {
    return requests.computeIfAbsent(
        world.tasks.memoryMb(task),
        memoryMb -> Brain.request(memoryMb, world.scenario.memoryTold()));
  }

  @Override
  public void arrived(int task) {
    Brain home = brains[world.tasks.home(task)];
    home.waiting.add(task);
    if (home.machine.up && home.waiting.size() == 1) {
      placeWaiting(home);
    }
  }

  private void placeWaiting(Brain home) {
    if (home.waiting.isEmpty()) {
      return;
    }
    long now = world.nowMillis();
    Map<NodeName, NodeState> states = states(home, false, Long.MAX_VALUE);
    int refused = 0;
    while (!home.waiting.isEmpty() && refused < LOOK_AHEAD) {
      int task = home.waiting.peek();
      Resources request = request(task);
      List<NodeState> rooms =
          states.values().stream().filter(state -> state.fits(request)).toList();
      if (rooms.isEmpty()) {
        return;
      }
      if (enquire(home, rooms, request, now)) {
        states = states(home, false, Long.MAX_VALUE);
        rooms = states.values().stream().filter(state -> state.fits(request)).toList();
        if (rooms.isEmpty()) {
          return;
        }
      }
      NodeName best = Ranking.of(policy, home.name, rooms, request, task, random).getFirst();
      world.recorder.used(states.get(best).ageMillis());
      if (world.start(task, home.machine.number, number(best))) {
        home.waiting.poll();
        home.underway.add(-1 - task, best, request, now);
        states.computeIfPresent(best, (name, state) -> state.withArrival(request));
      } else {
        states.remove(best); // full or away: another one, this time
        refused++;
      }
    }
  }

  /**
   * Asks the likeliest how they are, as the live node does; the round trip counts for nothing, as
   * the writing of the books does. Whether anybody has answered.
   */
  private boolean enquire(Brain home, List<NodeState> rooms, Resources request, long now) {
    boolean answered = false;
    List<NodeName> whom =
        Enquiries.whom(
            policy,
            home.name,
            rooms,
            name -> true,
            request,
            home.waiting.size(),
            ENQUIRIES,
            random);
    for (NodeName name : whom) {
      Brain host = brains[number(name)];
      if (world.reaches(home.machine.number, host.machine.number)) {
        home.table.merge(report(host), now);
        accepted(host.machine, home);
        answered = true;
      }
    }
    return answered;
  }

  /** As the live node does when something ends: invites the homes that wait, most waiting first. */
  @Override
  public void ended(Machine machine) {
    Brain host = brains[machine.number];
    long now = world.nowMillis();
    host.table.merge(report(host), now);
    List<LoadReport> homes = new ArrayList<>();
    for (LoadReport report : host.table.waiting(Long.MAX_VALUE, now)) {
      if (world.reaches(machine.number, number(report.host().node()))) {
        homes.add(report);
      }
    }
    homes.sort(Comparator.comparingLong((LoadReport report) -> -report.waiting()));
    LoadReport own = report(host);
    for (LoadReport home : homes.subList(0, Math.min(INVITATIONS, homes.size()))) {
      Brain invited = brains[number(home.host().node())];
      if (invited != host) {
        invited.table.merge(own.aged(world.scenario.network().latencyMillis()), now);
      }
      accepted(host.machine, invited);
      placeWaiting(invited);
    }
  }

  /**
   * An invitation says how many of this home's the host has accepted: what runs there is in its
   * report and on its way no more.
   */
  private static void accepted(Machine machine, Brain home) {
    for (int place = 0; place < machine.running(); place++) {
      home.underway.remove(-1 - machine.task(place));
    }
  }

  @Override
  public void moved(int task, int from, int to, boolean failed) {
    brains[from].leaving--;
    if (failed) {
      brains[from].underway.remove(task);
      brains[from].restUntil.put(task, world.nowMillis() + BACK_OFF_MILLIS);
    }
  }

  @Override
  public void turned(Machine machine) {
    Brain brain = brains[machine.number];
    brain.forget();
    brain.leaving = 0;
  }

  @Override
  public void judged(int from, double predictedSeconds, double realisedSeconds) {
    brains[from].audit =
        brains[from].audit.judged(predictedSeconds, realisedSeconds, world.nowMillis());
  }
}
