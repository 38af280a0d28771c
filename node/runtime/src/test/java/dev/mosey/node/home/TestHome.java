package dev.mosey.node.home;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.HomeSettings;
import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.journal.StoreSetup;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksLimits;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.lease.LeaseRules;
import dev.mosey.policy.lease.Rules;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.job.Kind;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.NodeLoss;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.WireMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A home on a real store in a directory, with fake hosts and a scheduler that takes whoever. */
final class TestHome implements AutoCloseable {
  static final NodeName ALPHA = Fixtures.ALPHA;
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Config CONFIG =
      ConfigFactory.parseString(
              """
              pekko.actor {
                serializers.mosey-books = "dev.mosey.node.home.BooksSerializer"
                serialization-bindings {
                  "dev.mosey.node.home.BooksRecord" = mosey-books
                  "dev.mosey.node.home.HomeSnapshot" = mosey-books
                }
              }
              pekko.loglevel = WARNING
              pekko.log-dead-letters = off
              pekko.log-dead-letters-during-shutdown = off
              test.journal = ${mosey.journal}
              test.journal.class = "dev.mosey.node.home.HookedJournal"
              """)
          .withFallback(ConfigFactory.load());

  static final HomeSettings SETTINGS =
      new HomeSettings(
          10_000,
          512,
          5_000,
          500_000,
          Duration.ofMillis(50),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          100_000,
          64,
          1_000,
          32 << 20,
          Duration.ofMillis(300),
          Duration.ZERO);

  final HookedJournal.Hook journal = new HookedJournal.Hook();
  final NodeStore store;
  final ActorTestKit kit;
  final ActorRef<Home.Command> home;
  final AtomicLong skewMillis = new AtomicLong();
  final List<String> broken = new CopyOnWriteArrayList<>();
  private final HostId self;
  private final Map<NodeName, FakeHost> hosts = new ConcurrentHashMap<>();
  private volatile HostId placesAt;

  TestHome(Path directory, String... storeSettings) {
    this(directory, SETTINGS, UnaryOperator.identity(), storeSettings);
  }

  TestHome(
      Path directory,
      HomeSettings settings,
      UnaryOperator<HomeParts> change,
      String... storeSettings) {
    this(Fixtures.open(directory, storeSettings), settings, change);
  }

  /** On that store, which it closes. */
  TestHome(NodeStore store, HomeSettings settings, UnaryOperator<HomeParts> change) {
    this.store = store;
    self = new HostId(ALPHA, store.directory().identity().session());
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.<Void>empty(),
            "home-test",
            ActorSystemSetup.create(
                BootstrapSetup.create(CONFIG.resolve()), new StoreSetup(store.books()), journal));
    kit = ActorTestKit.create(system);
    home = kit.spawn(Home.create(change.apply(parts(settings))), "home");
    home.tell(new Home.Observe(this::place));
  }

  private HomeParts parts(HomeSettings settings) {
    return new HomeParts(
        new Post() {
          @Override
          public HostId self() {
            return self;
          }

          @Override
          public void send(NodeName to, WireMessage message) {
            FakeHost host = hosts.get(to);
            if (host != null) {
              host.receive(message);
            }
          }
        },
        store.home().storeId(),
        store.home().newEpoch(),
        store.home().fromBackup(),
        "test.journal",
        "mosey.snapshots",
        store.output(),
        store::historyAgain,
        store.blobs(),
        store.directory().space(),
        (from, blob) ->
            store.blobs().has(blob.sha256())
                ? CompletableFuture.completedFuture(blob)
                : CompletableFuture.failedFuture(new IllegalStateException("nobody has it")),
        job -> CompletableFuture.completedFuture(Optional.empty()),
        Set::of,
        settings,
        BooksLimits.USUAL,
        LeaseRules.USUAL,
        Rules.SAFE,
        effect -> {},
        InstantSource.system(),
        () -> System.nanoTime() / 1_000_000 + skewMillis.get(),
        store.home().epochRaised(),
        broken::add);
  }

  /** A host with that name; the newest of the name gets what the home sends to it. */
  FakeHost host(String name, long session, boolean endsAtOnce) {
    HostId id = new HostId(NodeName.of(name), session);
    FakeHost host =
        new FakeHost(
            id,
            message -> home.tell(new Home.Received(new Envelope(id, ALPHA, message))),
            endsAtOnce);
    hosts.put(id.node(), host);
    host.report();
    return host;
  }

  /** From now on everything that may start is placed on that host. */
  void placeAt(HostId host) {
    placesAt = host;
    home.tell(new Home.SharesChanged(Map.of()));
  }

  private void place(Home.Queue queue) {
    HostId at = placesAt;
    if (at != null && !queue.heads().isEmpty()) {
      home.tell(
          new Home.Learnt(
              new BooksCommand.Place(queue.heads().stream().map(head -> all(head, at)).toList())));
    }
  }

  private static Assignment all(QueueHead head, HostId at) {
    return new Assignment(head.id().number(), head.tasks(), at);
  }

  BooksId awaitOpen() {
    return join(ask(Home.WhenOpen::new));
  }

  CompletionStage<BooksReply> asks(BooksCommand command) {
    return ask(replyTo -> new Home.Ask(command, replyTo));
  }

  BooksReply answerTo(BooksCommand command) {
    return join(asks(command));
  }

  JobId submit(JobSpec spec) {
    return ((BooksReply.Accepted) answerTo(new BooksCommand.Submit(null, spec, false))).id();
  }

  <T> T read(Function<HomeView, T> question) {
    return join(ask(replyTo -> new Home.Read<>(question, replyTo)));
  }

  Optional<JobView> find(JobId job) {
    return read(view -> view.find(job.number(), ProcessId.SINGLE));
  }

  String stateOf(JobId job) {
    return find(job).map(JobView::state).orElse("unknown here");
  }

  <T> CompletionStage<T> ask(
      org.apache.pekko.japi.function.Function<ActorRef<T>, Home.Command> to) {
    return AskPattern.ask(home, to, PATIENCE, kit.scheduler());
  }

  static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  TestProbe<BooksReply> probe() {
    return kit.createTestProbe();
  }

  History history() {
    return new History(store.historyAgain(), ALPHA);
  }

  /** Ends in order, with a snapshot. */
  void stop() {
    Done done = join(ask(Home.Stop::new));
    assert done != null;
  }

  /** Ends without having been told to: what is not on the disk is lost. */
  @Override
  public void close() {
    kit.shutdownTestKit();
    store.close();
  }

  static JobSpec spec(String... command) {
    return spec(null, command);
  }

  static JobSpec spec(ArraySpec array, String... command) {
    return new JobSpec(
        Kind.COMMAND,
        "a name",
        "ann",
        List.of(command),
        "/tmp",
        Resources.of(1, 100),
        50,
        array,
        null,
        null,
        null,
        null,
        null,
        0,
        1_000,
        10_000,
        0,
        MoveMode.CHECKPOINT,
        NodeLoss.RESTART,
        false,
        List.of(),
        List.of(),
        List.of(),
        0,
        null,
        null);
  }
}
