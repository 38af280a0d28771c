package dev.mosey.node.schedule;

import dev.mosey.node.cluster.Post;
import dev.mosey.node.config.BootClock;
import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.node.load.LoadSnapshot;
import dev.mosey.node.schedule.KeptMode.Switches;
import dev.mosey.policy.balance.BalancePolicy;
import dev.mosey.policy.balance.Decision;
import dev.mosey.policy.balance.Decision.Departure;
import dev.mosey.policy.balance.Decision.Stay;
import dev.mosey.policy.balance.Link;
import dev.mosey.policy.balance.StayReason;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.policy.tune.Tune;
import dev.mosey.policy.tune.Tunes;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.load.TuneSet;
import dev.mosey.protocol.wire.Enquiry;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.Invitation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Places what waits at this node's home, invites work to this node, and owns every move away from
 * it.
 *
 * <p>One state, three loops. <em>Placing</em>: a change of the queue or an invitation asks for a
 * round, once for all that is in the mailbox; its matches go to the home. <em>Inviting</em>: when
 * what is free here changes, and from time to time, homes are told. <em>Moving</em>: each round the
 * policy decides and the host is told, within the bound of moves under way; drain, expel and moves
 * by hand go the same way. Nobody else begins a move.
 */
public final class Scheduler {

  /** What a scheduler understands. */
  public sealed interface Command {}

  /** An invitation from a host. */
  public record Received(Envelope envelope) implements Command {}

  /**
   * The best of what waits at this node's home, and how many wait in all.
   *
   * @param heads in order, bounded
   * @param waiting all of them
   */
  public record QueueChanged(List<QueueHead> heads, long waiting) implements Command {}

  /** What runs here. */
  public record GuestsChanged(ProcessHost.Guests guests) implements Command {}

  /** The table of loads. */
  public record LoadsChanged(LoadSnapshot loads) implements Command {}

  /** New tunes are in force. */
  public record TunesChanged(TuneSet tunes) implements Command {}

  /** Which nodes are members and which of them do not answer now. */
  public record MembersChanged(Set<NodeName> members, Set<NodeName> unreachable)
      implements Command {}

  /**
   * By hand, drain or expel: the differential, locks and residency do not count.
   *
   * @param id the process, which runs here
   * @param target where to; null = the best other node
   * @param reason word of the move ledger: {@code hand}, {@code home}, ...
   * @param replyTo told once, when the move has ended in any way
   */
  public record Move(
      ProcessId id, NodeName target, String reason, ActorRef<ProcessHost.MoveOutcome> replyTo)
      implements Command {}

  /** The way to another node has been measured. */
  public record LinkMeasured(NodeName to, Link link) implements Command {}

  /**
   * Switches this node; kept over restarts.
   *
   * @param mode {@code open}, {@code blocked} (no guests) or {@code draining}; null = as it is
   * @param stay whether its processes stay when the balancer would move them; null = as it is
   * @param replyTo told what is in force now, in one line
   */
  public record SetMode(String mode, Boolean stay, ActorRef<String> replyTo) implements Command {}

  /**
   * Move everything that can move to other nodes, as {@code expel} and {@code drain} do.
   *
   * @param reason word of the move ledger
   * @param replyTo told when nothing more can be moved
   */
  public record Evacuate(String reason, ActorRef<Evacuated> replyTo) implements Command {}

  /** Reads what it knows; the function must be quick and must not keep the view. */
  public record Read<T>(Function<SchedulerView, T> question, ActorRef<T> replyTo)
      implements Command {}

  /**
   * What came of an evacuation.
   *
   * @param moves each that was tried
   * @param left what still runs here, and why
   */
  public record Evacuated(
      List<ProcessHost.MoveOutcome> moves, SortedMap<ProcessId, StayReason> left) {}

  private record PlaceNow() implements Command {}

  private record InviteNow() implements Command {}

  private record Repeat() implements Command {}

  private record Round() implements Command {}

  private record MoveEnded(MoveOutcome outcome) implements Command {}

