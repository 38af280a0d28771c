package dev.mosey.node.boot;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mosey.node.cluster.ClusterKey;
import dev.mosey.node.cluster.ClusterLife;
import dev.mosey.node.cluster.MembershipView;
import dev.mosey.node.cluster.PekkoConfig;
import dev.mosey.node.cluster.Post;
import dev.mosey.node.cluster.PostOffice;
import dev.mosey.node.cluster.Recipients;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.config.NodeSettings;
import dev.mosey.node.config.UnsafeSettings;
import dev.mosey.node.gateway.Events;
import dev.mosey.node.gateway.Gateway;
import dev.mosey.node.home.History;
import dev.mosey.node.home.Home;
import dev.mosey.node.home.HomeParts;
import dev.mosey.node.host.HandedOver;
import dev.mosey.node.host.HostSettings;
import dev.mosey.node.host.LinkProbe;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.StoreMemory;
import dev.mosey.node.keeper.Keeper;
import dev.mosey.node.load.Calibration;
import dev.mosey.node.load.KeptFigures;
import dev.mosey.node.load.LinuxMachine;
import dev.mosey.node.load.LoadMonitor;
import dev.mosey.node.schedule.KeptCosts;
import dev.mosey.node.schedule.KeptMode;
import dev.mosey.node.schedule.MoveLedger;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.node.store.Backup;
import dev.mosey.node.store.DataDirectory;
import dev.mosey.node.store.NodeStore;
import dev.mosey.node.store.journal.StoreSetup;
import dev.mosey.node.stream.BlobFetcher;
import dev.mosey.node.stream.BlobServer;
import dev.mosey.node.stream.StreamSettings;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.json.Json;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actors that work on this node, and how they are wired: who tells whom what. Made before the
 * node joins a cluster, so that its books and ports are open when others hear of it.
 */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration END_PATIENCE = Duration.ofSeconds(20);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private static final Duration OPEN_PATIENCE = Duration.ofMinutes(5);

  private volatile boolean ending;
  private final Parts parts;
  private final Post post;
  private final Halt halt;
  private final Events events;
  private final ActorSystem<Void> system;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final BlobServer blobServer;
  private final BlobFetcher fetcher;
  private final BlobFetcher homeFetcher;
  private final ActorRef<Home.Command> home;
  private final ActorRef<ProcessHost.Command> host;
  private final ActorRef<Scheduler.Command> scheduler;
  private final ActorRef<LoadMonitor.Command> loads;
  private final CompletableFuture<ActorRef<LoadMonitor.Command>> loadsKnown =
      new CompletableFuture<>();
  private final Gateway gateway;
  private final String httpUrl;
  private final BooksId books;
  private MembershipView told;

  /**
   * What a node is made of.
   *
   * @param settings of it
   * @param key of the cluster
   * @param store all that it keeps
   * @param keeper runs its bodies
   * @param office its post
   * @param cluster its life in the cluster
   * @param self its name and session
   * @param broken told with one line when the node must end
   * @param givenUp completed when the node is not wanted any more, or can't go on
   * @param shutDown ends the daemon in order
   * @param restart has another daemon take this one's place
   * @param adoption opens books whose disk has been moved here
   * @param carried what the daemon before this one has handed over, or null
   * @param deputy whether it stands in for a home that is away, under its name: nothing runs here,
   *     and what the host of that name holds is not for this node to say
   */
  record Parts(
      NodeSettings settings,
      ClusterKey key,
      NodeStore store,
      Keeper keeper,
      PostOffice office,
      ClusterLife cluster,
      HostId self,
      Consumer<String> broken,
      CompletableFuture<?> givenUp,
      Runnable shutDown,
      Runnable restart,
      Gateway.Adoption adoption,
      HandedOver carried,
      boolean deputy) {}

  private Node(Parts parts) {
    this.parts = parts;
    UnsafeSettings unsafe = parts.settings().unsafe();
    this.post = DisorderlyPost.over(parts.office(), unsafe);
    this.halt = new Halt(unsafe.haltAt(), unsafe.haltCount());
    this.told = new MembershipView(parts.self().node(), false, Map.of());
    this.events =
        new Events(parts.self(), parts.settings().gateway().eventsKept(), Clock.systemUTC());
    NodeStore store = parts.store();
    this.system =
        ActorSystem.create(
            Behaviors.empty(),
            PekkoConfig.WORK_SYSTEM,
            ActorSystemSetup.create(
                BootstrapSetup.create(PekkoConfig.work(parts.settings())),
                new StoreSetup(store.books())));
    StreamSettings streams = StreamSettings.from(parts.settings().all());
    String bind = parts.settings().network().bindHost();
    this.blobServer =
        BlobServer.start(
            new InetSocketAddress(bind, 0),
            parts.key().sslContext(),
            store.home().guestBlobs(),
            streams);
    this.fetcher =
        new BlobFetcher(
            this::streamOf, parts.key().sslContext(), store.home().guestBlobs(), streams);
    this.homeFetcher =
        new BlobFetcher(this::streamOf, parts.key().sslContext(), store.blobs(), streams);
    store.books().broken().thenAccept(why -> parts.broken().accept(why.getMessage()));
    this.host = spawn(ProcessHost.create(hostParts()), "host");
    this.home = spawn(Home.create(homeParts()), "home");
    this.scheduler = spawn(Scheduler.create(schedulerParts()), "scheduler");
    this.loads = spawn(LoadMonitor.create(loadParts()), "loads");
    loadsKnown.complete(loads);
    spawn(Vitals.create(vital(), () -> ending, parts.broken()), "vitals");
    this.gateway = gateway();
    wire();
    this.books = awaitOpen();
    this.httpUrl = HttpPort.open(gateway, parts.settings().network(), parts.key());
    gateway.opened(httpUrl, books);
  }

  /**
   * Starts the actors; returns when the books and the HTTP port are open.
   *
   * @throws Refusal with a line for the user
   * @throws CancellationException when it was given up before that
   */
  static Node start(Parts parts) {
    return new Node(parts);
  }

  private <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
    return system.systemActorOf(behavior, name, Props.empty());
  }

  /** The actors without which a node is none: it does not go on as if it were one. */
  private Map<String, ActorRef<?>> vital() {
    return Map.of("host", host, "home", home, "scheduler", scheduler, "load monitor", loads);
  }

  private HomeParts homeParts() {
    NodeStore store = parts.store();
    return new HomeParts(
        new RightfulPost(post, store.books()),
        store.home().storeId(),
        store.home().newEpoch(),
        store.home().fromBackup(),
        "mosey.journal",
        "mosey.snapshots",
        parts.settings().unsafe().cutBack() ? store.output() : new UncutOutput(store.output()),
        store::historyAgain,
        store.blobs(),
        store.directory().space(),
        homeFetcher,
        id -> this.gateway.dependency(id),
        this::blobsOfGuests,
        parts.settings().home(),
        parts.settings().policy().books(),
        parts.settings().policy().lease(),
        parts.settings().unsafe().rules(),
        halt,
        Clock.systemUTC(),
        BootClock.system(),
        store.home().epochRaised(),
        parts.broken());
  }

  private ProcessHost.Parts hostParts() {
    NodeStore store = parts.store();
    return new ProcessHost.Parts(
        parts.deputy() ? new SilentPost(post) : post,
        parts.keeper(),
        store.home().guestBlobs(),
        fetcher,
        new StoreMemory(store.spool(), store.directory().file("guests"), (JsonMapper) Json.MAPPER),
        BootClock.system(),
        Clock.systemUTC(),
        store.directory().path().resolve("guests.d"),
        Offered.by(parts.settings()),
        HostSettings.from(parts.settings().all()),
        parts.settings().policy().guests(),
        parts.settings().unsafe().rules(),
        halt,
        parts.carried());
  }

  private Scheduler.Parts schedulerParts() {
    DataDirectory directory = parts.store().directory();
    return new Scheduler.Parts(
        parts.settings().schedule(),
        post,
        new MoveLedger(
                directory.path(),
                parts.settings().schedule().ledgerBytes(),
                parts.settings().schedule().ledgerLines())
            .observedBy(events::moved),
        new KeptMode(directory.path()),
        new KeptCosts(directory.path()),
        BootClock.system(),
        Clock.systemUTC(),
        new SplittableRandom(),
        learnt -> home.tell(new Home.Learnt(learnt)),
        host::tell,
        mode -> loadsKnown.thenAccept(known -> known.tell(new LoadMonitor.ModeChanged(mode))),
        id -> this.gateway.fate(id));
  }

  private LoadMonitor.Parts loadParts() {
    return new LoadMonitor.Parts(
        parts.settings().load(),
        post,
        new LinuxMachine(),
        new KeptFigures(
            parts.store().directory().path(),
            parts.settings().keyDirectory(),
            LinuxMachine.hostName()),
        parts.settings().machine().speed(),
        Calibration::measure,
        BootClock.system(),
        Clock.systemUTC(),
        new SplittableRandom(),
        table -> scheduler.tell(new Scheduler.LoadsChanged(table)),
        tunes -> scheduler.tell(new Scheduler.TunesChanged(tunes)));
  }

  /** Where a node serves its blobs, as it said in its hello. */
  private Optional<InetSocketAddress> streamOf(NodeName node) {
    MembershipView.Node known = parts.cluster().view().nodes().get(node);
    String address = known == null || known.hello() == null ? "" : known.hello().streamAddress();
    int colon = address.lastIndexOf(':');
    return colon < 0
        ? Optional.empty()
        : Optional.of(
            new InetSocketAddress(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
  }

  private Set<String> blobsOfGuests() {
    return AskPattern.<ProcessHost.Command, Set<String>>ask(
            host, ProcessHost.BlobsInUse::new, END_PATIENCE, system.scheduler())
        .toCompletableFuture()
        .join();
  }

  /**
   * Who hears of what: guests and queue to scheduler and load monitor, letters to whom they are
   * for.
   */
  private void wire() {
    Behavior<ProcessHost.Guests> fanOut =
        Behaviors.receiveMessage(
            guests -> {
              scheduler.tell(new Scheduler.GuestsChanged(guests));
              loads.tell(new LoadMonitor.GuestsChanged(guests));
              return Behaviors.same();
            });
    Behavior<ProcessHost.MoveWish> wishes =
        Behaviors.receive(
            (context, wish) -> {
              scheduler.tell(
                  new Scheduler.Move(
                      wish.id(), wish.target(), wish.reason(), context.getSystem().ignoreRef()));
              return Behaviors.same();
            });
    host.tell(new ProcessHost.Watch(spawn(fanOut, "guests")));
    host.tell(new ProcessHost.WatchWishes(spawn(wishes, "wishes")));
    home.tell(new Home.Observe(this::queueChanged));
    home.tell(new Home.Follow(events::told));
    parts
        .office()
        .deliverTo(
            new Recipients(
                envelope -> home.tell(new Home.Received(envelope)),
                envelope -> {
                  if (!parts.deputy()) {
                    host.tell(new ProcessHost.Received(envelope));
                  }
                },
                envelope -> scheduler.tell(new Scheduler.Received(envelope)),
                envelope -> loads.tell(new LoadMonitor.Received(envelope)),
                envelope -> gateway.received(envelope)));
  }

  private void queueChanged(Home.Queue queue) {
    scheduler.tell(new Scheduler.QueueChanged(queue.heads(), queue.waiting()));
    int priority = queue.heads().isEmpty() ? 0 : queue.heads().getFirst().priority();
    long since = queue.heads().isEmpty() ? 0 : queue.heads().getFirst().sinceMillis();
    loads.tell(new LoadMonitor.QueueChanged(queue.waiting(), priority, since));
  }

  private BooksId awaitOpen() {
    LOG.info("event=books-opening");
    CompletableFuture<BooksId> open =
        AskPattern.<Home.Command, BooksId>ask(
                home, Home.WhenOpen::new, OPEN_PATIENCE, system.scheduler())
            .toCompletableFuture();
    CompletableFuture.anyOf(open, parts.givenUp()).join();
    if (!open.isDone()) {
      ending = true;
      system.terminate();
      throw new CancellationException("given up before its books were open");
    }
    return open.join();
  }

  /** What the node says of itself to others. */
  ClusterLife.Presence presence() {
    InetSocketAddress stream = blobServer.address();
    return new ClusterLife.Presence(
        books, httpUrl, parts.settings().network().host() + ":" + stream.getPort());
  }

  /** Tells everyone here who belongs to the cluster. */
  void membership(MembershipView view) {
    boolean same =
        view.members().equals(told.members()) && view.unreachable().equals(told.unreachable());
    told = view;
    if (same) {
      return;
    }
    events.membership(view);
    LOG.info("event=membership members={} unreachable={}", view.members(), view.unreachable());
    home.tell(new Home.MembersChanged(view.members(), view.unreachable()));
    scheduler.tell(new Scheduler.MembersChanged(view.members(), view.unreachable()));
    loads.tell(new LoadMonitor.MembersChanged(view.members(), view.unreachable()));
    view.nodes()
        .values()
        .forEach(node -> host.tell(new ProcessHost.MemberChanged(node.name(), node.reachable())));
  }

  /**
   * Moves, checkpoints and ends what runs here.
   *
   * @param bound what is left then is stopped
   * @param impatient whether to stop it at once
   */
  void drain(Duration bound, BooleanSupplier impatient) {
    host.tell(new ProcessHost.ModeChanged("draining"));
    loads.tell(new LoadMonitor.ModeChanged("draining"));
    long until = System.nanoTime() + bound.toNanos();
    if (bound.isPositive()) {
      Patience.waitFor(
          "moving what can move",
          AskPattern.<Scheduler.Command, Scheduler.Evacuated>ask(
              scheduler,
              replyTo -> new Scheduler.Evacuate("drain", replyTo),
              bound,
              system.scheduler()),
          bound,
          impatient);
    }
    Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
    Duration stopping = left.compareTo(STOP_PATIENCE) > 0 ? left : STOP_PATIENCE;
    Patience.waitFor(
        "ending what is left",
        AskPattern.<ProcessHost.Command, Integer>ask(
            host, ProcessHost.ShutDown::new, stopping, system.scheduler()),
        stopping,
        impatient);
    LOG.info("event=drained");
  }

  /**
   * Hands what runs here to the daemon that takes this one's place.
   *
   * @return what it is to have; null when it can't be handed over
   */
  HandedOver handOver(Duration ready, Duration patience) {
    loads.tell(new LoadMonitor.ModeChanged("draining"));
    try {
      ProcessHost.Handing answer =
          AskPattern.<ProcessHost.Command, ProcessHost.Handing>ask(
                  host,
                  replyTo -> new ProcessHost.HandOver(ready, patience, replyTo),
                  ready.plus(STOP_PATIENCE),
                  system.scheduler())
              .toCompletableFuture()
              .join();
      if (answer.refused() == null) {
        return answer.over();
      }
      LOG.warn("event=not-handed-over reason=\"{}\"", answer.refused());
    } catch (CompletionException failed) {
      LOG.warn("event=not-handed-over reason=\"{}\"", failed.getCause().getMessage());
    }
    return null;
  }

  /** Closes the books in order and ends the actors. */
  void end() {
    ending = true;
    Patience.waitFor(
        "closing the books",
        AskPattern.<Home.Command, Done>ask(home, Home.Stop::new, END_PATIENCE, system.scheduler()),
        END_PATIENCE);
    blobServer.close();
    fetcher.close();
    homeFetcher.close();
    system.terminate();
    Patience.waitFor("ending the actors", system.getWhenTerminated(), END_PATIENCE);
    blocking.shutdownNow();
  }

  private Gateway gateway() {
    Gateway.Parts wanted =
        new Gateway.Parts(
            new Gateway.Actors(home, scheduler, loads, host),
            parts.office(),
            parts.cluster()::view,
            events,
            parts.store().blobs(),
            parts.store().output(),
            new History(parts.store().history(), parts.self().node()),
            homeFetcher::fetch,
            parts.store().directory().space()::admitsNewWork,
            parts.settings().roles().contains(NodeSettings.HOME),
            parts.keeper().supervision() == Keeper.Supervision.STRONG ? "native" : "weak",
            Optional.ofNullable(Node.class.getPackage().getImplementationVersion())
                .orElse("development"),
            parts.key().token(),
            System.getProperty("user.name"),
            HttpPort.hostNames(parts.settings().network()),
            parts.settings().gateway(),
            Clock.systemUTC(),
            new Gateway.Daemon(
                parts.shutDown(),
                parts.restart(),
                directory -> Backup.create(parts.store(), directory),
                parts.adoption()),
            new LinkProbe(
                parts.store().home().guestBlobs(),
                fetcher,
                parts.keeper(),
                ThreadLocalRandom::current),
            parts.cluster()::system);
    return new Gateway(system, wanted, blocking);
  }
}
