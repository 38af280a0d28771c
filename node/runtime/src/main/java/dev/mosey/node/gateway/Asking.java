package dev.mosey.node.gateway;

import dev.mosey.node.home.Home;
import dev.mosey.node.home.HomeView;
import dev.mosey.node.load.LoadMonitor;
import dev.mosey.node.load.LoadView;
import dev.mosey.node.schedule.Scheduler;
import dev.mosey.node.schedule.SchedulerView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/**
 * Questions to the actors of this node. An answer that does not come in time fails its future.
 *
 * @param actors whom to ask
 * @param timeout for an answer
 */
record Asking(ActorSystem<?> system, Gateway.Actors actors, Duration timeout) {
  /** The same with another patience. */
  Asking within(Duration patience) {
    return new Asking(system, actors, patience);
  }

  /** Asks one of them. */
  <C, T> CompletableFuture<T> ask(
      ActorRef<C> actor, org.apache.pekko.japi.function.Function<ActorRef<T>, C> message) {
    return AskPattern.ask(actor, message, timeout, system.scheduler()).toCompletableFuture();
  }

  /** Reads the books. */
  <T> CompletableFuture<T> home(Function<HomeView, T> question) {
    return ask(actors.home(), replyTo -> new Home.Read<>(question, replyTo));
  }

  /** Reads loads and tunes. */
  <T> CompletableFuture<T> loads(Function<LoadView, T> question) {
    return ask(actors.loads(), replyTo -> new LoadMonitor.Read<>(question, replyTo));
  }

  /** Reads placement and moves. */
  <T> CompletableFuture<T> scheduler(Function<SchedulerView, T> question) {
    return ask(actors.scheduler(), replyTo -> new Scheduler.Read<>(question, replyTo));
  }
}