  private record FateKnown(ProcessId id, Optional<Fate> fate) implements Command {}

  /**
   * What it works with.
   *
   * @param settings of its section
   * @param post to the other nodes
   * @param ledger of moves; closed with the actor
   * @param kept the switches
   * @param costs measured by moves
   * @param clock for ages
   * @param wall for what users see
   * @param random for ties
   * @param home takes what is to be placed
   * @param host takes moves and the mode
   * @param mode told this node's mode, at the start and when it changes
   * @param fates what has become of a process, as its home says; empty when that does not answer
   */
  public record Parts(
      ScheduleSettings settings,
      Post post,
      MoveLedger ledger,
      KeptMode kept,
      KeptCosts costs,
      BootClock clock,
      InstantSource wall,
      RandomGenerator random,
      Consumer<BooksCommand> home,
      Consumer<ProcessHost.Command> host,
      Consumer<String> mode,
      Function<ProcessId, CompletionStage<Optional<Fate>>> fates) {}

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Parts parts;
  private final NodeName self;
  private final Picture picture;
  private final Placing placing;
  private final Inviting inviting;
  private final Moves moves;
  private final FreezingByHost freezing;
  private final List<Evacuating> evacuations = new ArrayList<>();
  private final ActorRef<MoveOutcome> outcomes;
  private Tunes tunes = Tunes.DEFAULTS;
  private BalancePolicy policy = BalancePolicy.of(tunes);
  private Switches switches;
  private boolean placeAsked;
  private boolean inviteAsked;
  private long invitedAtMillis;

