package dev.mosey.node.host;

import dev.mosey.node.host.ProcessHost.Command;
import dev.mosey.node.host.ProcessHost.Internal;
import dev.mosey.node.host.ProcessHost.MoveOutcome;
import dev.mosey.policy.guests.Capacity;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.policy.guests.GuestsEffect;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.policy.lease.Now;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Envelope;
import dev.mosey.protocol.wire.ImageTaken;
import dev.mosey.protocol.wire.Offer;
import dev.mosey.protocol.wire.OfferAnswer;
import dev.mosey.protocol.wire.OfferWithdrawn;
import dev.mosey.protocol.wire.Orders;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.TakeImage;
import dev.mosey.protocol.wire.WireMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The shell round {@link Guests}: every message becomes an input, every effect is carried out here
 * or by the {@link GuestProcess} of the guest that it is about.
 */
final class HostActor {
  /** A quarter of a second: leases are looked after four times in the shortest of one second. */
  private static final Duration TICK = Duration.ofMillis(250);

  private static final int TICKS_PER_USAGE = 4;

  private record Told(GuestsInput input) implements Internal {}

  private record Ticked() implements Internal {}

  private record ReportNow(NodeName home) implements Internal {}

  private record TellChanges() implements Internal {}

  private record Adopted() implements Internal {}

  private record Warmed(ProcessId id) implements Internal {}

  private record Gone(Key key, ActorRef<ProcessCommand> process) implements Internal {}

  private record Key(ProcessId id, int incarnation) {}

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final ProcessHost.Parts parts;
  private final Guests guests;
  private final Bodies bodies;
  private final GuestProcess.Shared shared;
  private final Map<Key, ActorRef<ProcessCommand>> processes = new HashMap<>();
  private final Map<ProcessId, List<ActorRef<MoveOutcome>>> moves = new HashMap<>();
  private final Map<NodeName, Long> reportedAtMillis = new HashMap<>();
  private final Set<NodeName> reportsScheduled = new HashSet<>();

  /** Offers that are answered once what they need is here; the newest of each process. */
  private final Map<ProcessId, GuestsInput.OfferIn> warming = new HashMap<>();

  private final List<ActorRef<ProcessHost.Guests>> watchers = new ArrayList<>();
  private final Late late;
  private final Outgoing outgoing;
  private final HandingOver handing;
  private ActorRef<ProcessHost.MoveWish> wishes;
  private ActorRef<Integer> shuttingDown;
  private GuestsInput.Mode mode = GuestsInput.Mode.OPEN;
  private boolean changesScheduled;
  private int ticks;
  private int toBeAdopted;

  private HostActor(
      ActorContext<Command> context, TimerScheduler<Command> timers, ProcessHost.Parts parts) {
    this.context = context;
    this.timers = timers;
    this.parts = parts;
    this.bodies = new Bodies(parts);
    this.guests =
        new Guests(
            parts.post().self(),
            parts.guests(),
            parts.rules(),
            parts.memory().spooled(),
            parts.memory().books(),
            parts.carried() == null
                ? new Guests.Carried(parts.post().self().session(), List.of())
                : parts.carried().guests());
    this.shared =
        new GuestProcess.Shared(
            parts.post(),
            input -> context.getSelf().tell(new Told(input)),
            parts.clock(),
            parts.settings());
    this.late = new Late(parts.memory());
    this.outgoing =
        new Outgoing(parts, (id, incarnation) -> processes.containsKey(new Key(id, incarnation)));
    this.handing = new HandingOver(context, guests, parts.keeper(), this::tell);
  }

