package dev.mosey.node.home;

import dev.mosey.node.config.HomeSettings;
import dev.mosey.node.store.StoreException;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.EventView;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.Report;
import dev.mosey.protocol.wire.WireMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Stands before the books: collects what arrives while a write is under way and gives it to {@link
 * BooksEntity} as one batch. So a lone submit costs one sync, and a thousand hardly more.
 *
 * <pre>
 *   opening --recovered, Opened is on the disk--> open --Stop--> closing --snapshot--> (ends)
 *      ^                                           |
 *      +------- a write failed: wait, read --------+
 * </pre>
 *
 * What a failed write leaves unanswered goes into the first batch after the books were opened
 * again; a submit that was stored after all is found by its key.
 */
final class HomeActor {
  private enum Phase {
    /** The journal is read, or the first record is written; nothing else is. */
    OPENING,
    /** Batches are written. */
    OPEN,
    /** What waits is written, and nothing more is taken. */
    CLOSING
  }

  private record Withheld(Report report, long sinceMillis) {}

  private final ActorContext<Home.Command> context;
  private final TimerScheduler<Home.Command> timers;
  private final HomeParts parts;
  private final HomeSettings settings;
  private final Pending pending;
  private final OutputIntake intake;
  private final HistoryProjection projection;
  private final OutputGate gate;
  private final EffectRunner effects;
  private final Sweeper sweeper;
  private final Map<NodeName, Withheld> withheld = new HashMap<>();
  private final List<Consumer<Home.Queue>> observers = new ArrayList<>();
  private final List<Consumer<List<EventView>>> followers = new ArrayList<>();
  private final List<ActorRef<BooksId>> awaitingOpen = new ArrayList<>();

  private Phase phase = Phase.OPENING;
  private ActorRef<BooksEntity.Command> entity;
  private boolean recovered;
  private boolean opened;
  private boolean reopened;
  private long batches;
  private long serial;
  private List<BatchItem> inFlight;
  private int oneByOne;
  private Duration patience;
  private long projected;
  private long given;
  private int lag;
  private Map<String, Double> shares = Map.of();
  private Reachability reachability = Reachability.NOBODY;
  private boolean queueWanted;
  private Home.Queue queue = new Home.Queue(List.of(), 0);
  private BooksId books;
  private ActorRef<Done> stopping;
  private boolean released;

  private HomeActor(
      ActorContext<Home.Command> context, TimerScheduler<Home.Command> timers, HomeParts parts) {
    this.context = context;
    this.timers = timers;
    this.parts = parts;
    this.settings = parts.settings();
    this.pending = new Pending(settings.pendingMax());
    this.patience = settings.reopenLeast();
    ActorRef<Home.Command> self = context.getSelf();
    this.intake =
        new OutputIntake(
            parts.output(),
            parts.post(),
            settings.outputPendingMax(),
            new OutputIntake.Listener() {
              @Override
              public void synced(Set<ProcessId> processes) {
                self.tell(new Home.OutputSynced(processes));
              }

              @Override
              public void broken(StoreException why) {
                parts.broken().accept(why.getMessage());
              }
            });
    this.projected = parts.history().get().position();
    this.given = projected;
    this.projection =
        new HistoryProjection(
            parts.history(),
            new OutputCopies(parts.output()),
            position -> self.tell(new Home.Projected(position)),
            parts.broken());
    this.gate = new OutputGate(intake::has);
    this.effects = new EffectRunner(parts, command -> self.tell(new Home.Learnt(command)));
    this.sweeper = new Sweeper(parts);
  }

  static Behavior<Home.Command> create(HomeParts parts) {
    return Behaviors.setup(
        context -> {
          context.setLoggerName(Home.class);
          return Behaviors.withTimers(timers -> new HomeActor(context, timers, parts).start());
        });
  }

  private Behavior<Home.Command> start() {
    intake.start();
    timers.startTimerWithFixedDelay(new Home.Tick(), settings.tick());
    spawn();
    return Behaviors.receive(Home.Command.class)
        .onAnyMessage(this::receive)
        .onSignal(PostStop.class, stopped -> release())
        .build();
  }