  /** Starts its rounds at once. */
  public static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Scheduler(context, timers, parts).running()));
  }

  private Scheduler(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
    this.context = context;
    this.timers = timers;
    this.parts = parts;
    context.setLoggerName(Scheduler.class);
    ScheduleSettings settings = parts.settings();
    this.self = parts.post().self().node();
    this.picture = new Picture(self, settings);
    this.placing = new Placing(self, settings);
    this.inviting = new Inviting(parts.post().self(), settings);
    this.freezing = new FreezingByHost(self, settings.freeze());
    this.moves = new Moves(self, settings, parts.ledger(), parts.costs(), parts.wall().instant());
    this.outcomes = context.messageAdapter(MoveOutcome.class, MoveEnded::new);
    this.switches = parts.kept().read();
    timers.startTimerWithFixedDelay(new Repeat(), settings.invitationInterval());
    startRounds();
    tellMode();
  }

  private void startRounds() {
    timers.startTimerWithFixedDelay(new Round(), Duration.ofMillis(tunes.millis(Tune.ROUND)));
  }

  private void tellMode() {
    parts.host().accept(new ProcessHost.ModeChanged(switches.mode()));
    parts.mode().accept(switches.mode());
  }

  private Behavior<Command> running() {
    return Behaviors.receive(Command.class)
        .onAnyMessage(this::handle)
        .onSignal(
            PostStop.class,
            stopped -> {
              parts.ledger().close();
              parts.costs().write();
              return Behaviors.same();
            })
        .build();
  }

  private Behavior<Command> handle(Command command) {
    switch (command) {
      case Received m -> received(m.envelope());
      case QueueChanged m -> {
        if (placing.queue(m.heads(), m.waiting())) {
          inviteSoon();
        }
        placeSoon();
      }
      case GuestsChanged m -> {
        moves.guests(m.guests());
        inviting.guests(m.guests());
        inviteSoon();
        evacuate();
      }
      case LoadsChanged m -> picture.loads(m.loads());
      case TunesChanged m -> tunesChanged(m.tunes());
      case MembersChanged m -> {
        picture.members(m.members(), m.unreachable());
        inviteSoon();
        placeSoon();
      }
      case PlaceNow m -> place();
      case InviteNow m -> invite();
      case Repeat m -> inviteAll();
      case Round m -> round();
      case MoveEnded m -> ended(m.outcome());
      case FateKnown m -> m.fate().ifPresent(fate -> moves.audit().fate(m.id(), fate, now()));
      case Move m -> move(m);
      case LinkMeasured m -> moves.linked(m.to(), m.link(), now());
      case SetMode m -> setMode(m);
      case Evacuate m -> {
        long until = now().boot() + parts.settings().evacuationPatience().toMillis();
        evacuations.add(new Evacuating(m.reason(), until, m.replyTo()));
        parts.mode().accept("draining"); // nobody shall send here what is being sent away
        inviteSoon();
        evacuate();
      }
      case Read<?> m -> answer(m);
    }
    return Behaviors.same();
  }

  private Times now() {
    return new Times(parts.clock().millis(), parts.wall().millis());
  }

  private <T> void answer(Read<T> read) {
    Map<String, Double> metrics = new TreeMap<>(moves.metrics());
    metrics.putAll(placing.metrics());
    metrics.put("mosey_invitations_sent_total", (double) inviting.sent());
    SchedulerView view =
        new Reading(
            switches,
            parts.ledger(),
            moves,
            placing,
            picture,
            policy,
            self,
            parts.clock().millis(),
            parts.wall().millis(),
            metrics);
    read.replyTo().tell(read.question().apply(view));
  }

  private void received(Envelope envelope) {
    NodeName from = envelope.from().node();
    long now = parts.clock().millis();
    if (envelope.message() instanceof Invitation invitation
        && invitation.host().node().equals(from)) {
      if (placing.invited(invitation, picture, now)) {
        placeSoon();
      }
    } else if (envelope.message() instanceof Enquiry) {
      inviting.answer(from, picture.own(now), room(), parts.post());
    }
  }

  /**
   * How many processes more are let in; {@link Integer#MAX_VALUE} = as many as there is room for.
   */
  private int room() {
    return switches.mode().equals("open") && evacuations.isEmpty() ? freezing.room() : 0;
  }

  /** One round for all that lies in the mailbox before it. */
  private void placeSoon() {
    if (!placeAsked) {
      placeAsked = true;
      context.getSelf().tell(new PlaceNow());
    }
  }

  private void place() {
    placeAsked = false;
    long now = parts.clock().millis();
    if (placing.enquire(parts.post(), picture, policy, parts.random(), now)) {
      timers.startSingleTimer(new PlaceNow(), parts.settings().enquiryPatience());
    }
    if (placing.enquires(now)) {
      return; // the last answer, or the end of the patience, brings the next round
    }
    List<Assignment> assignments = placing.round(picture, policy, parts.random(), now);
    if (!assignments.isEmpty()) {
      parts.home().accept(new BooksCommand.Place(assignments));
    }
    placing.hopeless(picture).forEach(parts.home());
  }

  private void inviteAll() {
    invitedAtMillis = 0;
    inviting.repeat();
    inviteSoon();
    placeSoon();
  }

  private void inviteSoon() {
    if (!inviteAsked) {
      inviteAsked = true;
      long pause =
          invitedAtMillis + parts.settings().invitationPause().toMillis() - parts.clock().millis();
      if (pause > 0) {
        timers.startSingleTimer(new InviteNow(), Duration.ofMillis(pause));
      } else {
        context.getSelf().tell(new InviteNow());
      }
    }
  }

  private void invite() {
    inviteAsked = false;
    long now = parts.clock().millis();
    inviting
        .round(picture, placing.waiting(), room(), parts.random())
        .forEach(
            (home, invitation) -> {
              invitedAtMillis = now;
              if (!home.equals(self)) {
                parts.post().send(home, invitation);
              } else if (placing.invited(invitation, picture, now)) {
                placeSoon();
              }
            });
  }

  private void tunesChanged(TuneSet changed) {
    Tunes newer = new Tunes(changed);
    moves.tuned(newer, now());
    tunes = newer;
    policy = BalancePolicy.of(tunes);
    startRounds();
  }

  private void round() {
    Times now = now();
    moves.silent(now.boot()).forEach(this::ended);
    if (picture.known() && evacuations.isEmpty()) {
      moves
          .balance(picture, policy, tunes, switches.stay(), parts.random(), now)
          .forEach(departure -> begin(departure, true, null));
      freezing.round(picture, moves.views(), tunes, now.boot(), parts.host());
    }
    for (ProcessId id : moves.audit().toAsk(now.boot())) {
      context.pipeToSelf(
          parts.fates().apply(id),
          (fate, failure) -> new FateKnown(id, failure == null ? fate : Optional.empty()));
    }
    evacuate();
  }

  private void begin(Departure departure, boolean automatic, ActorRef<MoveOutcome> asker) {
    moves.begun(departure, automatic, asker, picture, now());
    parts
        .host()
        .accept(
            new ProcessHost.MoveOut(
                departure.id(),
                departure.target(),
                departure.reason(),
                departure.gainSeconds(),
                outcomes));
  }

  private void ended(MoveOutcome outcome) {
    moves.ended(outcome, picture, tunes, now());
    evacuations.forEach(evacuation -> evacuation.ended(outcome));
    evacuate();
  }

  private void move(Move wish) {
    String refusal = moves.refusal(wish, picture);
    if (refusal != null) {
      wish.replyTo().tell(new MoveOutcome(wish.id(), null, refusal, 0));
      return;
    }
    if (wish.target() != null) {
      Resources request = moves.guest(wish.id()).spec().resources();
      begin(
          new Departure(wish.id(), wish.target(), request, wish.reason(), 0, 0, Map.of()),
          false,
          wish.replyTo());
      return;
    }
    Decision plan =
        moves.evacuate(List.of(wish.id()), picture, policy, tunes, wish.reason(), now());
    if (plan.departures().isEmpty()) {
      Stay stay = plan.stays().get(wish.id());
      wish.replyTo().tell(new MoveOutcome(wish.id(), null, stay.reason().sentence(), 0));
    } else {
      begin(plan.departures().getFirst(), false, wish.replyTo());
    }
  }

  private void setMode(SetMode wish) {
    String mode = wish.mode() == null ? switches.mode() : wish.mode();
    if (!KeptMode.MODES.contains(mode)) {
      wish.replyTo().tell("there is no mode '" + mode + "'");
      return;
    }
    switches = new Switches(mode, wish.stay() == null ? switches.stay() : wish.stay());
    parts.kept().keep(switches);
    tellMode();
    inviteAll();
    wish.replyTo().tell(self + " is " + mode + (switches.stay() ? "; what runs there stays" : ""));
  }

  /** The next steps of drains and expels; those that can do no more are answered. */
  private void evacuate() {
    if (evacuations.removeIf(this::evacuated) && evacuations.isEmpty()) {
      parts.mode().accept(switches.mode());
      inviteSoon();
    }
  }

  private boolean evacuated(Evacuating evacuation) {
    Times now = now();
    List<ProcessId> here = moves.here();
    List<ProcessId> candidates =
        here.stream().filter(id -> !moves.isMoving(id) && evacuation.mayTry(id)).toList();
    Decision plan = moves.evacuate(candidates, picture, policy, tunes, evacuation.reason, now);
    int free = parts.settings().movesUnderWay() - moves.moving().size();
    List<Departure> next = plan.departures().stream().limit(Math.max(0, free)).toList();
    for (Departure departure : next) {
      evacuation.tried(departure.id());
      begin(departure, false, null);
    }
    boolean hopeful =
        now.boot() < evacuation.untilMillis
            && plan.stays().values().stream()
                .anyMatch(stay -> stay.reason() != StayReason.CANNOT_MOVE);
    if (!moves.moving().isEmpty() || hopeful) {
      return false;
    }
    SortedMap<ProcessId, StayReason> left = new TreeMap<>();
    for (ProcessId id : here) {
      Stay stay = plan.stays().get(id);
      left.put(id, stay == null ? StayReason.NO_ROOM : stay.reason());
    }
    evacuation.answer(left);
    return true;
  }
}
