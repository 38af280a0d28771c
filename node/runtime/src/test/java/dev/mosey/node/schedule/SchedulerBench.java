package dev.mosey.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.load.LoadSnapshot;
import dev.mosey.node.schedule.Scheduler.Command;
import dev.mosey.policy.balance.FreezeRules;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.LoadReport;
import dev.mosey.protocol.wire.Enquiry;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Invitation;
import dev.mosey.protocol.wire.WireMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** A scheduler of alpha under manual time, with probes round it. */
final class SchedulerBench implements AutoCloseable {
  static final NodeName ALPHA = NodeName.of("alpha");
  static final NodeName BETA = NodeName.of("beta");
  static final NodeName GAMMA = NodeName.of("gamma");
  static final HostId SELF = new HostId(ALPHA, 1);
  static final long WALL = 10_000_000;

  final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final Queue<BooksCommand> home = new ConcurrentLinkedQueue<>();
  private final Queue<ProcessHost.Command> host = new ConcurrentLinkedQueue<>();
  private final Queue<String> modes = new ConcurrentLinkedQueue<>();
  private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
  private final ManualTime time = ManualTime.get(kit.system());
  private final AtomicLong clock = new AtomicLong(1_000_000);
  private final Path directory;
  private final FreezeRules freeze;
  final Map<ProcessId, Fate> fates = new ConcurrentHashMap<>();
  private long seq;
  ActorRef<Command> scheduler;

  record Sent(NodeName to, WireMessage message) {}

  SchedulerBench(Path directory) {
    this(directory, FreezeRules.NEVER);
  }

  SchedulerBench(Path directory, FreezeRules freeze) {
    this.directory = directory;
    this.freeze = freeze;
  }

  private ScheduleSettings settings(int enquiries) {
    return new ScheduleSettings(
        8,
        4,
        Duration.ofSeconds(2),
        Duration.ofMillis(20),
        enquiries,
        Duration.ofMillis(20),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofMillis(1_500),
        8,
        Duration.ofSeconds(5),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        Duration.ofSeconds(10),
        1 << 20,
        100,
        freeze);
  }

  /** It asks nobody: what is placed is placed at once. */
  SchedulerBench start() {
    return start(0);
  }

  /** It asks so many. */
  SchedulerBench start(int enquiries) {
    Post post =
        new Post() {
          @Override
          public HostId self() {
            return SELF;
          }

          @Override
          public void send(NodeName to, WireMessage message) {
            sent.add(new Sent(to, message));
          }
        };
    scheduler =
        kit.spawn(
            Scheduler.create(
                new Scheduler.Parts(
                    settings(enquiries),
                    post,
                    new MoveLedger(directory, 1 << 20, 100),
                    new KeptMode(directory),
                    new KeptCosts(directory),
                    clock::get,
                    wall(),
                    new SplittableRandom(1),
                    home::add,
                    host::add,
                    modes::add,
                    id -> CompletableFuture.completedFuture(Optional.ofNullable(fates.get(id))))));
    return this;
  }

  private InstantSource wall() {
    return () -> Instant.ofEpochMilli(WALL - 1_000_000 + clock.get());
  }

  /** Alpha, beta and gamma are members; loads of them in this order. */
  SchedulerBench members(double... loads) {
    Set<NodeName> members = new TreeSet<>(List.of(ALPHA, BETA, GAMMA));
    scheduler.tell(new Scheduler.MembersChanged(members, Set.of()));
    loads(loads);
    return this;
  }

  void loads(double... loads) {
    loadsAged(0, loads);
  }

  /** The others' reports are so old. */
  void loadsAged(long ageMillis, double... loads) {
    LoadReport own = report(ALPHA, loads[0]);
    List<LoadSnapshot.Known> others = new ArrayList<>();
    others.add(new LoadSnapshot.Known(report(BETA, loads[1]).aged(ageMillis), 60_000));
    others.add(new LoadSnapshot.Known(report(GAMMA, loads[2]).aged(ageMillis), 60_000));
    scheduler.tell(new Scheduler.LoadsChanged(new LoadSnapshot(own, own, others, clock.get())));
  }

