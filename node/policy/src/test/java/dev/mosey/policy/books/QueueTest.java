package dev.mosey.policy.books;

import static dev.mosey.policy.books.Specs.BETA;
import static dev.mosey.policy.books.Specs.GAMMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.WhyWaiting.Reason;
import dev.mosey.protocol.event.BooksEvent.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueTest {
  private final HomeBench home = new HomeBench();

  private List<Long> order(Map<String, Double> shares) {
    return home.machine.view().heads(100, shares, home.now()).stream()
        .map(head -> head.id().number())
        .toList();
  }

  private QueueHead head() {
    return home.machine.view().heads(1, Map.of(), home.now()).get(0);
  }

  private WhyWaiting why(long job, int position) {
    return home.machine.view().why(home.machine.books().job(job), position, Map.of(), home.now());
  }

  @Test
  void goesByPriorityThenShareThenAge() {
    long late = home.submit(Specs.job().priority(60).spec());
    long annFirst = home.submit(Specs.job().user("ann").spec());
    long bob = home.submit(Specs.job().user("bob").spec());
    long annSecond = home.submit(Specs.job().user("ann").spec());
    long urgent = home.submit(Specs.job().priority(0).spec());
    assertThat(order(Map.of("ann", 5.0, "bob", 1.0)))
        .containsExactly(urgent, bob, annFirst, annSecond, late);
    assertThat(order(Map.of("bob", 9.0))).containsExactly(urgent, annFirst, annSecond, bob, late);
  }

  @Test
  void advanceRetardAndRunNowChangeTheOrder() {
    long one = home.submit(Specs.job().spec());
    long two = home.submit(Specs.job().spec());
    long three = home.submit(Specs.job().begin(home.now().epochMillis() + 1_000_000).spec());
    home.run(new BooksCommand.Advance(two));
    assertThat(order(Map.of())).containsExactly(two, one);
    home.run(new BooksCommand.Retard(two));
    assertThat(order(Map.of())).containsExactly(one, two);
    home.run(new BooksCommand.RunNow(three));
    assertThat(order(Map.of())).containsExactly(three, one, two);
    assertThat(head().priority()).isZero();
  }

  @Test
  void aHeldJobWaitsUntilReleased() {
    long job = home.submit(Specs.job().spec());
    home.run(new BooksCommand.Hold(job));
    assertThat(order(Map.of())).isEmpty();
    assertThat(home.place(job, BETA, 0)).isEqualTo(new BooksReply.Placed(List.of()));
    assertThat(why(job, 0).reason()).isEqualTo(Reason.HELD);
    home.run(new BooksCommand.Release(job));
    assertThat(order(Map.of())).containsExactly(job);
  }

  @Test
  void aJobIsInTheQueueFromItsTimeOn() {
    long job = home.submit(Specs.job().begin(home.now().epochMillis() + 10).spec());
    assertThat(order(Map.of())).isEmpty();
    assertThat(why(job, 0).reason()).isEqualTo(Reason.BEGIN);
    assertThat(home.place(job, BETA, 0)).isEqualTo(new BooksReply.Placed(List.of()));
    home.millis += 10;
    home.run(new BooksCommand.Tick());
    assertThat(home.effects).contains(new Effect.QueueChanged());
    assertThat(order(Map.of())).containsExactly(job);
  }

  @Test
  void neverRunsMoreOfAnArrayAtOnceThanAsked() {
    long job = home.submit(Specs.job().array("1-10%3").spec());
    assertThat(head().count()).isEqualTo(3);
    var all = new Assignment(job, List.of(new Run(0, 9)), BETA);
    assertThat(home.run(new BooksCommand.Place(List.of(all, all))))
        .isEqualTo(
            new BooksReply.Placed(List.of(new Assignment(job, List.of(new Run(0, 2)), BETA))));
    assertThat(order(Map.of())).isEmpty();
    assertThat(why(job, 5).reason()).isEqualTo(Reason.AT_ONCE);
  }

  @Test
  void oneTaskIsPlacedOnceOnly() {
    long job = home.submit(Specs.job().array("1-4").spec());
    BooksReply reply =
        home.run(
            new BooksCommand.Place(
                List.of(
                    new Assignment(job, List.of(new Run(0, 2)), BETA),
                    new Assignment(job, List.of(new Run(1, 3)), GAMMA))));
    assertThat(reply)
        .isEqualTo(
            new BooksReply.Placed(
                List.of(
                    new Assignment(job, List.of(new Run(0, 2)), BETA),
                    new Assignment(job, List.of(new Run(3, 3)), GAMMA))));
  }

  @Test
  void placesOnlyWhereTheJobMayGo() {
    long job = home.submit(Specs.job().on(GAMMA.node()).spec());
    assertThat(home.place(job, BETA, 0)).isEqualTo(new BooksReply.Placed(List.of()));
    assertThat(home.place(job, GAMMA, 0))
        .isEqualTo(new BooksReply.Placed(List.of(new Assignment(job, List.of(Run.of(0)), GAMMA))));
  }

  @Test
  void saysHowManyAreAhead() {
    home.submit(Specs.job().spec());
    long second = home.submit(Specs.job().spec());
    assertThat(why(second, 0)).isEqualTo(new WhyWaiting(Reason.QUEUED, 0, null, 0, 0, 1, Map.of()));
  }

  @Test
  void aKeyThatWasUsedForAnotherRequestIsRefused() {
    home.run(new BooksCommand.Submit("k", Specs.job().spec(), false));
    var other = home.run(new BooksCommand.Submit("k", Specs.job().command("other").spec(), false));
    assertThat(other)
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, refused -> assertThat(refused.code()).isEqualTo("key-used"));
  }

  @Test
  void theSameKeyNamesTheSameJob() {
    var first = home.run(new BooksCommand.Submit("k", Specs.job().spec(), false));
    var again = home.run(new BooksCommand.Submit("k", Specs.job().spec(), false));
    var id = ((BooksReply.Accepted) first).id();
    assertThat(again).isEqualTo(new BooksReply.Accepted(id, true));
    home.restart();
    assertThat(home.run(new BooksCommand.Submit("k", Specs.job().spec(), false)))
        .isEqualTo(new BooksReply.Accepted(id, true));
  }

  @Test
  void refusesWhatIsBeyondItsBounds() {
    assertThat(home.run(new BooksCommand.Submit(null, Specs.job().array("1-100001").spec(), false)))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo("too-large");
              assertThat(refused.hint()).isNotBlank();
            });
    String longWord = "x".repeat(40_000);
    assertThat(home.run(new BooksCommand.Submit(null, Specs.job().command(longWord).spec(), false)))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, refused -> assertThat(refused.code()).isEqualTo("too-large"));
    assertThat(home.machine.books().jobs()).isEmpty();
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThat(home.run(new BooksCommand.Hold(7)))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, refused -> assertThat(refused.code()).isEqualTo("not-found"));
  }

  @Test
  void forgetsTheOldestEndedJobs() {
    for (int i = 0; i < Books.ENDED_KEPT + 5; i++) {
      long job = home.submit(Specs.job().spec());
      home.run(new BooksCommand.Cancel(job, null, "ann"));
    }
    assertThat(home.machine.books().jobs()).hasSize(Books.ENDED_KEPT);
    assertThat(home.run(new BooksCommand.Retry(1, null, false)))
        .isInstanceOfSatisfying(
            BooksReply.Refused.class, refused -> assertThat(refused.code()).isEqualTo("ended"));
  }
}
