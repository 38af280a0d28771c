package dev.mosey.node.home;

import dev.mosey.node.config.HomeSettings;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.policy.books.Effect.QueueChanged;
import dev.mosey.policy.books.HomeMachine;
import dev.mosey.policy.books.Turn;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.api.EventView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * The books as a persistent entity: one batch is one turn, one record and one sync. It is given the
 * next batch only when it has told what became of the last one, so it never stashes.
 *
 * <p>A failed write ends it; {@link HomeActor} then makes a new one, which begins with the journal.
 * It is not restarted by supervision, because Pekko would begin again with the same empty state,
 * and these books change in place.
 */
final class BooksEntity extends EventSourcedBehavior<BooksEntity.Command, BooksRecord, Ledger> {
  private static final int SNAPSHOTS_KEPT = 2;

  /** What the entity understands. */
  sealed interface Command {}

  /**
   * Decides, journals, and tells {@link Home.Committed}.
   *
   * @param number of this batch, to know its answer by
   * @param shares of the users, for the order of the queue
   * @param reachability for what users read
   * @param projected how far the history has come
   * @param queueWanted whether the queue is to be told even if the batch does not change it
   */
  record Batch(
      long number,
      List<BatchItem> items,
      Map<String, Double> shares,
      Reachability reachability,
      long projected,
      boolean queueWanted)
      implements Command {}

  /** Writes a snapshot and tells {@link Home.Closed}. */
  record Close() implements Command {}

  /** What a turn leaves behind beside its record. */
  private record Written(List<HistoryRow> rows, List<EventView> news) {}

  private final ActorContext<Command> context;
  private final HomeParts parts;
  private final HomeSettings settings;
  private final ActorRef<Home.Command> home;
  private final long historyAt;

  private BooksEntity(
      ActorContext<Command> context, HomeParts parts, ActorRef<Home.Command> home, long historyAt) {
    super(PersistenceId.ofUniqueId("home-" + parts.name()));
    this.context = context;
    this.parts = parts;
    this.settings = parts.settings();
    this.home = home;
    this.historyAt = historyAt;
  }

  /**
   * The entity.
   *
   * @param historyAt how far the history has come when it begins
   */
  static Behavior<Command> create(HomeParts parts, ActorRef<Home.Command> home, long historyAt) {
    return Behaviors.setup(context -> new BooksEntity(context, parts, home, historyAt));
  }

  @Override
  public String journalPluginId() {
    return parts.journalPlugin();
  }

  @Override
  public String snapshotPluginId() {
    return parts.snapshotPlugin();
  }

  @Override
  public Ledger emptyState() {
    return Ledger.empty(parts.name(), parts.limits(), historyAt);
  }

  @Override
  public EventHandler<Ledger, BooksRecord> eventHandler() {
    return (ledger, record) -> ledger.onRecord(record, lastSequenceNumber(context));
  }

  @Override
  public SnapshotAdapter<Ledger> snapshotAdapter() {
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(Ledger ledger) {
        return ledger.snapshot();
      }

      @Override
      public Ledger fromJournal(Object from) {
        return Ledger.restore((HomeSnapshot) from, parts.limits(), historyAt);
      }
    };
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(settings.snapshotRecords(), SNAPSHOTS_KEPT)
        .withDeleteEventsOnSnapshot();
  }

  @Override
  public boolean shouldSnapshot(Ledger ledger, BooksRecord record, long sequenceNumber) {
    return ledger.isClosing() || ledger.eventsSinceSnapshot() >= settings.snapshotEvents();
  }

  @Override
  public SignalHandler<Ledger> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::recovered)
        .onSignal(
            SnapshotCompleted.class,
            (ledger, completed) -> home.tell(new Home.SnapshotTaken(Keep.of(ledger))))
        .build();
  }

  private void recovered(Ledger ledger) {
    Now now = parts.now();
    ledger.projected(historyAt);
    ledger.opened(new HomeMachine(ledger.books(), parts.leaseRules(), parts.rules(), now));
    home.tell(
        new Home.Recovered(new TreeMap<>(ledger.unprojected()), Beginning.all(ledger.books())));
  }

  @Override
  public CommandHandler<Command, BooksRecord, Ledger> commandHandler() {
    return (ledger, command) ->
        switch (command) {
          case Batch batch -> onBatch(ledger, batch);
          case Close close -> onClose(ledger);
        };
  }

  private Effect<BooksRecord, Ledger> onClose(Ledger ledger) {
    ledger.close();
    BooksRecord last = new BooksRecord(List.of());
    ledger.turned(last, lastSequenceNumber(context) + 1);
    return Effect()
        .persist(last)
        .thenRun((Ledger saved) -> home.tell(new Home.Closed()))
        .thenStop();
  }

  private Effect<BooksRecord, Ledger> onBatch(Ledger ledger, Batch batch) {
    ledger.projected(batch.projected);
    Turn turn;
    try {
      turn = ledger.machine().turn(commandsOf(batch), parts.now());
    } catch (RuntimeException bug) {
      // What it has applied so far is on no disk: these books are void.
      home.tell(new Home.Poisoned(batch.number, bug));
      return Effect().stop().thenNoReply();
    }
    if (turn.events().isEmpty()) {
      return Effect()
          .none()
          .thenRun((Ledger same) -> done(same, batch, turn, 0, new Written(List.of(), List.of())));
    }
    BooksRecord record = new BooksRecord(turn.events());
    long sequenceNumber = lastSequenceNumber(context) + 1;
    Written written = new Written(ledger.turned(record, sequenceNumber), ledger.news());
    return Effect()
        .persist(record)
        .thenRun((Ledger saved) -> done(saved, batch, turn, sequenceNumber, written));
  }

  private static List<BooksCommand> commandsOf(Batch batch) {
    List<BooksCommand> commands = new ArrayList<>(batch.items.size());
    for (BatchItem item : batch.items) {
      if (item instanceof BatchItem.Change change) {
        commands.add(change.command());
      }
    }
    return commands;
  }

  /** After the sync. */
  private void done(Ledger ledger, Batch batch, Turn turn, long sequenceNumber, Written written) {
    HomeView view = new HomeView(ledger, batch.shares, batch.reachability, parts);
    boolean queueChanged =
        batch.queueWanted || turn.effects().stream().anyMatch(QueueChanged.class::isInstance);
    home.tell(
        new Home.Committed(
            batch.number,
            repliesOf(batch, turn),
            turn.effects(),
            Beginning.of(ledger.books(), turn.events()),
            queueChanged ? view.queue() : null,
            view.books(),
            sequenceNumber,
            written.rows(),
            written.news(),
            ledger.lag()));
    for (BatchItem item : batch.items) {
      if (item instanceof BatchItem.Look<?> look) {
        answer(look, view);
      }
    }
  }

  private void answer(BatchItem.Look<?> look, HomeView view) {
    try {
      look.answer(view);
    } catch (RuntimeException bug) {
      context.getLog().error("event=read-failed", bug);
    }
  }

  private static List<Home.Answer> repliesOf(Batch batch, Turn turn) {
    List<Home.Answer> answers = new ArrayList<>();
    int next = 0;
    for (BatchItem item : batch.items) {
      if (item instanceof BatchItem.Change change) {
        BooksReply reply = turn.replies().get(next++);
        if (change.replyTo() != null && reply != null) {
          answers.add(new Home.Answer(change.replyTo(), reply));
        }
      }
    }
    return answers;
  }
}
