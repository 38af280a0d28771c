package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.Fixtures;
import dev.mosey.node.store.HistoryStore;
import dev.mosey.node.store.NodeStore;
import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.api.JobView.State;
import dev.mosey.protocol.api.Page;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeHistoryTest {
  @TempDir Path directory;

  @Test
  void keepsEverythingOfWhatEnded() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec("sh", "-c", "exit 3"));
      Await.until(() -> home.stateOf(job).equals("running"));
      Instant before = Instant.now();
      beta.end(job.process(ProcessId.SINGLE), Exit.code(3), OutputEnds.NONE);

      Await.until(() -> home.history().find(job.process(ProcessId.SINGLE)).isPresent());
      JobView row = home.history().find(job.process(ProcessId.SINGLE)).get();

      assertThat(row)
          .returns("alpha.1", JobView::id)
          .returns("alpha.1", JobView::job)
          .returns("a name", JobView::name)
          .returns("command", JobView::kind)
          .returns(List.of("sh", "-c", "exit 3"), JobView::command)
          .returns("failed", JobView::state)
          .returns("ann", JobView::user)
          .returns(50, JobView::priority)
          .returns(Map.of("cores", 1.0, "memory_mb", 100.0), view -> Map.copyOf(view.resources()))
          .returns("alpha", JobView::home)
          .returns("beta", JobView::host)
          .returns(1, JobView::incarnation)
          .returns(10.0, JobView::leaseSeconds)
          .returns(Exit.code(3), JobView::exit)
          .returns(0, JobView::restarts)
          .returns(1.234, JobView::cpuSeconds)
          .returns("checkpoint", JobView::move)
          .returns("/tmp", JobView::cwd);
      assertThat(row.submitted()).isBefore(before);
      assertThat(row.started()).isNotNull();
      assertThat(row.ended()).isAfterOrEqualTo(before.minusSeconds(1));
    }
  }

  @Test
  void keepsTheElementsOfAnArrayShortAndShowsThemWhole() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec(ArraySpec.parse("1-9:2"), "true"));
      ProcessId fifth = new ProcessId(TestHome.ALPHA, job.number(), 5);
      Await.until(() -> home.history().find(job.process(ProcessId.SINGLE)).isPresent());

      JobView whole = home.history().find(job.process(ProcessId.SINGLE)).get();
      JobView element = home.history().find(fifth).get();

      assertThat(whole.tasks()).isEqualTo(Map.of("done", 5L));
      assertThat(whole.state()).isEqualTo("done");
      assertThat(element)
          .returns("alpha.1.5", JobView::id)
          .returns(5, JobView::task)
          .returns("ann", JobView::user)
          .returns(List.of("true"), JobView::command)
          .returns("done", JobView::state);
      var raw =
          new HistoryStore(home.store.books(), TestHome.ALPHA, Fixtures.settings().books())
              .get(fifth)
              .get();
      assertThat(raw.content().length).isLessThan(250);
    }
  }

  @Test
  void givesTheHistoryAgainWhatItLacksAfterARestart() {
    JobId job;
    try (TestHome home = stuckHistory(5_000)) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      job = home.submit(spec("true"));
      JobId last = job;
      Await.until(() -> home.stateOf(last).equals("done"));
      assertThat(home.history().find(job.process(ProcessId.SINGLE))).isEmpty();
    }
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      home.awaitOpen();
      Await.until(() -> home.history().find(job.process(ProcessId.SINGLE)).isPresent());
    }
  }

  @Test
  void keepsWhatTheHistoryLacksInTheSnapshot() {
    List<JobId> jobs = new ArrayList<>();
    try (TestHome home = stuckHistory(10)) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      for (int i = 0; i < 40; i++) {
        JobId job = home.submit(spec("true"));
        jobs.add(job);
        Await.until(() -> home.stateOf(job).equals("done"));
      }
      assertThat(home.history().find(jobs.getFirst().process(ProcessId.SINGLE))).isEmpty();
    }
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      home.awaitOpen();
      Await.until(
          () ->
              jobs.stream()
                  .allMatch(job -> home.history().find(job.process(ProcessId.SINGLE)).isPresent()));
    }
  }

  /** A home whose history takes nothing: it is on a disk that is full. */
  private TestHome stuckHistory(int snapshotRecords) {
    NodeStore full = Fixtures.open(directory.resolve("full"), "books.queue-bytes-max = 1 B");
    return new TestHome(
        directory.resolve("data"),
        TestSettings.with(settings -> settings.snapshotRecords(snapshotRecords)),
        parts ->
            TestSettings.withHistory(
                parts,
                () -> new HistoryStore(full.books(), TestHome.ALPHA, Fixtures.settings().books())));
  }

  @Test
  void listsWhatEndedNewestFirstInPages() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      for (int i = 0; i < 25; i++) {
        JobId job = home.submit(Specs.withUser(spec("true"), i % 5 == 0 ? "bob" : "ann"));
        Await.until(() -> home.stateOf(job).equals("done"));
      }
      Await.until(() -> home.history().find(ProcessId.parse("alpha.25")).isPresent());

      List<String> all = ended(home, query(Set.of(), null, 10));
      List<String> bobs = ended(home, query(Set.of(State.DONE), "bob", 2));

      assertThat(all).hasSize(25).doesNotHaveDuplicates().startsWith("alpha.25", "alpha.24");
      assertThat(bobs).containsExactly("alpha.21", "alpha.16", "alpha.11", "alpha.6", "alpha.1");
    }
  }

  @Test
  void listsWhatEndedBeforeTheHistoryHasIt() {
    try (TestHome home = stuckHistory(5_000)) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      for (int i = 0; i < 5; i++) {
        JobId job = home.submit(Specs.withUser(spec("true"), i == 2 ? "bob" : "ann"));
        Await.until(() -> home.stateOf(job).equals("done"));
      }

      assertThat(home.history().find(ProcessId.parse("alpha.1"))).isEmpty();
      assertThat(ended(home, query(Set.of(), null, 2)))
          .containsExactly("alpha.5", "alpha.4", "alpha.3", "alpha.2", "alpha.1");
      assertThat(ended(home, query(Set.of(), "bob", 1))).containsExactly("alpha.3");
    }
  }

  @Test
  void listsWhatWaitsInTheQueuesOrderInPages() {
    try (TestHome home =
        new TestHome(
            directory.resolve("data"),
            TestSettings.with(settings -> settings.pageMax(7)),
            parts -> parts)) {
      home.awaitOpen();
      for (int i = 0; i < 20; i++) {
        home.submit(Specs.withPriority(spec("true"), i % 2 == 0 ? 50 : 10));
      }
      home.answerTo(new BooksCommand.Advance(20));

      List<String> ids = pages(home, HomeQuery.live(100));

      assertThat(ids).hasSize(20).doesNotHaveDuplicates();
      assertThat(ids.subList(0, 3)).containsExactly("alpha.20", "alpha.2", "alpha.4");
      assertThat(ids.get(10)).isEqualTo("alpha.1");
    }
  }

  @Test
  void listsTheElementsOfAnArrayOneByOneInPages() {
    try (TestHome home =
        new TestHome(
            directory.resolve("data"),
            TestSettings.with(settings -> settings.pageMax(7)),
            parts -> parts)) {
      home.awaitOpen();
      home.submit(spec(ArraySpec.parse("1-10"), "true"));
      home.submit(spec("single"));
      home.submit(spec(ArraySpec.parse("5-9"), "true"));

      HomeQuery elements = new HomeQuery(Set.of(), null, true, false, false, null, null, 100, null);

      assertThat(pages(home, elements))
          .hasSize(16)
          .startsWith("alpha.1.1", "alpha.1.2")
          .endsWith("alpha.3.9")
          .contains("alpha.2");
      assertThat(pages(home, HomeQuery.live(100))).containsExactly("alpha.1", "alpha.2", "alpha.3");
    }
  }

  @Test
  void saysWhyATaskWaits() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      home.awaitOpen();
      home.submit(spec("first"));
      JobId job = home.submit(spec("second"));

      assertThat(home.find(job)).get().returns("1 job is before it", JobView::reason);
      home.answerTo(new BooksCommand.Hold(job.number()));
      assertThat(home.find(job)).get().returns("held until released", JobView::reason);
      assertThat(home.find(JobId.parse("alpha.99"))).isEmpty();
    }
  }

  @Test
  void settlesADependencyOnAJobThatOnlyTheHistoryKnows() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, true);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId first = home.submit(spec(ArraySpec.parse("1-3"), "true"));
      Await.until(() -> home.history().find(first.process(ProcessId.SINGLE)).isPresent());

      var ended = home.history().dependency(first);
      var unknown = home.history().dependency(JobId.parse("alpha.77"));

      assertThat(ended.ok().getFirst().size()).isEqualTo(3);
      assertThat(ended.bad()).isEmpty();
      assertThat(unknown.ok()).isEmpty();
      assertThat(unknown.bad()).isEmpty();
    }
  }

  @Test
  void showsAnEndedElementWhileItsArrayGoesOn() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec(ArraySpec.parse("1-2"), "true"));
      Await.until(() -> beta.guests().size() == 2);
      ProcessId first = new ProcessId(TestHome.ALPHA, job.number(), 1);
      beta.end(first, Exit.code(4), OutputEnds.NONE);
      Await.until(() -> home.history().knows(first));

      Map<JobId, JobView> live = home.read(view -> Map.of(job, view.partlyEnded().getFirst()));
      Optional<JobView> found = home.history().find(first, id -> Optional.ofNullable(live.get(id)));

      assertThat(found).get().returns("failed", JobView::state).returns("ann", JobView::user);
      assertThat(home.read(view -> view.find(job.number(), 2)).get().state()).isEqualTo("running");
      assertThat(home.find(job).get().tasks()).isEqualTo(Map.of("failed", 1L, "running", 1L));
      assertThat(home.answerTo(new BooksCommand.Retry(job.number(), null, true)))
          .isEqualTo(new BooksReply.Done(1));
      assertThat(home.read(view -> view.find(job.number(), 1)).get().state())
          .matches("waiting|starting|running");
    }
  }

  private static HomeQuery query(Set<State> states, String user, int limit) {
    return new HomeQuery(states, user, false, true, true, null, null, limit, null);
  }

  private static List<String> ended(TestHome home, HomeQuery query) {
    List<String> ids = new ArrayList<>();
    Optional<String> place = Optional.empty();
    do {
      List<HistoryRow> unwritten = home.read(HomeView::unprojected);
      History.Part part =
          home.history()
              .list(query, unwritten, place.orElse(null), query.limit(), id -> Optional.empty());
      assertThat(part.views().size()).isLessThanOrEqualTo(query.limit());
      part.views().forEach(view -> ids.add(view.id()));
      place = part.next();
    } while (place.isPresent());
    return ids;
  }

  private static List<String> pages(TestHome home, HomeQuery query) {
    List<String> ids = new ArrayList<>();
    String place = null;
    do {
      String after = place;
      Page<JobView> page = home.read(view -> view.list(query.from(after, query.limit())));
      assertThat(page.items().size()).isLessThanOrEqualTo(7);
      page.items().forEach(item -> ids.add(item.id()));
      place = page.next();
    } while (place != null);
    return ids;
  }
}
