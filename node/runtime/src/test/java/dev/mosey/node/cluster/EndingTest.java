package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.AbruptStageTerminationException;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndingTest {
  private static final Config BRIEF =
      ConfigFactory.parseString(
              """
              pekko.coordinated-shutdown {
                exit-jvm = off
                run-by-jvm-shutdown-hook = off
                phases.before-actor-system-terminate.timeout = 10 minutes
                phases.actor-system-terminate.timeout = 200 ms
              }
              """)
          .withFallback(ConfigFactory.load());

  private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ending", BRIEF);
  private final CompletableFuture<Done> released = new CompletableFuture<>();

  @AfterEach
  void end() throws Exception {
    released.complete(Done.getInstance());
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void aStreamThatStallsIsCutAndTheSystemEnds() throws Exception {
    CompletableFuture<Done> stream =
        Source.<Done>never().runWith(Sink.ignore(), system).toCompletableFuture();
    // As the remoting of Pekko 1.7 does: the system does not end before the stream has.
    beforeTheEnd(stream.handle((done, cut) -> Done.getInstance()));
    Ending.bound(system, () -> {});
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThatThrownBy(stream::get).hasCauseInstanceOf(AbruptStageTerminationException.class);
  }

  @Test
  void whereThatDoesNotHelpItIsSaidToBeHopeless() throws Exception {
    CountDownLatch hopeless = new CountDownLatch(1);
    beforeTheEnd(released);
    Ending.bound(system, hopeless::countDown);
    system.terminate();
    assertThat(hopeless.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private void beforeTheEnd(CompletionStage<Done> awaited) {
    CoordinatedShutdown.get(system)
        .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "awaits", () -> awaited);
  }
}
