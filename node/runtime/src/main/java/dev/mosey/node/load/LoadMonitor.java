package dev.mosey.node.load;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.policy.gossip.GossipFormulas;
import dev.mosey.policy.gossip.GossipPolicy;
import dev.mosey.policy.load.LoadTable;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.api.TuneView;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Gossip;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Samples this machine, spreads what it knows by gossip, keeps the table of loads and the tunes.
 *
 * <p>One state. Each second it samples and tells the scheduler the table; each half second it sends
 * a window of the freshest reports to one other node. What others say replaces what is older. A
 * change of the tunes is kept, told to the scheduler, and travels with the gossip.
 */
public final class LoadMonitor {

  /** What a load monitor understands. */
  public sealed interface Command {}

  /** A gossip message. */
  public record Received(Envelope envelope) implements Command {}

  /** Own bodies, at once and without lag. */
  public record GuestsChanged(ProcessHost.Guests guests) implements Command {}

  /**
   * What waits at this node's home.
   *
   * @param waiting how many tasks
   * @param headPriority priority of the best of them; 0 when none waits
   * @param headSinceMillis since when it waits, epoch milliseconds
   */
  public record QueueChanged(long waiting, int headPriority, long headSinceMillis)
      implements Command {}

  /**
   * This node's switch, as it is to be gossiped: {@code open}, {@code blocked}, {@code draining}.
   */
  public record ModeChanged(String mode) implements Command {}

  /** Which nodes are members and which of them do not answer now. */
  public record MembersChanged(Set<NodeName> members, Set<NodeName> unreachable)
      implements Command {}

  /**
   * Changes tunes for the whole cluster, all of them or none.
   *
   * @param values by name; an empty value sets the default again
   * @param user who wants it, for the ledger
   * @param replyTo gets the set in force, or the refusals
   */
  public record SetTunes(Map<String, String> values, String user, ActorRef<TunesAnswer> replyTo)
      implements Command {}

  /** How fast its cores are from now on, kept over restarts; answered when it is. */
  public record SetSpeed(double speed, ActorRef<Double> replyTo) implements Command {}

  /** Reads what it knows; the function must be quick and must not keep the view. */
  public record Read<T>(Function<LoadView, T> question, ActorRef<T> replyTo) implements Command {}

  /**
   * What came of a change of tunes.
   *
   * @param tunes in force now
   * @param refused by name of the tune, why in one line; when there is one, nothing was changed
   */
  public record TunesAnswer(TuneSet tunes, Map<String, String> refused) {}

  private record Sample() implements Command {}

  private record Step() implements Command {}

  private record Calibrate() implements Command {}

  private record Calibrated(double speed) implements Command {}

  /**
   * What it works with.
   *
   * @param settings of its section
   * @param post to the other nodes
   * @param machine to sample; closed with the actor
   * @param kept what it keeps over restarts
   * @param setSpeed speed that was set; empty = measured once
   * @param calibration measures the speed; called once at most, on a thread of its own
   * @param clock for ages
   * @param wall for what users see
   * @param random for whom to tell
   * @param loads told the table after every change that counts
   * @param tunes told the tunes in force, at the start and when they change
   */
  public record Parts(
      LoadSettings settings,
      Post post,
      Machine machine,
      KeptFigures kept,
      OptionalDouble setSpeed,
      DoubleSupplier calibration,
      BootClock clock,
      InstantSource wall,
      RandomGenerator random,
      Consumer<LoadSnapshot> loads,
      Consumer<TuneSet> tunes) {}

  /** Speed until it is known. */
  private static final double STANDARD_SPEED = 1;

  private static final long CALIBRATION_SPREAD = 3_000;

  /** Reports of nodes on the same machine older than this do not count as bodies there. */
  private static final long SIBLING_AGE_MAX_MILLIS = 15_000;

  /** How many nodes hear of changed tunes at once, beside the usual gossip. */
  private static final int TOLD_AT_ONCE = 3;

  private final ActorContext<Command> context;
  private final Parts parts;
  private final NodeName self;
  private final GossipPolicy gossip;
  private final LoadTable table;
  private final OwnLoad own;
  private Tunes tunes;
  private Set<NodeName> members;
  private Set<NodeName> unreachable = Set.of();
  private NodeName lastTold;
  private long lastStepMillis;
  private long lastRefreshMillis;
  private boolean calibrating;
  private long gossipSent;
  private long gossipReceived;
  private long reportsMerged;
  private long samples;

