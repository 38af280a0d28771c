package dev.mosey.node.host;

import dev.mosey.node.cluster.Post;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.GuestsEffect.StartBody;
import dev.mosey.policy.guests.GuestsInput;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.wire.Output;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Drives the body of one incarnation and brings its output home.
 *
 * <pre>
 *   fetching --all blobs here--> running --body ended--> draining --output taken--> (stopped)
 *      |  failed: told, stopped     |  pause, resume, stop, signals, checkpoints
 * </pre>
 *
 * What it is told to do comes from {@code Guests}, and what it tells are inputs for them.
 */
final class GuestProcess {
  private record FromBody(BodyEvent event) implements ProcessCommand.Own {}

  private record ResendDue() implements ProcessCommand.Own {}

  private record GraceOver(int stop) implements ProcessCommand.Own {}

  private record PauseOver(int request) implements ProcessCommand.Own {}

  private record OutputWaitOver(int request) implements ProcessCommand.Own {}

  private record TimeLimit() implements ProcessCommand.Own {}

  private record LookAtBody() implements ProcessCommand.Own {}

  /**
   * What every process of a node shares.
   *
   * @param post sends output
   * @param tell the {@code Guests} of this host
   * @param clock wall clock
   * @param settings the bounds
   */
  record Shared(
      Post post, Consumer<GuestsInput> tell, InstantSource clock, HostSettings settings) {}

  private final Shared shared;
  private final StartBody start;
  private final TimerScheduler<ProcessCommand> timers;
  private final Consumer<BodyEvent> fromBody;
  private final ProcessId id;
  private final int incarnation;
  private final OutputEnds from;
  private final Outbox outbox;
  private final Pausing pausing;
  private Body body;
  private long deadlineBootMillis;
  private boolean resendScheduled;
  private int stops;
  private String stoppedBecause;

  private long cpuMillis;
  private long rssBytes;
  private String progress;

  private GuestProcess(
      Shared shared,
      StartBody start,
      OutputEnds from,
      OutputEnds taken,
      TimerScheduler<ProcessCommand> timers,
      Consumer<BodyEvent> fromBody) {
    this.shared = shared;
    this.start = start;
    this.timers = timers;
    this.fromBody = fromBody;
    this.id = start.id();
    this.incarnation = start.incarnation();
    this.deadlineBootMillis = start.deadlineBootMillis();
    this.from = from;
    this.outbox =
        new Outbox(
            id,
            incarnation,
            taken,
            shared.settings().outputWindowBytes(),
            shared.settings().outputResend().toMillis());
    this.pausing = new Pausing(shared, start, from, outbox);
  }