  private Behavior<Home.Command> receive(Home.Command command) {
    switch (command) {
      case Home.Received received -> onEnvelope(received.envelope());
      case Home.Ask ask -> onAsk(ask);
      case Home.Read<?> read -> onRead(read);
      case Home.MembersChanged changed ->
          reachability = new Reachability(changed.members(), changed.unreachable());
      case Home.SharesChanged changed -> {
        shares = Map.copyOf(changed.shares());
        queueWanted = true;
      }
      case Home.Observe observe -> {
        observers.add(observe.observer());
        observe.observer().accept(queue);
      }
      case Home.Follow follow -> followers.add(follow.follower());
      case Home.Inspect inspect ->
          inspect
              .replyTo()
              .tell(
                  new Home.Condition(
                      opened && phase == Phase.OPEN, phase == Phase.CLOSING, pending.size(), lag));
      case Home.WhenOpen when -> onWhenOpen(when.replyTo());
      case Home.Stop stop -> onStop(stop.replyTo());
      case Home.Tick tick -> onTick();
      case Home.Learnt learnt -> pending.add(new BatchItem.Change(learnt.command(), null));
      case Home.OutputSynced synced -> admitWithheld();
      case Home.Projected reached -> onProjected(reached.sequenceNumber());
      case Home.Recovered done -> onRecovered(done);
      case Home.Committed committed -> onCommitted(committed);
      case Home.Poisoned poisoned -> onPoisoned(poisoned);
      case Home.SnapshotTaken taken -> sweeper.sweep(taken.keep());
      case Home.EntityEnded ended -> onEntityEnded();
      case Home.Reopen reopen -> spawn();
      case Home.Closed closed -> {
        return end();
      }
    }
    if (phase == Phase.CLOSING && entity == null) {
      return end();
    }
    next();
    return Behaviors.same();
  }

  private void onEnvelope(Envelope envelope) {
    switch (envelope.message()) {
      case Report report -> {
        if (report.host().equals(envelope.from())) {
          onReport(report);
        }
      }
      case Output output -> {
        // Before the books are open nobody knows whose turn it is to write; the host repeats it.
        if (opened) {
          intake.take(envelope.from().node(), output);
        }
      }
      case WireMessage other ->
          context.getLog().debug("event=not-for-a-home message={}", other.getClass());
    }
  }

  private void onReport(Report report) {
    NodeName node = report.host().node();
    if (gate.passes(report)) {
      withheld.remove(node);
      admit(report);
      return;
    }
    long now = parts.bootClock().millis();
    Withheld before = withheld.get(node);
    withheld.put(node, new Withheld(report, before == null ? now : before.sinceMillis));
  }

  private void admit(Report report) {
    BatchItem item = new BatchItem.Change(new BooksCommand.HostReport(report), null);
    pending.put(new Pending.Slot.OfHost(report.host().node()), item);
  }

  /** What has become complete goes on whole; what has waited too long goes on without its ends. */
  private void admitWithheld() {
    long now = parts.bootClock().millis();
    withheld
        .values()
        .removeIf(
            waiting -> {
              if (gate.passes(waiting.report)) {
                admit(waiting.report);
                return true;
              }
              if (now - waiting.sinceMillis < settings.withheldMax().toMillis()) {
                return false;
              }
              admit(gate.withoutIncomplete(waiting.report));
              return true;
            });
  }

  private void onAsk(Home.Ask ask) {
    BooksReply.Refused refused = objection(ask.command());
    if (refused != null) {
      ask.replyTo().tell(refused);
      return;
    }
    if (!pending.offer(new BatchItem.Change(keyed(ask.command()), ask.replyTo()))) {
      ask.replyTo().tell(busy());
    }
  }

  private BooksReply.Refused busy() {
    return new BooksReply.Refused(
        "busy", "the home is busy: " + pending.size() + " requests wait", "try again");
  }

  private BooksReply.Refused objection(BooksCommand command) {
    if (phase == Phase.CLOSING) {
      return new BooksReply.Refused("closing", "the node is shutting down", "ask another node");
    }
    boolean newWork =
        command instanceof BooksCommand.Submit || command instanceof BooksCommand.Retry;
    if (newWork && !parts.space().admitsNewWork()) {
      return new BooksReply.Refused(
          "full",
          "the disk of " + parts.name() + " is full: it takes no new jobs",
          "free some space there, or submit to another node");
    }
    return null;
  }

  /** A submit without a key gets one, so that a repeated write finds it again. */
  private BooksCommand keyed(BooksCommand command) {
    if (command instanceof BooksCommand.Submit submit && submit.key() == null) {
      serial++;
      return new BooksCommand.Submit(
          "#" + parts.post().self().session() + "." + serial, submit.spec(), submit.held());
    }
    return command;
  }

  private <T> void onRead(Home.Read<T> read) {
    if (!pending.offer(new BatchItem.Look<>(read.question(), read.replyTo()))) {
      context.getLog().warn("event=read-dropped why=\"{}\"", busy().message());
    }
  }

  private void onWhenOpen(ActorRef<BooksId> replyTo) {
    if (opened) {
      replyTo.tell(books);
    } else {
      awaitingOpen.add(replyTo);
    }
  }

  private void onStop(ActorRef<Done> replyTo) {
    stopping = replyTo;
    phase = Phase.CLOSING;
  }

  private void onTick() {
    pending.put(new Pending.Slot.Time(), new BatchItem.Change(new BooksCommand.Tick(), null));
    admitWithheld();
    effects.tick(projected >= given);
  }

  private void onProjected(long position) {
    projected = Math.max(projected, position);
    if (projected >= given) {
      lag = 0;
    }
  }

  private void spawn() {
    recovered = false;
    opened = false;
    entity =
        context.spawn(BooksEntity.create(parts, context.getSelf(), projected), "books-" + ++serial);
    context.watchWith(entity, new Home.EntityEnded());
  }