  private LoadReport report(NodeName node, double load) {
    return new LoadReport(
        new HostId(node, 1),
        ++seq,
        0,
        load,
        1,
        1,
        100,
        (int) load,
        Resources.of(100, 100_000),
        8_000,
        4_000,
        0,
        0,
        0,
        "open",
        0,
        0,
        0,
        null,
        0);
  }

  long wallMillis() {
    return WALL - 1_000_000 + clock.get();
  }

  void invite(NodeName from, long number, long placed, int slots) {
    scheduler.tell(
        new Scheduler.Received(
            new Envelope(
                new HostId(from, 1),
                ALPHA,
                new Invitation(
                    new HostId(from, 1), number, placed, Resources.of(slots, 1_000), slots, 0))));
  }

  /** It answers an enquiry: its load, and no room where it is full. */
  void answer(NodeName from, long number, double load, int slots) {
    scheduler.tell(
        new Scheduler.Received(
            new Envelope(
                new HostId(from, 1),
                ALPHA,
                new Invitation(
                    new HostId(from, 1),
                    number,
                    0,
                    Resources.of(slots, 1_000),
                    slots,
                    0,
                    report(from, load)))));
  }

  /** A home asks. */
  void enquire(NodeName home) {
    scheduler.tell(new Scheduler.Received(new Envelope(new HostId(home, 1), ALPHA, new Enquiry())));
  }

  void guests(ProcessHost.Guests guests) {
    scheduler.tell(new Scheduler.GuestsChanged(guests));
  }

  /** The clock goes on without a single timer being due on the way. */
  void leap(long millis) {
    clock.addAndGet(millis);
  }

  void pass(long millis) {
    for (long passed = 0; passed < millis; passed += 100) {
      clock.addAndGet(100);
      time.timePasses(Duration.ofMillis(100));
    }
  }

  /** What the home has been asked to place since the last time. */
  List<Assignment> placed() {
    return home().stream()
        .filter(BooksCommand.Place.class::isInstance)
        .flatMap(place -> ((BooksCommand.Place) place).assignments().stream())
        .toList();
  }

  /** What the home has been told since the last time. */
  List<BooksCommand> home() {
    settle();
    return drain(home);
  }

  /** The moves that the host has been told since the last time. */
  List<ProcessHost.MoveOut> moves() {
    settle();
    return drain(host).stream()
        .filter(ProcessHost.MoveOut.class::isInstance)
        .map(ProcessHost.MoveOut.class::cast)
        .toList();
  }

  /** The one move that the host has been told since the last time. */
  ProcessHost.MoveOut move() {
    List<ProcessHost.MoveOut> moves = moves();
    assertThat(moves).hasSize(1);
    return moves.getFirst();
  }

  /** All that the host has been told since the last time. */
  List<ProcessHost.Command> host() {
    settle();
    return drain(host);
  }

  /** The modes announced since the last time. */
  List<String> modes() {
    settle();
    return drain(modes);
  }

  /** What was sent to other nodes since the last time. */
  List<Sent> sent() {
    settle();
    return drain(sent);
  }

  /** Until everything that the scheduler tells itself has been handled, too. */
  private void settle() {
    for (int i = 0; i < 5; i++) {
      read(SchedulerView::mode);
    }
  }

  private static <T> List<T> drain(Queue<T> queue) {
    List<T> all = new ArrayList<>();
    for (T next = queue.poll(); next != null; next = queue.poll()) {
      all.add(next);
    }
    return all;
  }

  <T> T read(Function<SchedulerView, T> question) {
    TestProbe<T> probe = kit.createTestProbe();
    scheduler.tell(new Scheduler.Read<>(question, probe.ref()));
    return probe.receiveMessage();
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
