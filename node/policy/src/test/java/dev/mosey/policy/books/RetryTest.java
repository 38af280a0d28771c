package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.ended;
import static dev.mosey.policy.books.HomeBench.guest;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.wire.Report;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What failed by itself is tried again after a rest, and elsewhere. */
class RetryTest {
  private static final BooksLimits.Retry RULES = BooksLimits.USUAL.retry();

  private final HomeBench home = new HomeBench();

  private QueueHead head() {
    List<QueueHead> heads = home.machine.view().heads(1, Map.of(), home.now());
    return heads.isEmpty() ? null : heads.getFirst();
  }

  private void failsAt(HostId host, long number) {
    home.place(number, host, 0);
    Element element = home.element(number, 0);
    assertThat(element.isPlaced()).isTrue();
    home.report(host, guest(number, element.incarnation(), ended(3)));
  }

  private WhyWaiting why(long number) {
    Job job = home.machine.books().job(number);
    return home.machine.view().why(job, 0, Map.of(), home.now());
  }

  @Test
  void itRestsBeforeItIsTriedAgainAndSaysSo() {
    long number = home.submit(Specs.job().retries(1).spec());
    failsAt(BETA, number);
    assertThat(head()).isNull();
    WhyWaiting why = why(number);
    assertThat(why.reason()).isEqualTo(WhyWaiting.Reason.RESTING);
    assertThat(why.because()).isEqualTo("failed with 3 on beta");
    assertThat(why.until()).isEqualTo(home.now().epochMillis() + RULES.pauseMillis());
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0).isPlaced()).isFalse();
    home.millis += RULES.pauseMillis();
    home.run(new BooksCommand.Tick());
    assertThat(home.effects).contains(new Effect.QueueChanged());
    assertThat(head().id().number()).isEqualTo(number);
    home.place(number, GAMMA, 0);
    assertThat(home.element(number, 0).isPlaced()).isTrue();
  }

  @Test
  void eachFailureDoublesTheRestUpToABound() {
    long number = home.submit(Specs.job().retries(20).spec());
    long rest = RULES.pauseMillis();
    for (int i = 0; i < 20; i++) {
      failsAt(BETA, number);
      assertThat(why(number).until()).isEqualTo(home.now().epochMillis() + rest);
      home.millis += rest - 1;
      assertThat(head()).as("failure %d", i).isNull();
      home.millis += 1;
      assertThat(head()).isNotNull();
      rest = Math.min(2 * rest, RULES.pauseMaxMillis());
    }
    assertThat(rest).isEqualTo(RULES.pauseMaxMillis());
  }

  @Test
  void theRestIsKeptOverARestartOfTheHome() {
    long number = home.submit(Specs.job().retries(1).spec());
    failsAt(BETA, number);
    home.restart();
    assertThat(head()).isNull();
    home.millis += RULES.pauseMillis();
    assertThat(head()).isNotNull();
    assertThat(head().shun()).containsExactly(BETA.node());
  }

  @Test
  void itShunsEveryNodeOnWhichItFailedForAWhile() {
    long number = home.submit(Specs.job().retries(3).spec());
    failsAt(BETA, number);
    home.millis += RULES.pauseMillis();
    assertThat(head().shun()).containsExactly(BETA.node());
    assertThat(why(number).refused()).containsEntry(BETA.node(), "it has failed there");
    failsAt(GAMMA, number);
    home.millis += 2 * RULES.pauseMillis();
    assertThat(head().shun()).containsExactlyInAnyOrder(BETA.node(), GAMMA.node());
    home.millis += RULES.elsewhereMillis();
    assertThat(head().shun()).as("then any node is better than none").isEmpty();
    home.run(new BooksCommand.Tick());
    assertThat(home.effects).as("the scheduler is told").contains(new Effect.QueueChanged());
  }

  @Test
  void ofAnArrayOnlyWhatFailedRestsAndShuns() {
    long number = home.submit(Specs.job().array("0-3").retries(1).spec());
    home.place(number, BETA, 1);
    var process = new ProcessId(HOME, number, 1);
    home.report(BETA, Report.Guest.of(process, 1, ended(3)));
    List<Run> others = List.of(Run.of(0), new Run(2, 3));
    assertThat(head().tasks()).isEqualTo(others);
    assertThat(head().shun()).isEmpty();
    home.millis += RULES.pauseMillis();
    List<QueueHead> heads = home.machine.view().heads(5, Map.of(), home.now());
    assertThat(heads).extracting(QueueHead::tasks).containsExactly(List.of(Run.of(1)), others);
    assertThat(heads).extracting(QueueHead::count).containsExactly(1, 3);
    assertThat(heads)
        .as("the others wait for no other node")
        .extracting(QueueHead::shun)
        .containsExactly(Set.of(BETA.node()), Set.of());
  }

  @Test
  void aLossIsNoFailureAndNeedsNoRest() {
    long number = home.submit(Specs.job().retries(1).spec());
    home.place(number, BETA, 0);
    home.report(BETA, guest(number, 1, HomeBench.running()));
    home.millis += 2 * HomeBench.LEASE;
    home.run(new BooksCommand.Tick());
    assertThat(head().shun()).isEmpty();
  }

  @Test
  void runStartsItWithoutRest() {
    long number = home.submit(Specs.job().retries(1).spec());
    failsAt(BETA, number);
    home.run(new BooksCommand.RunNow(number));
    assertThat(head().now()).isTrue();
  }
}