  private void onRecovered(Home.Recovered done) {
    recovered = true;
    done.placed()
        .forEach(
            begin ->
                intake.begins(begin.id(), begin.incarnation(), begin.stdout(), begin.stderr()));
    done.unprojected().forEach(this::project);
  }

  private void project(long sequenceNumber, List<HistoryRow> rows) {
    if (sequenceNumber > given && !rows.isEmpty()) {
      given = sequenceNumber;
      projection.add(sequenceNumber, rows);
    }
  }

  /** Gives the next batch to the entity, if there is one and the entity waits for it. */
  private void next() {
    if (!recovered || entity == null || inFlight != null || lag > settings.lagMax()) {
      return;
    }
    if (!opened) {
      send(
          List.of(
              new BatchItem.Change(
                  new BooksCommand.Open(
                      parts.post().self(), parts.storeId(), parts.newEpoch(), parts.fromBackup()),
                  null)));
    } else if (!pending.isEmpty() || queueWanted) {
      send(oneByOne > 0 ? pending.takeOne() : pending.take(settings.batchMax()));
    } else if (phase == Phase.CLOSING) {
      recovered = false;
      entity.tell(new BooksEntity.Close());
    }
  }

  private void send(List<BatchItem> items) {
    inFlight = items;
    batches++;
    entity.tell(
        new BooksEntity.Batch(batches, items, shares, reachability, projected, queueWanted));
    queueWanted = false;
  }

  /** In this order: who writes output, who may know, who is to do something. */
  private void onCommitted(Home.Committed committed) {
    if (inFlight == null || committed.batch() != batches) {
      return;
    }
    oneByOne = Math.max(0, oneByOne - inFlight.size());
    inFlight = null;
    books = committed.books();
    lag = committed.lag();
    if (committed.sequenceNumber() > 0) {
      patience = settings.reopenLeast();
    }
    committed.rows().forEach(row -> intake.ended(row.id()));
    committed
        .beginnings()
        .forEach(
            begin ->
                intake.begins(begin.id(), begin.incarnation(), begin.stdout(), begin.stderr()));
    project(committed.sequenceNumber(), committed.rows());
    committed.answers().forEach(Home.Answer::send);
    committed.effects().forEach(effects::run);
    tell(committed.news());
    if (committed.queue() != null) {
      queue = committed.queue();
      observers.forEach(observer -> observer.accept(queue));
    }
    if (!opened) {
      onOpened();
    }
  }

  private void tell(List<EventView> news) {
    if (!news.isEmpty()) {
      followers.forEach(follower -> follower.accept(news));
    }
  }

  private void onOpened() {
    opened = true;
    if (reopened) {
      // What the failed write left on the disk after all was told to nobody.
      Instant now = Instant.ofEpochMilli(parts.now().epochMillis());
      tell(List.of(EventView.reread(now, parts.name().value(), "the books were opened again")));
    }
    reopened = true;
    queueWanted = true;
    if (phase == Phase.OPENING) {
      phase = Phase.OPEN;
    }
    if (parts.newEpoch()) {
      parts.epochRaised().run();
    }
    context.getLog().info("event=books-open books={}", books);
    awaitingOpen.forEach(waiting -> waiting.tell(books));
    awaitingOpen.clear();
  }

  /**
   * One of the items makes the books fail: they are tried one by one, and the one that fails alone
   * is answered with a refusal.
   */
  private void onPoisoned(Home.Poisoned poisoned) {
    if (inFlight == null || poisoned.batch() != batches) {
      return;
    }
    context.getLog().error("event=batch-failed items={}", inFlight.size(), poisoned.bug());
    if (inFlight.size() == 1 && opened) {
      if (inFlight.getFirst() instanceof BatchItem.Change change && change.replyTo() != null) {
        change
            .replyTo()
            .tell(
                new BooksReply.Refused(
                    "internal", "the home failed to decide this; its log says why", null));
      }
      inFlight = null;
    } else if (opened) {
      oneByOne = inFlight.size();
    }
  }

  private void onEntityEnded() {
    entity = null;
    recovered = false;
    if (inFlight != null && opened) {
      pending.putBack(inFlight);
    }
    inFlight = null;
    opened = false;
    if (phase != Phase.CLOSING) {
      phase = Phase.OPENING;
      context.getLog().warn("event=books-closed reopen_in={}", patience);
      timers.startSingleTimer(new Home.Reopen(), patience);
      Duration longer = patience.multipliedBy(2);
      patience = longer.compareTo(settings.reopenMost()) > 0 ? settings.reopenMost() : longer;
    }
  }

  private Behavior<Home.Command> end() {
    release();
    if (stopping != null) {
      stopping.tell(Done.getInstance());
    }
    return Behaviors.stopped();
  }

  /** Also when the actor system ends without having asked: the next one makes a home of its own. */
  private Behavior<Home.Command> release() {
    if (!released) {
      released = true;
      projection.close();
      intake.close();
      sweeper.close();
    }
    return Behaviors.same();
  }
}