  /** Starts sampling and gossiping at once. */
  public static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new LoadMonitor(context, timers, parts).running()));
  }

  private boolean speedSet;

  private LoadMonitor(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
    this.context = context;
    this.parts = parts;
    context.setLoggerName(LoadMonitor.class);
    LoadSettings settings = parts.settings();
    this.self = parts.post().self().node();
    this.members = Set.of(self);
    this.gossip =
        new GossipPolicy(settings.averageAgeSteps(), settings.windowMin(), settings.windowMax());
    this.table = new LoadTable(settings.tableCapacity(), settings.urgentRepeats());
    this.tunes = new Tunes(parts.kept().tunes());
    OptionalDouble speed = parts.setSpeed().isPresent() ? parts.setSpeed() : parts.kept().speed();
    this.own =
        new OwnLoad(
            parts.post().self(),
            settings.cores(),
            speed.orElse(STANDARD_SPEED),
            parts.machine().sample());
    timers.startTimerWithFixedDelay(new Sample(), settings.sampleInterval());
    timers.startTimerWithFixedDelay(new Step(), settings.gossipInterval());
    if (speed.isEmpty()) {
      // Nodes of one machine that start together should not measure together.
      timers.startSingleTimer(
          new Calibrate(),
          settings.calibrationDelay().plusMillis(parts.random().nextLong(CALIBRATION_SPREAD)));
    }
    parts.tunes().accept(tunes.set());
    refresh();
  }

  private Behavior<Command> running() {
    return Behaviors.receive(Command.class)
        .onAnyMessage(this::handle)
        .onSignal(
            PostStop.class,
            stopped -> {
              parts.machine().close();
              return Behaviors.same();
            })
        .build();
  }

  private Behavior<Command> handle(Command command) {
    switch (command) {
      case Sample m -> sample();
      case Step m -> step();
      case Received m -> received(m.envelope());
      case GuestsChanged m -> {
        own.guests(m.guests());
        refreshSoon();
        stepSoon();
      }
      case QueueChanged m -> own.queue(m.waiting(), m.headPriority(), m.headSinceMillis());
      case ModeChanged m -> {
        own.mode(m.mode());
        refresh();
        stepSoon();
      }
      case MembersChanged m -> membersChanged(m);
      case SetTunes m -> setTunes(m);
      case Calibrate m -> calibrate();
      case Calibrated m -> {
        context.getLog().info("event=calibrated measured={}", m.speed());
        if (!speedSet) {
          own.speed(parts.kept().keep(m.speed()));
          refresh();
        }
      }
      case SetSpeed m -> {
        speedSet = true;
        parts.kept().set(m.speed());
        own.speed(m.speed());
        refresh();
        stepSoon();
        m.replyTo().tell(m.speed());
      }
      case Read<?> m -> answer(m);
    }
    return Behaviors.same();
  }

  private <T> void answer(Read<T> read) {
    read.replyTo().tell(read.question().apply(new View()));
  }

  private void sample() {
    samples++;
    long now = parts.clock().millis();
    Machine.Sample sample = parts.machine().sample();
    int siblings = 0;
    int bodies = 0;
    for (LoadReport report : table.all(now)) {
      boolean here = sample.id() != null && sample.id().equals(report.machine());
      if (here && answers(report.host().node()) && report.ageMillis() <= SIBLING_AGE_MAX_MILLIS) {
        siblings++;
        bodies += report.running();
      }
    }
    own.siblings(siblings, bodies);
    own.sampled(sample);
    refresh();
  }

  /** Whether it is another member that answers. */
  private boolean answers(NodeName name) {
    return !name.equals(self) && members.contains(name) && !unreachable.contains(name);
  }

  /**
   * A new report of this node into the table at once; to the scheduler, who hears of its guests
   * itself, no oftener than there are steps of gossip to spare.
   */
  private void refreshSoon() {
    long now = parts.clock().millis();
    if (now - lastRefreshMillis >= parts.settings().gossipInterval().toMillis() / 4) {
      refresh();
    } else {
      table.merge(own.report(parts.wall().millis()), now);
    }
  }

  /** A new report of this node, into the table and to the scheduler. */
  private void refresh() {
    long now = parts.clock().millis();
    long wall = parts.wall().millis();
    LoadReport report = own.report(wall);
    table.merge(report, now);
    lastRefreshMillis = now;
    List<LoadSnapshot.Known> others = new ArrayList<>();
    for (LoadReport other : table.all(now)) {
      NodeName name = other.host().node();
      if (answers(name)) {
        others.add(new LoadSnapshot.Known(other, table.knownMillis(name, now)));
      }
    }
    parts.loads().accept(new LoadSnapshot(report, own.belief(wall), others, now));
  }

  private void step() {
    List<NodeName> alive = new ArrayList<>();
    List<NodeName> suspects = new ArrayList<>();
    for (NodeName name : members) {
      if (!name.equals(self)) {
        (unreachable.contains(name) ? suspects : alive).add(name);
      }
    }
    NodeName target = gossip.next(lastTold, alive, suspects, parts.random());
    if (target != null) {
      lastTold = target;
      tell(target);
    }
  }

  private void tell(NodeName target) {
    long now = parts.clock().millis();
    lastStepMillis = now;
    gossipSent++;
    parts
        .post()
        .send(target, new Gossip(gossip.window(table, self, members.size(), now), tunes.set()));
  }

  /** Something changed that others should hear of before the next step, but not in a flood. */
  private void stepSoon() {
    if (parts.clock().millis() - lastStepMillis
        >= parts.settings().gossipInterval().toMillis() / 4) {
      step();
    }
  }

  private void received(Envelope envelope) {
    if (!(envelope.message() instanceof Gossip news)) {
      return;
    }
    gossipReceived++;
    long now = parts.clock().millis();
    for (LoadReport report : news.window()) {
      NodeName name = report.host().node();
      if (!name.equals(self) && members.contains(name) && table.merge(report, now)) {
        reportsMerged++;
      }
    }
    if (news.tunes().beats(tunes.set())) {
      adopt(new Tunes(news.tunes()));
    }
  }

  private void membersChanged(MembersChanged change) {
    members = new TreeSet<>(change.members());
    members.add(self);
    unreachable = Set.copyOf(change.unreachable());
    table.retain(members::contains);
    refresh();
    step();
  }

  private void setTunes(SetTunes wish) {
    Map<String, String> refused = tunes.refusals(wish.values());
    if (refused.isEmpty()) {
      adopt(tunes.with(wish.values(), self, wish.user()));
      List<NodeName> alive = new ArrayList<>(members.stream().filter(this::answers).toList());
      Collections.shuffle(alive, parts.random());
      alive.stream().limit(TOLD_AT_ONCE).forEach(this::tell);
    }
    wish.replyTo().tell(new TunesAnswer(tunes.set(), refused));
  }

  private void adopt(Tunes changed) {
    tunes = changed;
    parts.kept().keep(changed.set());
    parts.tunes().accept(changed.set());
    context
        .getLog()
        .info(
            "event=tunes version={} by={} values={}",
            changed.set().version(),
            changed.set().by(),
            changed.set().values());
  }

  /** Not on a dispatcher's thread: a second of computing would hold up other actors. */
  private void calibrate() {
    if (calibrating) {
      return;
    }
    calibrating = true;
    OptionalDouble known = parts.kept().speed();
    if (known.isPresent()) { // another node of this machine was first
      context.getSelf().tell(new Calibrated(known.getAsDouble()));
      return;
    }
    ActorRef<Command> me = context.getSelf();
    Thread thread =
        new Thread(() -> me.tell(new Calibrated(parts.calibration().getAsDouble())), "calibration");
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.setDaemon(true);
    thread.start();
  }

  /** What this node knows of itself is always fresh, and in a small cluster a large part of all. */
  private double averageAgeOfOthersMillis(long now) {
    LoadReport report = table.get(self, now);
    if (report == null || table.size() < 2) {
      return 0;
    }
    double sum = table.averageAgeMillis(now) * table.size() - report.ageMillis();
    return sum / (table.size() - 1);
  }

  /** The average age that the formula says for the window in force. */
  private double expectedAgeSeconds() {
    int nodes = members.size();
    return nodes < 2
        ? 0
        : GossipFormulas.averageAge(Math.min(gossip.windowSize(nodes), nodes), nodes)
            * parts.settings().gossipInterval().toMillis()
            / 1_000;
  }

  private final class View implements LoadView {
    @Override
    public LoadReport own() {
      return table.get(self, parts.clock().millis());
    }

    @Override
    public double ownLoad() {
      return own.belief(parts.wall().millis()).load();
    }

    @Override
    public List<LoadReport> reports() {
      List<LoadReport> reports = new ArrayList<>(table.all(parts.clock().millis()));
      reports.sort(
          Comparator.comparing((LoadReport report) -> !report.host().node().equals(self))
              .thenComparing(LoadReport::host));
      return reports;
    }

    @Override
    public TuneSet tuneSet() {
      return tunes.set();
    }

    @Override
    public List<TuneView> tunes() {
      return tunes.views();
    }

    @Override
    public List<String> unread() {
      return own.unread();
    }

    @Override
    public Map<String, Double> metrics() {
      long now = parts.clock().millis();
      LoadReport report = own();
      Map<String, Double> metrics = new TreeMap<>();
      metrics.put("mosey_load", report.load());
      metrics.put("mosey_load_own", ownLoad());
      metrics.put("mosey_load_foreign", report.foreign());
      metrics.put("mosey_speed", report.speed());
      metrics.put("mosey_cores", (double) report.cores());
      metrics.put("mosey_memory_free_mebibytes", (double) report.memoryFreeMb());
      metrics.put("mosey_swap_free_mebibytes", (double) report.swapFreeMb());
      metrics.put("mosey_load_table_nodes", (double) table.size());
      metrics.put("mosey_load_age_average_seconds", averageAgeOfOthersMillis(now) / 1_000);
      metrics.put("mosey_load_age_max_seconds", table.maximalAgeMillis(now) / 1_000.0);
      metrics.put("mosey_load_age_expected_seconds", expectedAgeSeconds());
      metrics.put("mosey_load_samples_total", (double) samples);
      metrics.put("mosey_gossip_window_reports", (double) gossip.windowSize(members.size()));
      metrics.put("mosey_gossip_sent_total", (double) gossipSent);
      metrics.put("mosey_gossip_received_total", (double) gossipReceived);
      metrics.put("mosey_gossip_reports_merged_total", (double) reportsMerged);
      metrics.put("mosey_tunes_version", (double) tunes.set().version());
      return metrics;
    }
  }
}
