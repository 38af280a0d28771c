package dev.mosey.node.cluster;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound to the end of an actor system. Pekko 1.7 waits for the streams of its remoting for as
 * long as they take, and one that stalls (seen after this process was stopped for a while and
 * removed meanwhile) keeps the port between nodes for ever; Pekko 2 has a bound of its own, after
 * issue 3247.
 */
final class Ending {
  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  /** Where Pekko keeps the supervisors of all running streams. */
  private static final String STREAMS = "/system/Materializers/*";

  private static final String PHASE_TIMEOUT =
      "pekko.coordinated-shutdown.phases.actor-system-terminate.timeout";

  private Ending() {}

  /**
   * Sees to it that this system ends once its shutdown has come that far: its streams are cut after
   * half the time that Pekko gives to the last phase.
   *
   * @param system running
   * @param hopeless run, by a thread of the common pool, when it has not ended after twice the time
   */
  static void bound(ActorSystem<?> system, Runnable hopeless) {
    Duration given = system.settings().config().getDuration(PHASE_TIMEOUT);
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "bound-the-end",
            () -> {
              unlessEnded(system, given.dividedBy(2), () -> cutStreams(system));
              unlessEnded(system, given.multipliedBy(2), hopeless);
              return CompletableFuture.completedFuture(Done.getInstance());
            });
  }

  /** Ends every stream of this system at once, whatever it waits for. */
  static void cutStreams(ActorSystem<?> system) {
    LOG.warn("event=streams-cut: what {} was sending or receiving did not end", system.name());
    system.classicSystem().actorSelection(STREAMS).tell(PoisonPill.getInstance(), null);
  }

  private static void unlessEnded(ActorSystem<?> system, Duration patience, Runnable then) {
    Executor later = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS);
    CompletionStage<Done> ended = system.getWhenTerminated();
    later.execute(
        () -> {
          if (!ended.toCompletableFuture().isDone()) {
            then.run();
          }
        });
  }
}
