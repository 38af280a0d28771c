package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.join;
import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.id.BooksId;
import dev.mosey.protocol.id.JobId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path directory;

  @Test
  void acknowledgesASubmitOnlyAfterItsSync() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      home.journal.hold();
      var probe = home.probe();

      home.home.tell(new Home.Ask(new BooksCommand.Submit("k", spec("true"), false), probe.ref()));
      probe.expectNoMessage(Duration.ofMillis(300));
      home.journal.release();

      assertThat(probe.receiveMessage(TestHome.PATIENCE))
          .isEqualTo(new BooksReply.Accepted(JobId.parse("alpha.1"), false));
    }
  }

  @Test
  void writesWhatArrivesDuringAWriteAsOneRecord() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      int before = home.journal.records.get();
      home.journal.hold();
      List<CompletionStage<BooksReply>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(home.asks(new BooksCommand.Submit("key" + i, spec("true"), false)));
      }
      home.journal.release();
      answers.forEach(TestHome::join);

      assertThat(home.journal.records.get() - before).isBetween(1, 4);
      assertThat(home.read(HomeView::waiting)).isEqualTo(500);
    }
  }

  @Test
  void writesNothingForWhatChangesNothing() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec("true"));
      Await.until(() -> home.stateOf(job).equals("running"));
      int before = home.journal.records.get();
      long orders = beta.orders();

      Await.until(
          () -> {
            beta.report();
            home.find(job);
            return beta.orders() > orders;
          });

      assertThat(home.journal.records.get()).isEqualTo(before);
    }
  }

  @Test
  void knowsEverythingAgainAfterARestart() {
    JobId job;
    BooksId before;
    try (TestHome home = new TestHome(directory)) {
      before = home.awaitOpen();
      job = home.submit(spec("sleep", "10"));
      assertThat(home.answerTo(new BooksCommand.Hold(job.number())))
          .isInstanceOf(BooksReply.Done.class);
    }
    try (TestHome home = new TestHome(directory)) {
      BooksId after = home.awaitOpen();

      assertThat(after.opening()).isEqualTo(before.opening() + 1);
      assertThat(after.epoch()).isEqualTo(before.epoch());
      assertThat(home.find(job)).get().returns("held", view -> view.state());
      assertThat(home.find(job)).get().returns(List.of("sleep", "10"), view -> view.command());
      assertThat(home.submit(spec("next")).number()).isEqualTo(job.number() + 1);
    }
  }

  @Test
  void answersOnceWhatAFailedWriteLeftOpen() {
    try (TestHome home = new TestHome(directory)) {
      BooksId before = home.awaitOpen();
      home.journal.fail(1, false);
      var probe = home.probe();

      home.home.tell(
          new Home.Ask(new BooksCommand.Submit("key", spec("true"), false), probe.ref()));

      assertThat(probe.receiveMessage(TestHome.PATIENCE))
          .isEqualTo(new BooksReply.Accepted(JobId.parse("alpha.1"), false));
      probe.expectNoMessage(Duration.ofMillis(200));
      assertThat(home.read(HomeView::waiting)).isEqualTo(1);
      assertThat(home.awaitOpen().opening()).isEqualTo(before.opening() + 1);
    }
  }

  @Test
  void takesAJobInOnceWhenTheWriteFailedButIsThere() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      home.journal.fail(1, true);
      var keyed = home.asks(new BooksCommand.Submit("key", spec("true"), false));
      var unkeyed = home.asks(new BooksCommand.Submit(null, spec("false"), false));

      assertThat(((BooksReply.Accepted) join(keyed)).id()).isEqualTo(JobId.parse("alpha.1"));
      assertThat(((BooksReply.Accepted) join(unkeyed)).id()).isEqualTo(JobId.parse("alpha.2"));
      assertThat(home.read(HomeView::waiting)).isEqualTo(2);
    }
  }

  @Test
  void losesNothingAcknowledgedWhenManyWritesFail() {
    List<JobId> acknowledged = new ArrayList<>();
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      List<CompletionStage<BooksReply>> answers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        if (i % 50 == 0) {
          home.journal.fail(1, i % 100 == 0);
        }
        answers.add(home.asks(new BooksCommand.Submit("key" + i, spec("true"), false)));
        if (i % 10 == 0) {
          join(answers.getLast());
        }
      }
      answers.forEach(answer -> acknowledged.add(((BooksReply.Accepted) join(answer)).id()));
    }
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();

      assertThat(acknowledged).doesNotHaveDuplicates();
      assertThat(home.read(HomeView::waiting)).isEqualTo(300);
      assertThat(acknowledged).allMatch(job -> home.find(job).isPresent());
    }
  }

  @Test
  void saysBusyBeyondItsBound() {
    var few = TestSettings.with(settings -> settings.pendingMax(5));
    try (TestHome home = new TestHome(directory, few, parts -> parts)) {
      home.awaitOpen();
      home.journal.hold();
      List<CompletionStage<BooksReply>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(home.asks(new BooksCommand.Submit("key" + i, spec("true"), false)));
      }
      var last = (BooksReply.Refused) join(answers.getLast());
      home.journal.release();

      assertThat(last.code()).isEqualTo("busy");
      assertThat(answers.stream().map(TestHome::join).filter(BooksReply.Accepted.class::isInstance))
          .hasSizeBetween(5, 7);
    }
  }

  @Test
  void takesNoNewJobsOnAFullDiskButLetsThoseItHasEnd() {
    JobId job;
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      job = home.submit(spec("true"));
    }
    try (TestHome home = new TestHome(directory, "space.reserve = 1000000 GiB")) {
      home.awaitOpen();
      var refused =
          (BooksReply.Refused) home.answerTo(new BooksCommand.Submit("k", spec("x"), false));
      var cancelled = home.answerTo(new BooksCommand.Cancel(job.number(), null, "ann"));

      assertThat(refused.code()).isEqualTo("full");
      assertThat(refused.message()).contains("disk of alpha is full");
      assertThat(cancelled).isInstanceOf(BooksReply.Done.class);
      assertThat(home.stateOf(job)).isEqualTo("cancelled");
    }
  }

  @Test
  void refusesTheOneThatCannotBeDecidedAndTakesTheRest() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      home.journal.hold();
      home.asks(new BooksCommand.Submit("first", spec("true"), false));
      var before = home.asks(new BooksCommand.Submit("a", spec("true"), false));
      var poison = home.asks(new BooksCommand.Submit("b", null, false));
      var after = home.asks(new BooksCommand.Submit("c", spec("true"), false));
      home.journal.release();

      assertThat(((BooksReply.Refused) join(poison)).code()).isEqualTo("internal");
      assertThat(join(before)).isInstanceOf(BooksReply.Accepted.class);
      assertThat(join(after)).isInstanceOf(BooksReply.Accepted.class);
      assertThat(home.read(HomeView::waiting)).isEqualTo(3);
    }
  }

  @Test
  void stopsWithASnapshotFromWhichItGoesOn() {
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      home.submit(spec("true"));
      home.stop();
    }
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.awaitOpen().opening()).isEqualTo(2);
      assertThat(home.read(HomeView::waiting)).isEqualTo(1);
    }
  }

  @Test
  void goesOnFromSnapshotsTakenOnTheWay() {
    var often = TestSettings.with(settings -> settings.snapshotRecords(10));
    try (TestHome home = new TestHome(directory, often, parts -> parts)) {
      home.awaitOpen();
      for (int i = 0; i < 57; i++) {
        home.submit(spec("true"));
      }
    }
    try (TestHome home = new TestHome(directory, often, parts -> parts)) {
      home.awaitOpen();
      assertThat(home.read(HomeView::waiting)).isEqualTo(57);
      assertThat(home.submit(spec("true")).number()).isEqualTo(58);
    }
  }
}