  /** Waits for {@link ProcessCommand.Ready} and goes on from there. */
  static Behavior<ProcessCommand> create(Shared shared, StartBody start) {
    var from = from(start);
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new GuestProcess(
                            shared,
                            start,
                            from,
                            from,
                            timers,
                            event -> context.getSelf().tell(new FromBody(event)))
                        .fetching()));
  }

  private static OutputEnds from(StartBody start) {
    var image = start.image();
    return image == null ? OutputEnds.NONE : new OutputEnds(image.stdout(), image.stderr());
  }

  /**
   * Goes on with what the daemon before this one has handed over.
   *
   * @param adopted told once its body is known to the keeper
   */
  static Behavior<ProcessCommand> adopted(
      Shared shared,
      StartBody start,
      HandedOver.Carried carried,
      ProcessCommand.Ready ready,
      Runnable adopted) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new GuestProcess(
                            shared,
                            start,
                            from(start),
                            carried.taken(),
                            timers,
                            event -> context.getSelf().tell(new FromBody(event)))
                        .adopt(carried, ready, adopted)));
  }

  private Behavior<ProcessCommand> adopt(
      HandedOver.Carried carried, ProcessCommand.Ready ready, Runnable adopted) {
    carried.output().forEach(each -> outbox.add(each.stream(), each.bytes()));
    sendOutput();
    body = ready.body().apply(fromBody);
    body.adopt(carried.body(), leaseOfBody());
    adopted.run();
    watch(carried.guest().startedAtMillis());
    stoppedBecause = carried.stopped();
    if (carried.guest().phase() == Guest.Phase.FROZEN) pausing.adoptStanding();
    // How much of its grace was over by then is not known: it has all of it again.
    if (carried.guest().phase() == Guest.Phase.STOPPING) {
      stop(new ProcessCommand.Stop(start.spec().graceMillis(), stoppedBecause));
    }
    return running();
  }

  private Behavior<ProcessCommand> handOver(ProcessCommand.HandOver wish) {
    var carried =
        new HandedOver.Carried(
            wish.guest(), body.keep(), outbox.taken(), outbox.kept(), stoppedBecause);
    wish.to().accept(carried);
    timers.cancelAll();
    return Behaviors.ignore();
  }

  /** Brings home what an earlier session of this node kept of a guest that is over. */
  static Behavior<ProcessCommand> draining(Shared shared, Guest over, List<Output> output) {
    var start =
        new StartBody(
            over.id(), over.incarnation(), over.spec(), over.startImage(), over.entry(), 0);
    return Behaviors.withTimers(
        timers -> {
          var process =
              new GuestProcess(
                  shared, start, from(start), Outbox.start(output), timers, event -> {});
          output.forEach(each -> process.outbox.add(each.stream(), each.bytes()));
          process.sendOutput();
          return process.draining();
        });
  }

  private Behavior<ProcessCommand> fetching() {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case ProcessCommand.Ready ready -> begin(ready);
              case ProcessCommand.SetLease lease -> {
                deadlineBootMillis = lease.deadlineBootMillis();
                yield Behaviors.same();
              }
              case ProcessCommand.Stop stop -> neverStarted(Exit.signal(15).because(stop.why()));
              case ProcessCommand.Kill kill -> neverStarted(Exit.signal(9).because(kill.why()));
              case ProcessCommand.Pause ignored -> {
                pausing.giveUp("it is only starting");
                yield Behaviors.same();
              }
              case ProcessCommand.Resume ignored -> Behaviors.same();
              case ProcessCommand.Signal ignored -> Behaviors.same();
              case ProcessCommand.Checkpoint ignored -> Behaviors.same();
              case ProcessCommand.Taken ignored -> Behaviors.same();
              case ProcessCommand.HandOver ignored -> Behaviors.unhandled();
              case ProcessCommand.Keep ignored -> Behaviors.unhandled();
              case ProcessCommand.Forget ignored -> Behaviors.unhandled();
              case ProcessCommand.Own ignored -> Behaviors.unhandled();
            });
  }

  /** Stopped before its body was made: for {@code Guests} it was a started body all the same. */
  private Behavior<ProcessCommand> neverStarted(Exit exit) {
    shared.tell().accept(new GuestsInput.BodyEnded(id, incarnation, exit, from, now(), true));
    return Behaviors.stopped();
  }

  private Behavior<ProcessCommand> begin(ProcessCommand.Ready ready) {
    if (ready.failed() != null) return refused(RefusalCode.NO_IMAGE, ready.failed());
    body = ready.body().apply(fromBody);
    body.start(leaseOfBody());
    return running();
  }

  private Behavior<ProcessCommand> refused(RefusalCode code, String why) {
    shared.tell().accept(new GuestsInput.BodyFailedToStart(id, incarnation, code, why));
    if (body != null) body.discard();
    return Behaviors.stopped();
  }

  /** A body knows no lease as 0. */
  private long leaseOfBody() {
    return deadlineBootMillis == Long.MAX_VALUE ? 0 : deadlineBootMillis;
  }

  private Behavior<ProcessCommand> running() {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case FromBody from -> heard(from.event());
              case ProcessCommand.Pause wish -> pause(wish.forMove());
              case ProcessCommand.Resume ignored -> resume();
              case ProcessCommand.Stop stop -> stop(stop);
              case ProcessCommand.Kill kill -> kill(kill.why());
              case ProcessCommand.SetLease lease -> {
                deadlineBootMillis = lease.deadlineBootMillis();
                body.lease(leaseOfBody());
                yield Behaviors.same();
              }
              case ProcessCommand.Signal signal -> {
                body.signal(signal.number());
                yield Behaviors.same();
              }
              case ProcessCommand.Checkpoint ignored -> {
                body.checkpoint();
                yield Behaviors.same();
              }
              case ProcessCommand.Taken taken -> {
                taken(taken.taken());
                pausing.tell(false, body);
                yield Behaviors.same();
              }
              case ResendDue ignored -> {
                resendScheduled = false;
                sendOutput();
                yield Behaviors.same();
              }
              case GraceOver over -> over.stop() == stops ? kill(null) : Behaviors.same();
              case PauseOver over -> {
                pausing.over(over.request(), body);
                yield Behaviors.same();
              }
              case OutputWaitOver over -> {
                pausing.outputWaitOver(over.request(), body);
                yield Behaviors.same();
              }
              case TimeLimit ignored ->
                  stop(new ProcessCommand.Stop(start.spec().graceMillis(), "time limit"));
              case LookAtBody ignored -> {
                body.tick();
                yield Behaviors.same();
              }
              case ProcessCommand.Keep keep -> {
                keep.to().accept(outbox.kept());
                yield Behaviors.same();
              }
              case ProcessCommand.HandOver wish -> handOver(wish);
              case ProcessCommand.Ready ignored -> Behaviors.unhandled();
              case ProcessCommand.Forget ignored -> Behaviors.unhandled();
              case ProcessCommand.Own other -> Behaviors.unhandled();
            });
  }

  private Behavior<ProcessCommand> heard(BodyEvent event) {
    switch (event) {
      case BodyEvent.Started ignored -> started();
      case BodyEvent.Refused refused -> {
        return refused(refused.code(), refused.why());
      }
      case BodyEvent.Output output -> {
        int useless = outbox.add(output.stream(), output.bytes());
        if (useless > 0) body.grant(useless);
        sendOutput();
        pausing.tell(false, body);
      }
      case BodyEvent.Progress said -> {
        progress = said.line();
        measured();
      }
      case BodyEvent.Usage usage -> {
        cpuMillis = usage.cpuMillis();
        rssBytes = usage.rssBytes();
        measured();
      }
      case BodyEvent.Paused paused -> paused(paused);
      case BodyEvent.NotPaused failed -> pausing.failed(failed);
      case BodyEvent.Checkpointed checkpoint -> {
        var image = pausing.image(checkpoint.packed());
        shared.tell().accept(new GuestsInput.BodyCheckpointed(id, incarnation, image));
      }
      case BodyEvent.Ended ended -> {
        return ended(ended.exit(), ended.cpuMillis());
      }
      case BodyEvent.Lost lost -> {
        return lost(lost);
      }
    }
    return Behaviors.same();
  }

  private void started() {
    shared.tell().accept(new GuestsInput.BodyStarted(id, incarnation, now()));
    watch(now());
  }

  private void watch(long startedAtMillis) {
    var spec = start.spec();
    if (spec.timeLimitMillis() > 0) {
      long left = spec.timeLimitMillis() - Math.max(0, now() - startedAtMillis);
      timers.startSingleTimer(new TimeLimit(), Duration.ofMillis(Math.max(1, left)));
    }
    if (body.wantsLooks()) {
      timers.startTimerWithFixedDelay(new LookAtBody(), shared.settings().checkpointPoll());
    }
  }

  private void measured() {
    shared.tell().accept(new GuestsInput.Measured(id, incarnation, cpuMillis, rssBytes, progress));
  }

  private Behavior<ProcessCommand> pause(boolean forMove) {
    int request = pausing.begin(forMove);
    body.pause(request);
    timers.startSingleTimer(
        new PauseOver(request), Duration.ofMillis(Math.max(start.spec().graceMillis(), 1)));
    return Behaviors.same();
  }

  private void paused(BodyEvent.Paused paused) {
    if (!pausing.stands(paused)) {
      body.resume(paused.packed()); // an old wish, withdrawn meanwhile
      return;
    }
    // Looked at only where the home must have all output before it is told.
    timers.startSingleTimer(
        new OutputWaitOver(paused.request()), shared.settings().outputResend().multipliedBy(2));
    pausing.tell(false, body);
  }

  private Behavior<ProcessCommand> resume() {
    pausing.end(body);
    return Behaviors.same();
  }

  private Behavior<ProcessCommand> stop(ProcessCommand.Stop stop) {
    if (stoppedBecause == null) stoppedBecause = stop.why();
    if (stop.graceMillis() <= 0) {
      body.kill();
      return Behaviors.same();
    }
    body.terminate();
    timers.startSingleTimer(new GraceOver(++stops), Duration.ofMillis(stop.graceMillis()));
    return Behaviors.same();
  }

  private Behavior<ProcessCommand> kill(String why) {
    if (stoppedBecause == null) stoppedBecause = why;
    body.kill();
    return Behaviors.same();
  }

  private Behavior<ProcessCommand> lost(BodyEvent.Lost lost) {
    return over(
        lost.cpuMillis(),
        new GuestsInput.BodyLost(id, incarnation, lost.why(), outbox.ends()),
        outbox.empty());
  }

  private Behavior<ProcessCommand> ended(Exit exit, long cpuMillisInAll) {
    var how = stoppedBecause == null || exit.why() != null ? exit : exit.because(stoppedBecause);
    boolean taken = outbox.empty();
    return over(
        cpuMillisInAll,
        new GuestsInput.BodyEnded(id, incarnation, how, outbox.ends(), now(), taken),
        taken);
  }

  private Behavior<ProcessCommand> over(long cpuMillisInAll, GuestsInput end, boolean taken) {
    timers.cancelAll();
    resendScheduled = false;
    cpuMillis = Math.max(cpuMillis, cpuMillisInAll);
    if (cpuMillis > 0) measured();
    body.discard();
    shared.tell().accept(end);
    if (taken) return Behaviors.stopped();
    sendOutput();
    return draining();
  }

  private Behavior<ProcessCommand> draining() {
    return Behaviors.receiveMessage(
        message ->
            switch (message) {
              case ProcessCommand.Taken taken -> {
                taken(taken.taken());
                if (!outbox.empty()) yield Behaviors.same();
                shared.tell().accept(new GuestsInput.OutputTakenAll(id, incarnation));
                yield Behaviors.stopped();
              }
              case ResendDue ignored -> {
                resendScheduled = false;
                sendOutput();
                yield Behaviors.same();
              }
              case ProcessCommand.Keep keep -> {
                keep.to().accept(outbox.kept());
                yield Behaviors.same();
              }
              case ProcessCommand.Forget ignored -> Behaviors.stopped();
              case ProcessCommand.HandOver ignored -> Behaviors.same();
              case ProcessCommand.Kill ignored -> Behaviors.same();
              case ProcessCommand.Ready ignored -> Behaviors.same();
              case ProcessCommand.Pause ignored -> Behaviors.same();
              case ProcessCommand.Resume ignored -> Behaviors.same();
              case ProcessCommand.Stop ignored -> Behaviors.same();
              case ProcessCommand.SetLease ignored -> Behaviors.same();
              case ProcessCommand.Signal ignored -> Behaviors.same();
              case ProcessCommand.Checkpoint ignored -> Behaviors.same();
              case ProcessCommand.Own ignored -> Behaviors.same();
            });
  }

  private void taken(OutputTaken taken) {
    boolean refused = taken.refused() != null;
    int freed = outbox.taken(taken.stream(), taken.upTo(), refused, millis());
    if (freed > 0 && body != null) body.grant(freed);
    sendOutput();
  }

  private void sendOutput() {
    for (var message : outbox.toSend(millis())) shared.post().send(id.home(), message);
    long due = outbox.dueMillis();
    if (resendScheduled || due == Long.MAX_VALUE) return;
    resendScheduled = true;
    timers.startSingleTimer(new ResendDue(), Duration.ofMillis(Math.max(due - millis(), 1)));
  }

  /** For time-outs: never set back. */
  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }

  private long now() {
    return shared.clock().millis();
  }
}
