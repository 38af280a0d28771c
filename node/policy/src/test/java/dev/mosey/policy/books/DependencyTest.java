package dev.mosey.policy.books;

import static dev.mosey.policy.books.HomeBench.ended;
import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.WhyWaiting.Reason;
import dev.mosey.protocol.event.BooksEvent.Outcome;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.wire.Report;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DependencyTest {
  private final HomeBench home = new HomeBench();

  private static After after(After.Kind kind, long job) {
    return new After(kind, new JobId(HOME, job));
  }

  private Job job(long number) {
    return home.machine.books().job(number);
  }

  private void runs(long job, int code) {
    home.place(job, BETA, 0);
    home.report(BETA, HomeBench.guest(job, 1, ended(code)));
  }

  @Test
  void startsOnlyAfterItsDependencyEndedWell() {
    long first = home.submit(Specs.job().spec());
    long second = home.submit(Specs.job().after(after(After.Kind.OK, first)).spec());
    assertThat(home.place(second, BETA, 0)).isEqualTo(new BooksReply.Placed(List.of()));
    assertThat(home.machine.view().why(job(second), 0, Map.of(), home.now()))
        .extracting(WhyWaiting::reason, WhyWaiting::dependency)
        .containsExactly(Reason.DEPENDENCY, new JobId(HOME, first));
    runs(first, 0);
    assertThat(job(second).ready().contains(0)).isTrue();
  }

  @Test
  void aFailedDependencyCancelsAllThatHangsOnItAndSaysSo() {
    long first = home.submit(Specs.job().spec());
    long second = home.submit(Specs.job().after(after(After.Kind.OK, first)).spec());
    long third = home.submit(Specs.job().after(after(After.Kind.OK, second)).spec());
    long any = home.submit(Specs.job().after(after(After.Kind.ANY, first)).spec());
    runs(first, 1);
    for (long number : new long[] {second, third}) {
      assertThat(job(number).ending(0).outcome()).isEqualTo(Outcome.CANCELLED);
    }
    assertThat(job(third).ending(0).exit().why())
        .isEqualTo("it waited for alpha." + second + ", which failed");
    assertThat(job(any).ready().contains(0)).isTrue();
  }

  @Test
  void eachElementWaitsForItsOwn() {
    long first = home.submit(Specs.job().array("1-3").spec());
    long second = home.submit(Specs.job().array("2-4").after(after(After.Kind.EACH, first)).spec());
    assertThat(job(second).ending(2).outcome())
        .as("element 4 has nothing to wait for")
        .isEqualTo(Outcome.CANCELLED);
    home.run(new BooksCommand.Place(List.of(new Assignment(first, List.of(new Run(0, 2)), BETA))));
    home.report(
        BETA,
        Report.Guest.of(new ProcessId(HOME, first, 2), 1, ended(0)),
        Report.Guest.of(new ProcessId(HOME, first, 3), 1, ended(1)));
    assertThat(job(second).ready().runs()).containsExactly(Run.of(0));
    assertThat(job(second).ending(1).outcome()).isEqualTo(Outcome.CANCELLED);
  }

  @Test
  void asksAnotherHomeAndGoesByItsAnswer() {
    JobId elsewhere = new JobId(NodeName.of("delta"), 9);
    long job = home.submit(Specs.job().after(new After(After.Kind.OK, elsewhere)).spec());
    assertThat(home.effects).contains(new Effect.AskDependency(elsewhere));
    home.run(new BooksCommand.DependencyEnded(elsewhere, null, List.of(Run.of(0)), List.of()));
    assertThat(job(job).ready().contains(0)).isTrue();
  }

  @Test
  void whatIsNotKnownAnywhereCancels() {
    JobId elsewhere = new JobId(NodeName.of("delta"), 9);
    long job = home.submit(Specs.job().after(new After(After.Kind.OK, elsewhere)).spec());
    home.run(new BooksCommand.DependencyEnded(elsewhere, null, List.of(), List.of()));
    assertThat(job(job).ending(0).exit().why()).contains("not known any more");
  }

  @Test
  void aRestartedHomeAsksAgain() {
    JobId elsewhere = new JobId(NodeName.of("delta"), 9);
    home.submit(Specs.job().after(new After(After.Kind.OK, elsewhere)).spec());
    home.restart();
    assertThat(home.effects).contains(new Effect.AskDependency(elsewhere));
  }

  @Test
  void refusesToWaitForAJobThatIsNotThere() {
    assertThat(
            home.run(
                new BooksCommand.Submit(
                    null, Specs.job().after(after(After.Kind.OK, 5)).spec(), false)))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, refused -> assertThat(refused.message()).contains("alpha.5"));
  }
}
