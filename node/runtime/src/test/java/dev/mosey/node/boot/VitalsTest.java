package dev.mosey.node.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node that has lost a part ends; one that ends on purpose says nothing. */
class VitalsTest {
  private static ActorTestKit kit;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final AtomicBoolean ending = new AtomicBoolean();

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static ActorRef<String> part() {
    return kit.spawn(
        Behaviors.receiveMessage(
            word -> {
              if (word.equals("stop")) {
                return Behaviors.stopped();
              }
              throw new IllegalStateException("as the test wants it");
            }));
  }

  @Test
  void aPartThatFailsEndsTheNodeWithItsName() throws InterruptedException {
    ActorRef<String> home = part();
    kit.spawn(Vitals.create(Map.of("home", home, "scheduler", part()), ending::get, said::add));

    home.tell("fail");

    assertThat(said.poll(10, TimeUnit.SECONDS)).isEqualTo("the home failed: see the log");
  }

  @Test
  void aPartThatStopsWhileTheNodeEndsIsNoFault() {
    ActorRef<String> home = part();
    ActorRef<Void> vitals = kit.spawn(Vitals.create(Map.of("home", home), ending::get, said::add));
    TestProbe<Void> watcher = kit.createTestProbe();
    ending.set(true);

    home.tell("stop");

    watcher.expectTerminated(vitals);
    assertThat(said).isEmpty();
  }
}
