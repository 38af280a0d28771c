package dev.mosey.node.host;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.stream.BlobSource;
import dev.mosey.node.stream.FileBlobs;
import dev.mosey.policy.guests.Capacity;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.GuestsSettings;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.WireMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** Two hosts and a home in one JVM, and between them a post that loses, repeats and delays. */
final class TwoHosts implements AutoCloseable {
  static final HostId BETA = new HostId(NodeName.of("beta"), 1);
  static final HostId GAMMA = new HostId(NodeName.of("gamma"), 1);
  private static final HostId ALPHA = new HostId(NodeName.of("alpha"), 1);

  final ActorTestKit kit = ActorTestKit.create();
  final Keeper keeper = Bench.keeper();
  final Map<NodeName, FileBlobs> blobs = new HashMap<>();
  final Map<NodeName, ActorRef<ProcessHost.Command>> hosts = new HashMap<>();
  final FakeHome home = new FakeHome((to, message) -> post(ALPHA, to, message));
  private final ScheduledExecutorService delays = Executors.newSingleThreadScheduledExecutor();
  private final Random random;
  private final double lost;

  /**
   * @param lost which share of the messages is lost, and as many are repeated or late
   */
  TwoHosts(Path directory, long seed, double lost, HostSettings settings) {
    this.random = new Random(seed);
    this.lost = lost;
    for (var host : List.of(ALPHA, BETA, GAMMA)) {
      blobs.put(host.node(), new FileBlobs(directory.resolve(host.node() + "-blobs")));
    }
    for (var host : List.of(BETA, GAMMA)) hosts.put(host.node(), host(host, directory, settings));
    delays.scheduleWithFixedDelay(home::tick, 500, 500, TimeUnit.MILLISECONDS);
  }

  private ActorRef<ProcessHost.Command> host(HostId self, Path directory, HostSettings settings) {
    return kit.spawn(
        ProcessHost.create(
            new ProcessHost.Parts(
                new HostPost(self),
                keeper,
                blobs.get(self.node()),
                source(self.node()),
                new Forgetful(),
                BootClock.system(),
                InstantSource.system(),
                directory.resolve(self.node() + "-processes"),
                new Capacity(Resources.of(16, 100_000), 16),
                settings,
                GuestsSettings.USUAL,
                Rules.SAFE,
                effect -> {},
                null)));
  }

  private BlobSource source(NodeName node) {
    return (from, blob) ->
        CompletableFuture.supplyAsync(
            () -> {
              try (var bytes = blobs.get(from.getFirst()).open(blob.sha256())) {
                return blobs.get(node).put(bytes);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private void post(HostId from, NodeName to, WireMessage message) {
    double chance;
    double again;
    int delay;
    synchronized (random) {
      chance = random.nextDouble();
      again = random.nextDouble();
      delay = random.nextInt(30);
    }
    if (chance < lost) return;
    deliver(from, to, message, chance < 2 * lost ? delay : 0);
    if (again < lost) deliver(from, to, message, delay);
  }

  private void deliver(HostId from, NodeName to, WireMessage message, int delayMillis) {
    Runnable delivery =
        () -> {
          var envelope = new Envelope(from, to, message);
          var host = hosts.get(to);
          if (host != null) host.tell(new ProcessHost.Received(envelope));
          else home.received(envelope);
        };
    if (delayMillis == 0) delivery.run();
    else if (!delays.isShutdown()) {
      delays.schedule(delivery, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Moves it to the other host; null when it is there, else why not. */
  String move(ProcessId id, HostId from) {
    TestProbe<ProcessHost.MoveOutcome> probe = kit.createTestProbe();
    var target = from.equals(BETA) ? GAMMA : BETA;
    hosts
        .get(from.node())
        .tell(new ProcessHost.MoveOut(id, target.node(), "test", 0, probe.getRef()));
    var outcome = probe.receiveMessage(Duration.ofSeconds(70));
    probe.stop();
    return outcome.failed();
  }

  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) throw new AssertionError("not within 60 s: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    delays.shutdownNow();
    kit.shutdownTestKit();
    keeper.close();
  }

  private final class HostPost implements Post {
    private final HostId self;

    HostPost(HostId self) {
      this.self = self;
    }

    @Override
    public HostId self() {
      return self;
    }

    @Override
    public void send(NodeName to, WireMessage message) {
      post(self, to, message);
    }
  }

  /** Remembers nothing: these hosts are not restarted. */
  private static final class Forgetful implements HostMemory {
    @Override
    public Collection<BooksId> books() {
      return List.of();
    }

    @Override
    public void remember(BooksId books) {}

    @Override
    public List<Guest> spooled() {
      return List.of();
    }

    @Override
    public List<Output> output(ProcessId id, int incarnation) {
      return List.of();
    }

    @Override
    public void keep(Guest guest, List<Output> output) {}

    @Override
    public void drop(ProcessId id, int incarnation) {}

    @Override
    public Set<String> blobs() {
      return Set.of();
    }

    @Override
    public void flush() {}
  }
}
