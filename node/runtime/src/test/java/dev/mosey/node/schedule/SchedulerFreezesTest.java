package dev.mosey.node.schedule;

import static dev.mosey.node.schedule.SchedulerBench.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.host.ProcessHost;
import dev.mosey.node.load.Guests;
import dev.mosey.policy.balance.FreezeRules;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.job.FrozenBy;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that freezes what runs there above a load of 2 and takes work again below 1. */
class SchedulerFreezesTest {
  @TempDir private Path directory;
  private SchedulerBench bench;

  @BeforeEach
  void start() {
    bench = new SchedulerBench(directory, new FreezeRules(2, 1, 1, 0, 5_000, 0)).start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private List<ProcessHost.Command> frozen() {
    return bench.host().stream().filter(ProcessHost.Freeze.class::isInstance).toList();
  }

  private int placedHere() {
    QueueHead head =
        new QueueHead(
            new JobId(ALPHA, 9),
            Guests.spec(MoveMode.NEVER, Resources.of(1, 1)),
            List.of(new Run(0, 4)),
            5,
            50,
            0,
            0,
            Set.of());
    bench.scheduler.tell(new Scheduler.QueueChanged(List.of(head), 5));
    return bench.placed().stream().mapToInt(Assignment::size).sum();
  }

  @Test
  void freezesOneAfterTheOtherAndTakesNoWorkBeforeItsLoadIsBelowTheLowerMark() {
    bench.members(3, 3, 3);
    bench.guests(Guests.running(3, 5, SchedulerBench.WALL));
    bench.pass(1_200);
    assertThat(frozen()).containsExactly(new ProcessHost.Freeze(Guests.id(1), FrozenBy.LOAD));
    bench.pass(3_000);
    assertThat(frozen()).as("the load must show it first").isEmpty();
    bench.pass(3_000);
    assertThat(frozen()).hasSize(1);
    assertThat(placedHere()).isZero();

    bench.loads(1.5, 3, 3);
    bench.pass(2_500);
    assertThat(frozen()).isEmpty();
    assertThat(placedHere()).as("between the marks nothing changes").isZero();

    bench.loads(0.9, 3, 3);
    bench.pass(1_200);
    assertThat(placedHere()).as("one more and it would be above the upper mark").isEqualTo(1);
  }

  @Test
  void leavesAloneWhatCanNotBePacked() {
    bench.members(3, 3, 3);
    bench.guests(
        Guests.of(
            List.of(
                Guests.guest(1, "running", MoveMode.NEVER, SchedulerBench.WALL),
                Guests.guest(2, "running", MoveMode.RESTART, SchedulerBench.WALL)),
            5));
    bench.pass(3_000);
    assertThat(frozen()).isEmpty();
  }
}
