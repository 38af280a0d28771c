package dev.mosey.node.host;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.keeper.KeeperSettings;
import dev.mosey.node.keeper.Keepers;
import dev.mosey.node.stream.BlobSource;
import dev.mosey.node.stream.FileBlobs;
import dev.mosey.policy.guests.Capacity;
import dev.mosey.policy.guests.GuestsEffect.StartBody;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.policy.guests.GuestsSettings;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.WireMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;

/** One process under the real keeper, with a home that only takes output. */
final class Bench implements AutoCloseable {
  static final HostId SELF = new HostId(NodeName.of("beta"), 1);
  static final NodeName HOME = NodeName.of("alpha");
  static final ProcessId ID = ProcessId.parse("alpha.17");

  final FileBlobs blobs;
  final Path directory;
  final Keeper keeper;
  final ActorTestKit kit = ActorTestKit.create();
  final LinkedBlockingQueue<GuestsInput> told = new LinkedBlockingQueue<>();
  final Map<Integer, ByteArrayOutputStream> log = new HashMap<>();
  final Bodies bodies;

  /** Whether the home answers. */
  volatile boolean home = true;

  final AtomicInteger messages = new AtomicInteger();
  private final ProcessHost.Parts parts;
  private final Thread heart;
  private ActorRef<ProcessCommand> process;
  private int incarnation;

  Bench(Path directory, HostSettings settings) {
    this.directory = directory;
    this.blobs = new FileBlobs(directory.resolve("blobs"));
    this.keeper = keeper();
    BlobSource nobody =
        (from, blob) ->
            CompletableFuture.failedFuture(new IllegalStateException("nobody has " + blob));
    this.parts =
        new ProcessHost.Parts(
            new HomePost(),
            keeper,
            blobs,
            nobody,
            null,
            BootClock.system(),
            InstantSource.system(),
            directory.resolve("processes"),
            new Capacity(Resources.of(2, 1000), 4),
            settings,
            GuestsSettings.USUAL,
            Rules.SAFE,
            effect -> {},
            null);
    this.bodies = new Bodies(parts);
    this.heart = Thread.ofVirtual().start(this::beat);
  }

  static Keeper keeper() {
    var settings =
        new KeeperSettings(
            Optional.empty(),
            Duration.ofSeconds(20),
            128,
            4,
            1 << 20,
            16 << 20,
            Duration.ofSeconds(1));
    return Keepers.start(settings, "host-test", why -> {});
  }

  private void beat() {
    while (!Thread.currentThread().isInterrupted()) {
      keeper.heartbeat();
      try {
        // sleeps because a heartbeat is a matter of time alone
        Thread.sleep(500);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Starts the next incarnation of a job's only task here. */
  ActorRef<ProcessCommand> start(JobSpec spec, Image image) {
    return start(spec, image, null, Long.MAX_VALUE);
  }

  ActorRef<ProcessCommand> start(JobSpec spec, Image image, String entry, long deadlineBootMillis) {
    var start = new StartBody(ID, ++incarnation, spec, image, entry, deadlineBootMillis);
    var shared = new GuestProcess.Shared(parts.post(), told::add, parts.clock(), parts.settings());
    process = kit.spawn(GuestProcess.create(shared, start));
    bodies.prepare(start, process::tell);
    return process;
  }

  /** The next input of this kind; others before it are passed over, except failures. */
  <T extends GuestsInput> T await(Class<T> type) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    try {
      while (true) {
        var next = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) throw new AssertionError("no " + type.getSimpleName() + " within 40 s");
        if (type.isInstance(next)) return type.cast(next);
        boolean over =
            next instanceof GuestsInput.BodyEnded || next instanceof GuestsInput.BodyFailedToStart;
        if (over) throw new AssertionError("before " + type.getSimpleName() + ": " + next);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String stdout() {
    return text(1);
  }

  String stderr() {
    return text(2);
  }

  private synchronized String text(int stream) {
    var bytes = log.get(stream);
    return bytes == null ? "" : bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    heart.interrupt();
    bodies.close();
    keeper.close();
    kit.shutdownTestKit();
  }

  /** The home: takes what comes in order, as long as it answers. */
  private final class HomePost implements Post {
    @Override
    public HostId self() {
      return SELF;
    }

    @Override
    public void send(NodeName to, WireMessage message) {
      messages.incrementAndGet();
      if (!home || !(message instanceof Output output)) return;
      process.tell(new ProcessCommand.Taken(take(output)));
    }

    private OutputTaken take(Output output) {
      synchronized (Bench.this) {
        var bytes = log.computeIfAbsent(output.stream(), each -> new ByteArrayOutputStream());
        if (output.offset() == bytes.size()) bytes.writeBytes(output.bytes());
        return new OutputTaken(
            output.id(), output.incarnation(), output.stream(), bytes.size(), null);
      }
    }
  }
}
