package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.policy.books.BooksCommand;
import dev.mosey.policy.books.BooksReply;
import dev.mosey.protocol.event.BooksEvent.Run;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.After;
import dev.mosey.protocol.job.ArraySpec;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.json.Json;
import dev.mosey.protocol.wire.Orders.Order;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeEffectsTest {
  @TempDir Path directory;

  @Test
  void givesEachTaskItsLine() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      Blob lines = home.store.blobs().put(Json.bytes(List.of("one", "zwei\n2", "trois")));
      home.placeAt(beta.id());
      home.submit(Specs.withEntries(spec(ArraySpec.parse("10-30:10"), "echo", "{}"), lines));

      Await.until(() -> beta.guests().size() == 3);
      assertThat(
              beta.obeyed().stream()
                  .filter(Order.Start.class::isInstance)
                  .map(order -> ((Order.Start) order).entry())
                  .distinct())
          .containsExactly("one", "zwei\n2", "trois");
    }
  }

  @Test
  void bringsCheckpointsHomeAndGoesOnFromThem() {
    AtomicInteger fetches = new AtomicInteger();
    byte[] bytes = "the state".getBytes(StandardCharsets.UTF_8);
    try (TestHome home =
        new TestHome(
            directory,
            TestHome.SETTINGS,
            parts ->
                TestSettings.withFetcher(
                    parts,
                    (from, wanted) -> {
                      fetches.incrementAndGet();
                      assertThat(from).containsExactly(NodeName.of("beta"));
                      return CompletableFuture.completedFuture(parts.blobs().put(bytes));
                    }))) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec("true"));
      Await.until(() -> beta.guests().size() == 1);
      ProcessId process = job.process(ProcessId.SINGLE);
      Image image = new Image(nameOf(bytes), "directory/1", NodeName.of("beta"), 0, 0, 1_000);
      beta.set(process, new GuestState.Running(1, null));
      beta.report();
      Await.until(() -> home.stateOf(job).equals("running"));
      long recorded = home.journal.records.get();
      beta.set(process, new GuestState.Running(1, image));
      beta.report();
      Await.until(() -> home.journal.records.get() > recorded);
      assertThat(fetches.get()).isEqualTo(1);

      FakeHost gamma = home.host("gamma", 1, false);
      home.placeAt(gamma.id());
      // A newer session is the host's word that nothing of the session before runs any more.
      assertThat(home.store.blobs().has(image.blob().sha256())).isTrue();
      Await.until(
          () -> {
            home.host("beta", 2, false);
            return gamma.guests().size() == 1;
          });

      Order.Start start =
          gamma.obeyed().stream()
              .filter(Order.Start.class::isInstance)
              .map(Order.Start.class::cast)
              .findFirst()
              .get();
      assertThat(start.incarnation()).isEqualTo(2);
      assertThat(start.image().blob()).isEqualTo(image.blob());
      assertThat(start.image().at()).isEqualTo(TestHome.ALPHA);
    }
  }

  @Test
  void asksAnotherHomeAfterAJobUntilItHasEnded() {
    AtomicInteger asked = new AtomicInteger();
    JobId other = JobId.parse("beta.5");
    try (TestHome home =
        new TestHome(
            directory,
            TestHome.SETTINGS,
            parts ->
                TestSettings.withDependencies(
                    parts,
                    job -> {
                      assertThat(job).isEqualTo(other);
                      return switch (asked.incrementAndGet()) {
                        case 1 -> CompletableFuture.failedFuture(new RuntimeException("away"));
                        case 2 -> throw new IllegalStateException("there is no such node");
                        default ->
                            CompletableFuture.completedFuture(
                                Optional.of(
                                    new BooksCommand.DependencyEnded(
                                        job, null, List.of(Run.of(0)), List.of())));
                      };
                    }))) {
      FakeHost gamma = home.host("gamma", 1, true);
      home.awaitOpen();
      home.placeAt(gamma.id());
      JobId job = home.submit(Specs.withAfter(spec("true"), new After(After.Kind.OK, other)));
      assertThat(home.stateOf(job)).isEqualTo("waiting");

      Await.until(() -> home.stateOf(job).equals("done"));
      assertThat(asked.get()).isEqualTo(3);
    }
  }

  @Test
  void opensRestoredBooksWithAnEpochOfItsOwn() {
    AtomicInteger raised = new AtomicInteger();
    try (TestHome home = new TestHome(directory)) {
      assertThat(home.awaitOpen().epoch()).isEqualTo(1);
    }
    try (TestHome home =
        new TestHome(
            directory,
            TestHome.SETTINGS,
            parts -> TestSettings.restored(parts, raised::incrementAndGet))) {
      assertThat(home.awaitOpen().epoch()).isGreaterThan(1_700_000_000L);
      assertThat(raised.get()).isEqualTo(1);
    }
  }

  @Test
  void endsByTheLapseOfTheLeaseWhatNobodyHearsOf() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId job = home.submit(spec("true"));
      Await.until(() -> home.stateOf(job).equals("running"));
      FakeHost gamma = home.host("gamma", 1, false);
      home.placeAt(gamma.id());

      home.skewMillis.addAndGet(9_000);
      home.find(job);
      assertThat(gamma.guests()).isEmpty();
      home.skewMillis.addAndGet(2_000);

      Await.until(() -> gamma.guests().size() == 1);
      assertThat(gamma.guests().getFirst().incarnation()).isEqualTo(2);
    }
  }

  @Test
  void cancelsWhatRunsAndWhatWaits() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      home.placeAt(beta.id());
      JobId runs = home.submit(spec("true"));
      Await.until(() -> home.stateOf(runs).equals("running"));
      home.placeAt(null);
      JobId waits = home.submit(spec("true"));

      assertThat(home.answerTo(new BooksCommand.Cancel(runs.number(), null, "ann")))
          .isInstanceOf(BooksReply.Done.class);
      assertThat(home.answerTo(new BooksCommand.Cancel(waits.number(), null, "ann")))
          .isInstanceOf(BooksReply.Done.class);

      Await.until(() -> home.stateOf(runs).equals("cancelled"));
      assertThat(home.stateOf(waits)).isEqualTo("cancelled");
    }
  }

  @Test
  void sweepsBlobsThatNobodyNamesAndOutputThatNobodyCanFind() {
    var often = TestSettings.with(settings -> settings.snapshotRecords(10));
    try (TestHome home = new TestHome(directory, often, parts -> parts)) {
      FakeHost beta = home.host("beta", 1, false);
      home.awaitOpen();
      Blob named = home.store.blobs().put(Json.bytes(List.of("line")));
      home.submit(Specs.withEntries(spec("true"), named));
      Blob unnamed = home.store.blobs().put(new byte[] {1, 2, 3});
      home.placeAt(beta.id());
      ProcessId process = home.submit(spec("true")).process(ProcessId.SINGLE);
      Await.until(() -> beta.guests().size() == 2);
      beta.write(process, 1, 1, 0, "hello");
      Await.until(() -> !beta.taken().isEmpty());
      beta.end(process, Exit.code(0), new OutputEnds(5, 0));
      Await.until(() -> home.history().knows(process));

      Await.until(
          () -> {
            home.submit(spec("true"));
            return !home.store.blobs().has(unnamed.sha256());
          });

      assertThat(home.store.blobs().has(named.sha256())).isTrue();
      assertThat(home.store.output().state(process, 1).size()).isEqualTo(5);
    }
  }

  private static Blob nameOf(byte[] bytes) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return new Blob(HexFormat.of().formatHex(hash), bytes.length);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