  static Behavior<Command> create(ProcessHost.Parts parts) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  context.setLoggerName(ProcessHost.class);
                  return new HostActor(context, timers, parts).begin();
                }));
  }

  private Behavior<Command> begin() {
    timers.startTimerAtFixedRate(new Ticked(), TICK);
    for (var spooled : parts.memory().spooled()) {
      var output = parts.memory().output(spooled.id(), spooled.incarnation());
      if (!output.isEmpty()) {
        adopt(
            new Key(spooled.id(), spooled.incarnation()),
            GuestProcess.draining(shared, spooled, output));
      }
    }
    if (parts.carried() != null) parts.carried().carried().forEach(this::adoptCarried);
    goOnIfAllAreAdopted();
    handle(new GuestsInput.CapacityChanged(parts.capacity(), mode));
    parts.keeper().heartbeat();
    return running(parts.capacity());
  }

  private void adoptCarried(HandedOver.Carried carried) {
    Guest guest = carried.guest();
    var start =
        new GuestsEffect.StartBody(
            guest.id(),
            guest.incarnation(),
            guest.spec(),
            guest.startImage(),
            guest.entry(),
            guest.lease().deadlineMillis());
    var ready = bodies.make(start);
    if (ready.failed() == null) {
      toBeAdopted++;
      Runnable adopted = () -> context.getSelf().tell(new Adopted());
      adopt(
          new Key(guest.id(), guest.incarnation()),
          GuestProcess.adopted(shared, start, carried, ready, adopted));
    } else {
      handle(
          new GuestsInput.BodyLost(
              guest.id(), guest.incarnation(), ready.failed(), carried.taken()));
    }
  }

  /** From then on the keeper tells, and ends what nobody has adopted. */
  private void goOnIfAllAreAdopted() {
    if (toBeAdopted == 0) parts.keeper().goOn();
  }

  private Behavior<Command> running(Capacity capacity) {
    return Behaviors.receiveMessage(
        message -> {
          switch (message) {
            case ProcessHost.Received received -> received(received.envelope());
            case Told told -> handle(told.input());
            case Ticked ignored -> tick();
            case Adopted ignored -> {
              toBeAdopted--;
              goOnIfAllAreAdopted();
            }
            case ReportNow report -> {
              reportsScheduled.remove(report.home());
              report(report.home());
            }
            case TellChanges ignored -> tellChanges();
            case Warmed warmed -> {
              var offer = warming.remove(warmed.id());
              if (offer != null) handle(offer);
            }
            case Gone gone -> {
              processes.remove(gone.key(), gone.process());
              if (isLeft(gone.key())) reportSoon(gone.key().id().home());
            }
            case ProcessHost.MoveOut move -> moveOut(move);
            case ProcessHost.ModeChanged changed -> {
              mode = mode(changed.mode());
              handle(new GuestsInput.CapacityChanged(capacity, mode));
            }
            case ProcessHost.CapacityChanged changed -> {
              handle(new GuestsInput.CapacityChanged(changed.capacity(), mode));
              return running(changed.capacity());
            }
            case ProcessHost.MemberChanged changed ->
                handle(
                    changed.reachable()
                        ? new GuestsInput.ReportDue(changed.node())
                        : new GuestsInput.NodeAway(changed.node()));
            case ProcessHost.Watch watch -> {
              watchers.add(watch.watcher());
              watch.watcher().tell(Views.of(guests));
            }
            case ProcessHost.WatchWishes watch -> wishes = watch.watcher();
            case ProcessHost.Look look -> look.replyTo().tell(Views.of(guests));
            case ProcessHost.BlobsInUse ask -> ask.replyTo().tell(blobsInUse());
            case ProcessHost.Checkpoint checkpoint -> checkpoint(checkpoint.id());
            case ProcessHost.Freeze(var id, var by) -> handle(new GuestsInput.Freeze(id, by));
            case ProcessHost.ShutDown shutDown -> shutDown(capacity, shutDown.replyTo());
            case ProcessHost.HandOver wish -> {
              handle(new GuestsInput.HandOver("its host's daemon restarts"));
              handing.begin(wish, bodies::close);
            }
            case HandingOver.Step step -> {
              if (handing.take(step)) return handedOver();
            }
            case Internal other -> context.getLog().warn("event=unknown-message {}", other);
          }
          return Behaviors.same();
        });
  }

  private void received(Envelope envelope) {
    NodeName source = envelope.from().node();
    WireMessage message = envelope.message();
    if (message instanceof OutputTaken taken) {
      var process = processes.get(new Key(taken.id(), taken.incarnation()));
      if (process != null) process.tell(new ProcessCommand.Taken(taken));
    } else if (message instanceof Orders orders) {
      handle(new GuestsInput.OrdersIn(orders));
    } else if (message instanceof Offer offer) {
      offered(source, offer);
    } else if (message instanceof OfferAnswer answer) {
      handle(new GuestsInput.OfferAnswerIn(answer));
    } else if (message instanceof TakeImage take) {
      handle(new GuestsInput.TakeImageIn(source, take));
    } else if (message instanceof ImageTaken taken) {
      handle(new GuestsInput.ImageTakenIn(taken));
    } else if (message instanceof OfferWithdrawn withdrawn) {
      handle(new GuestsInput.OfferWithdrawnIn(withdrawn));
    }
  }

  /**
   * Answered once all that the guest needs is here and waits: it runs on at the source until then.
   */
  private void offered(NodeName source, Offer offer) {
    var input = new GuestsInput.OfferIn(source, offer, bodies.unable(offer.spec()));
    if (input.unable() != null) {
      handle(input);
    } else if (warming.put(offer.id(), input) == null) {
      CompletableFuture.completedFuture(offer)
          .thenCompose(wanted -> bodies.warm(wanted.id(), wanted.spec()))
          .orTimeout(parts.guests().offerMillis() / 2, TimeUnit.MILLISECONDS)
          .whenComplete((done, failure) -> context.getSelf().tell(new Warmed(offer.id())));
    }
  }

  private static GuestsInput.Mode mode(String name) {
    return switch (name) {
      case "open" -> GuestsInput.Mode.OPEN;
      case "draining" -> GuestsInput.Mode.DRAINING;
      // An unknown switch is taken for the careful one.
      default -> GuestsInput.Mode.BLOCKED;
    };
  }

  private void handle(GuestsInput input) {
    var now = new Now(parts.clock().millis(), parts.bootClock().millis());
    for (GuestsEffect effect : guests.handle(input, now)) carryOut(effect);
    handing.look();
  }

  /** Another daemon has all: whatever is heard now is for that one. */
  private Behavior<Command> handedOver() {
    for (var due : late.due(Long.MAX_VALUE)) keep(due);
    parts.memory().flush();
    timers.cancelAll();
    return Behaviors.ignore();
  }

  private void carryOut(GuestsEffect effect) {
    parts.passing().accept(effect);
    switch (effect) {
      case GuestsEffect.Send send -> parts.post().send(send.to(), outgoing.asSent(send.message()));
      case GuestsEffect.ReportSoon soon -> reportSoon(soon.home());
      case GuestsEffect.StartBody start -> start(start);
      case GuestsEffect.PauseBody pause ->
          tell(pause.id(), pause.incarnation(), new ProcessCommand.Pause(isMoving(pause)));
      case GuestsEffect.ResumeBody resume ->
          tell(resume.id(), resume.incarnation(), new ProcessCommand.Resume());
      case GuestsEffect.StopBody stop ->
          tell(
              stop.id(),
              stop.incarnation(),
              new ProcessCommand.Stop(stop.graceMillis(), stop.why()));
      case GuestsEffect.KillBody kill ->
          tell(kill.id(), kill.incarnation(), new ProcessCommand.Kill(kill.why()));
      case GuestsEffect.SetLease lease ->
          tell(
              lease.id(),
              lease.incarnation(),
              new ProcessCommand.SetLease(lease.deadlineBootMillis()));
      case GuestsEffect.SignalBody signal ->
          tell(signal.id(), signal.incarnation(), new ProcessCommand.Signal(signal.signal()));
      case GuestsEffect.FetchImage fetch -> fetch(fetch);
      case GuestsEffect.SpoolPut put -> spool(put.guest());
      case GuestsEffect.SpoolDrop drop -> {
        late.drop(drop.id(), drop.incarnation());
        var process = processes.get(new Key(drop.id(), drop.incarnation()));
        if (process != null) process.tell(new ProcessCommand.Forget());
      }
      case GuestsEffect.RememberBooks books -> parts.memory().remember(books.books());
      case GuestsEffect.WishToMove wish -> {
        if (wishes != null) {
          wishes.tell(new ProcessHost.MoveWish(wish.id(), wish.target(), wish.reason()));
        }
      }
      case GuestsEffect.MoveOver over -> moveOver(over);
      case GuestsEffect.GuestsChanged ignored -> {
        if (!changesScheduled) {
          changesScheduled = true;
          timers.startSingleTimer(new TellChanges(), newsPause());
        }
      }
    }
  }

  private boolean isMoving(GuestsEffect.PauseBody pause) {
    var guest = guests.guest(pause.id(), pause.incarnation());
    return guest != null && guest.move() != null;
  }

  private boolean isLeft(Key key) {
    var guest = guests.guest(key.id(), key.incarnation());
    return guest != null && guest.phase() == Guest.Phase.LEFT;
  }

  private void tell(ProcessId id, int incarnation, ProcessCommand command) {
    var process = processes.get(new Key(id, incarnation));
    if (process != null) process.tell(command);
  }

  private void start(GuestsEffect.StartBody start) {
    var key = new Key(start.id(), start.incarnation());
    var process = adopt(key, GuestProcess.create(shared, start));
    bodies.prepare(start, process::tell);
  }

  private ActorRef<ProcessCommand> adopt(Key key, Behavior<ProcessCommand> behavior) {
    var process = context.spawnAnonymous(behavior);
    context.watchWith(process, new Gone(key, process));
    processes.put(key, process);
    return process;
  }

  private void reportSoon(NodeName home) {
    if (reportsScheduled.contains(home)) return;
    long pause = newsPause().toMillis();
    long since = nowMillis() - reportedAtMillis.getOrDefault(home, -pause);
    reportsScheduled.add(home);
    if (since >= pause) context.getSelf().tell(new ReportNow(home));
    else timers.startSingleTimer(home, new ReportNow(home), Duration.ofMillis(pause - since));
  }

  /** While others wait for room no slot is empty, and news can wait for more to be told with it. */
  private Duration newsPause() {
    return guests.waitsAhead()
        ? parts.settings().reportPauseBusy()
        : parts.settings().reportPause();
  }

  private void report(NodeName home) {
    reportedAtMillis.put(home, nowMillis());
    handle(new GuestsInput.ReportDue(home));
  }

  /** For pauses between reports: never set back. */
  private static long nowMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private void tick() {
    parts.keeper().heartbeat();
    if (ticks++ % TICKS_PER_USAGE == 0) parts.keeper().requestUsage();
    handle(new GuestsInput.Tick());
    for (var due : late.due(nowMillis())) keep(due);
    endIfShutDown();
  }

  private void spool(Guest guest) {
    late.put(guest, nowMillis());
  }

  /** A home that is there has recorded it long before; so this is the exception. */
  private void keep(Guest guest) {
    var process = processes.get(new Key(guest.id(), guest.incarnation()));
    if (process == null) parts.memory().keep(guest, List.of());
    else process.tell(new ProcessCommand.Keep(output -> parts.memory().keep(guest, output)));
  }

  private void fetch(GuestsEffect.FetchImage fetch) {
    bodies
        .fetch(fetch.from(), fetch.image(), fetch.inline())
        .whenComplete(
            (done, failure) -> {
              Image image = fetch.image();
              if (failure == null) bodies.readAhead(fetch.id(), image);
              GuestsInput input =
                  failure != null
                      ? new GuestsInput.ImageFetchFailed(
                          fetch.id(), fetch.incarnation(), Lines.of(Bodies.cause(failure)))
                      : new GuestsInput.ImageFetched(
                          fetch.id(),
                          fetch.incarnation(),
                          new Image(
                              image.blob(),
                              image.format(),
                              parts.post().self().node(),
                              image.stdout(),
                              image.stderr(),
                              image.takenAtMillis()));
              context.getSelf().tell(new Told(input));
            });
  }

  private void moveOut(ProcessHost.MoveOut move) {
    moves.computeIfAbsent(move.id(), each -> new ArrayList<>()).add(move.replyTo());
    handle(
        new GuestsInput.MoveOut(
            move.id(), move.target(), move.reason(), move.predictedGainSeconds()));
  }

  private void moveOver(GuestsEffect.MoveOver over) {
    var waiting = moves.remove(over.id());
    if (waiting == null) return;
    var outcome = new MoveOutcome(over.id(), over.target(), over.failed(), over.pauseMillis());
    waiting.forEach(each -> each.tell(outcome));
  }

  private void tellChanges() {
    changesScheduled = false;
    var view = Views.of(guests);
    watchers.forEach(each -> each.tell(view));
    endIfShutDown();
  }

  private Set<String> blobsInUse() {
    var names = Views.blobs(guests);
    names.addAll(parts.memory().blobs());
    return names;
  }

  private void checkpoint(ProcessId id) {
    processes.forEach(
        (key, process) -> {
          if (key.id().equals(id)) process.tell(new ProcessCommand.Checkpoint());
        });
  }

  private void shutDown(Capacity capacity, ActorRef<Integer> replyTo) {
    shuttingDown = replyTo;
    mode = GuestsInput.Mode.BLOCKED;
    handle(new GuestsInput.CapacityChanged(capacity, mode));
    handle(new GuestsInput.LeaveAll("its host is shut down"));
    endIfShutDown();
  }

  /** Told once nothing runs here any more and what the homes may not know yet is on the disk. */
  private void endIfShutDown() {
    if (shuttingDown == null || guests.all().stream().anyMatch(each -> each.phase().takesRoom())) {
      return;
    }
    for (var due : late.due(Long.MAX_VALUE)) keep(due);
    bodies.close();
    parts.memory().flush();
    shuttingDown.tell(guests.all().size());
    shuttingDown = null;
  }
}
