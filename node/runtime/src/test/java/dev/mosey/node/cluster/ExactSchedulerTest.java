package dev.mosey.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.SchedulerException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.concurrent.ExecutionContext;
import scala.concurrent.ExecutionContext$;

class ExactSchedulerTest {
  private final ExactScheduler timers =
      new ExactScheduler(ConfigFactory.empty(), null, Executors.defaultThreadFactory());
  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final ExecutionContext where = ExecutionContext$.MODULE$.fromExecutor(threads);

  @AfterEach
  void end() {
    timers.close();
    threads.shutdownNow();
  }

  @Test
  void runsOnceAndNotBeforeItsTime() throws InterruptedException {
    var ran = new CountDownLatch(1);
    var at = new AtomicLong();
    long begun = System.nanoTime();
    timers.scheduleOnce(
        Duration.ofMillis(30),
        () -> {
          at.set(System.nanoTime());
          ran.countDown();
        },
        where);
    assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(at.get() - begun).isGreaterThanOrEqualTo(30_000_000);
  }

  @Test
  void repeatsUntilItIsCancelled() throws InterruptedException {
    var times = new CountDownLatch(3);
    Cancellable repeated =
        timers.scheduleAtFixedRate(Duration.ZERO, Duration.ofMillis(1), times::countDown, where);
    assertThat(times.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(repeated.cancel()).isTrue();
    assertThat(repeated.isCancelled()).isTrue();
    assertThat(repeated.cancel()).as("a second time").isFalse();
  }

  @Test
  void whatIsRepeatedNeverRunsTwiceAtOnceAlsoWhenItIsLate() throws InterruptedException {
    ExecutorService many = Executors.newFixedThreadPool(4);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var times = new CountDownLatch(200);
    Cancellable repeated =
        timers.scheduleAtFixedRate(
            Duration.ZERO,
            Duration.ofNanos(10_000),
            () -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.yield();
              running.decrementAndGet();
              times.countDown();
            },
            ExecutionContext$.MODULE$.fromExecutor(many));
    assertThat(times.await(20, TimeUnit.SECONDS)).isTrue();
    repeated.cancel();
    many.shutdownNow();
    assertThat(most).hasValue(1);
  }

  @Test
  void whatMustRunInAnyCaseRunsWhenTheActorSystemEnds() {
    var ran = new AtomicInteger();
    Scheduler.TaskRunOnClose last = ran::incrementAndGet;
    timers.scheduleOnce(Duration.ofHours(1), last, where);
    timers.scheduleOnce(Duration.ofHours(1), () -> ran.addAndGet(100), where);
    timers.close();
    assertThat(ran).hasValue(1);
  }

  @Test
  void afterItsEndItRefusesAsPekkoExpects() {
    timers.close();
    assertThatThrownBy(() -> timers.scheduleOnce(Duration.ZERO, () -> {}, where))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(SchedulerException.class);
    assertThatThrownBy(
            () -> timers.scheduleAtFixedRate(Duration.ZERO, Duration.ofSeconds(1), () -> {}, where))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(SchedulerException.class);
  }
}
