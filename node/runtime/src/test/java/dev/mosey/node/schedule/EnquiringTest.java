package dev.mosey.node.schedule;

import static dev.mosey.node.schedule.SchedulerBench.ALPHA;
import static dev.mosey.node.schedule.SchedulerBench.BETA;
import static dev.mosey.node.schedule.SchedulerBench.GAMMA;
import static dev.mosey.node.schedule.SchedulerBench.WALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.load.Guests;
import dev.mosey.policy.books.Assignment;
import dev.mosey.policy.books.QueueHead;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.job.Resources;
import dev.mosey.protocol.wire.Enquiry;
import dev.mosey.protocol.wire.Invitation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnquiringTest {
  @TempDir private Path directory;
  private SchedulerBench bench;

  /** Alpha has no room; of the others it is known how they were five seconds ago. */
  @BeforeEach
  void start() {
    bench = new SchedulerBench(directory).start(8).members(50, 0, 1);
    bench.loadsAged(5_000, 50, 0, 1);
    bench.invite(BETA, 1, 0, 4);
    bench.invite(GAMMA, 1, 0, 4);
    bench.sent();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void queue() {
    QueueHead head =
        new QueueHead(
            new JobId(ALPHA, 1),
            Guests.spec(MoveMode.NEVER, Resources.of(1, 1)),
            List.of(new Run(0, 0)),
            1,
            50,
            0,
            0,
            Set.of());
    bench.scheduler.tell(new Scheduler.QueueChanged(List.of(head), 1));
  }

  private List<NodeName> asked() {
    return bench.sent().stream()
        .filter(sent -> sent.message() instanceof Enquiry)
        .map(SchedulerBench.Sent::to)
        .toList();
  }

  private List<NodeName> placed() {
    return bench.placed().stream().map(Assignment::host).map(host -> host.node()).toList();
  }

  @Test
  void asksThoseOfWhomItKnowsOldNewsAndPlacesByTheirAnswers() {
    queue();
    assertThat(asked()).containsExactlyInAnyOrder(BETA, GAMMA);
    bench.answer(BETA, 2, 9, 4);
    assertThat(placed()).as("gamma has not answered").isEmpty();
    bench.answer(GAMMA, 2, 0, 4);
    assertThat(placed()).as("beta was idle five seconds ago").containsExactly(GAMMA);
    assertThat(asked()).isEmpty();
  }

  @Test
  void whoHasNoRoomAnyMoreGetsNothing() {
    queue();
    assertThat(asked()).hasSize(2);
    bench.answer(BETA, 2, 0, 0);
    bench.answer(GAMMA, 2, 1, 4);
    assertThat(placed()).containsExactly(GAMMA);
  }

  @Test
  void whoDoesNotAnswerIsWaitedForNoLongerThanThePatience() {
    queue();
    assertThat(asked()).containsExactlyInAnyOrder(BETA, GAMMA);
    bench.answer(GAMMA, 2, 30, 4);
    assertThat(placed()).isEmpty();
    bench.pass(100);
    assertThat(placed()).as("as it was five seconds ago").containsExactly(BETA);
    assertThat(asked()).as("once is enough").isEmpty();
  }

  @Test
  void freshNewsAreTakenAtTheirWord() {
    bench.loadsAged(100, 50, 0, 1);
    queue();
    assertThat(placed()).containsExactly(BETA);
    assertThat(asked()).isEmpty();
  }

  @Test
  void aHomeThatNobodyCouldBeatAsksNobody() {
    bench.loadsAged(5_000, 0, 0, 0);
    bench.guests(Guests.running(0, 4, WALL));
    queue();
    assertThat(placed()).containsExactly(ALPHA);
    assertThat(asked()).isEmpty();
  }

  @Test
  void aHostAnswersWhoAsksWithWhatIsFreeAndHowItsLoadIsNow() {
    bench.loads(0, 0, 0);
    bench.guests(Guests.running(2, 4, WALL));
    bench.enquire(BETA);
    Invitation answer =
        bench.sent().stream()
            .filter(sent -> sent.to().equals(BETA) && sent.message() instanceof Invitation)
            .map(sent -> (Invitation) sent.message())
            .filter(invitation -> invitation.load() != null)
            .findFirst()
            .orElseThrow();
    assertThat(answer.slots()).isEqualTo(4);
    assertThat(answer.load().load()).as("two have come since it was sampled").isGreaterThan(1);
  }
}
