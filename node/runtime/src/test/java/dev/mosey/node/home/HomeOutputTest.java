package dev.mosey.node.home;

import static dev.mosey.node.home.TestHome.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.store.OutputStore;
import dev.mosey.protocol.api.JobView;
import dev.mosey.protocol.id.HostId;
import dev.mosey.protocol.id.JobId;
import dev.mosey.protocol.id.NodeName;
import dev.mosey.protocol.id.ProcessId;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.OutputTaken;
import dev.mosey.protocol.wire.Report.GuestState;
import dev.mosey.protocol.wire.Report.OutputEnds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeOutputTest {
  private static final NodeName ALPHA = TestHome.ALPHA;

  @TempDir Path directory;

  @Test
  void takesOutputInByPositionAndSaysHowFarItHasIt() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId process = run(home, beta, spec("true"));

      beta.write(process, 1, 1, 0, "hello ");
      beta.write(process, 1, 1, 6, "world");
      beta.write(process, 1, 1, 6, "world");
      beta.write(process, 1, 2, 0, "oops");

      Await.until(() -> upTo(beta, 1) == 11 && upTo(beta, 2) == 4);
      assertThat(text(home, process, 1)).isEqualTo("hello world");
      assertThat(text(home, process, 2)).isEqualTo("oops");
    }
  }

  @Test
  void recordsAnEndOnlyWhenItsOutputIsThere() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId process = run(home, beta, spec("true"));

      beta.end(process, Exit.code(0), new OutputEnds(5, 0));
      home.submit(spec("something else"));
      assertThat(home.stateOf(process.jobId())).isEqualTo("running");
      beta.write(process, 1, 1, 0, "hello");

      Await.until(() -> home.stateOf(process.jobId()).equals("done"));
      assertThat(text(home, process, 1)).isEqualTo("hello");
    }
  }

  @Test
  void readsTheRestOfAReportWhoseEndWaitsTooLong() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId waits = run(home, beta, spec("true"));
      ProcessId ends = run(home, beta, spec("true"));

      beta.set(waits, new GuestState.Ended(Exit.code(0), new OutputEnds(5, 0), 1, 2));
      beta.end(ends, Exit.code(3), OutputEnds.NONE);

      Await.until(() -> home.stateOf(ends.jobId()).equals("failed"));
      assertThat(home.stateOf(waits.jobId())).isEqualTo("running");
    }
  }

  @Test
  void cutsBackToTheCheckpointBeforeTheNextIncarnationWrites() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId process = run(home, beta, spec("true"));
      Image image = image(home, beta, "state", 6);
      beta.write(process, 1, 1, 0, "first lost");
      Await.until(() -> upTo(beta, 1) == 10);
      beta.set(process, new GuestState.Left(image, OutputEnds.NONE, "lease lapsed"));
      FakeHost gamma = home.host("gamma", 1, false);
      home.placeAt(gamma.id());
      beta.report();

      Await.until(() -> gamma.guests().size() == 1);
      assertThat(gamma.guests().getFirst().incarnation()).isEqualTo(2);
      beta.write(process, 1, 1, 10, " too late");
      gamma.write(process, 2, 1, 6, "second");

      Await.until(() -> upTo(gamma, 1) == 12);
      assertThat(text(home, process, 1)).isEqualTo("first second");
      assertThat(home.store.output().readAttempt(process, 1, 1, 0, 100).bytes())
          .asString(StandardCharsets.UTF_8)
          .isEqualTo("first lost");
      Await.until(() -> beta.taken().stream().anyMatch(taken -> taken.refused() != null));
    }
  }

  @Test
  void cutsBackAlsoWhenTheHomeDiedBetweenThePlacingAndTheCut() {
    ProcessId process;
    FakeHost gamma;
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      process = run(home, beta, spec("true"));
      beta.write(process, 1, 1, 0, "first lost");
      Await.until(() -> upTo(beta, 1) == 10);
      beta.set(process, new GuestState.Left(null, OutputEnds.NONE, "lease lapsed"));
      gamma = home.host("gamma", 1, false);
      home.placeAt(gamma.id());
      beta.report();
      FakeHost other = gamma;
      Await.until(() -> other.guests().size() == 1);
    }
    // The cut itself is undone by going back to the output as it was: here it is simply repeated.
    try (TestHome home = new TestHome(directory)) {
      home.awaitOpen();
      Await.until(() -> home.store.output().state(process, 1).incarnation() == 2);
      assertThat(text(home, process, 1)).isEmpty();
    }
  }

  @Test
  void movesATaskAndKeepsItsOutputWhole() {
    try (TestHome home = new TestHome(directory)) {
      FakeHost beta = home.host("beta", 1, false);
      FakeHost gamma = home.host("gamma", 7, false);
      ProcessId process = run(home, beta, spec("true"));
      beta.write(process, 1, 1, 0, "before ");
      Image image = image(home, beta, "state", 7);

      beta.askToMove(process, 1, gamma.id(), image, new OutputEnds(7, 0));
      Await.until(() -> gamma.guests().size() == 1);
      gamma.report();
      gamma.write(process, 2, 1, 7, "after");
      Await.until(() -> upTo(gamma, 1) == 12);
      gamma.end(process, Exit.code(0), new OutputEnds(12, 0));

      Await.until(() -> home.stateOf(process.jobId()).equals("done"));
      assertThat(text(home, process, 1)).isEqualTo("before after");
      Await.until(() -> home.history().find(process).isPresent());
      JobView row = home.history().find(process).get();
      assertThat(row.host()).isEqualTo("gamma");
      assertThat(row.incarnation()).isEqualTo(2);
      assertThat(row.moves()).hasSize(1);
      assertThat(row.moves().getFirst())
          .returns("beta", move -> move.from())
          .returns("gamma", move -> move.to())
          .returns("balance", move -> move.reason())
          .returns(12.5, move -> move.predictedGainSeconds());
      assertThat(row.moves().getFirst().pauseSeconds()).isPositive();
    }
  }

  @Test
  void copiesOutputToTheFilesThatTheUserNamed() throws IOException {
    Path out = directory.resolve("files");
    Files.createDirectories(out);
    JobSpec spec = Specs.withFiles(spec("true"), out + "/%j.out", out + "/err");
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId process = run(home, beta, spec);
      beta.write(process, 1, 1, 0, "hello");
      beta.end(process, Exit.code(0), new OutputEnds(5, 0));

      Await.until(() -> home.history().find(process).isPresent());
      assertThat(out.resolve("alpha.1.out")).hasContent("hello");
      assertThat(out.resolve("err")).isEmptyFile();
    }
  }

  @Test
  void saysWhyOutputWasNotCopied() {
    Path nowhere = directory.resolve("nowhere/out");
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, false);
      ProcessId process = run(home, beta, Specs.withFiles(spec("true"), nowhere.toString(), null));
      beta.end(process, Exit.code(0), new OutputEnds(0, 0));

      Await.until(() -> home.history().find(process).isPresent());
      assertThat(home.history().find(process).get())
          .returns("done", JobView::state)
          .returns(
              "its output was not copied to " + nowhere + ": there is no such directory",
              JobView::note);
    }
  }

  @Test
  void saysThatADirectoryOrADeviceTakesNoOutputButIsSilentOfWhatIsThrownAway() {
    try (TestHome home = new TestHome(directory.resolve("data"))) {
      FakeHost beta = home.host("beta", 1, false);
      Map<String, String> notes = new LinkedHashMap<>();
      for (String target : List.of(directory.toString(), "/dev/zero", "/dev/null")) {
        ProcessId process = run(home, beta, Specs.withFiles(spec("true"), target, null));
        beta.end(process, Exit.code(0), new OutputEnds(0, 0));
        Await.until(() -> home.history().find(process).isPresent());
        notes.put(target, home.history().find(process).get().note());
      }
      assertThat(notes)
          .containsEntry(
              directory.toString(),
              "its output was not copied to " + directory + ": it is a directory")
          .containsEntry("/dev/zero", "its output was not copied to /dev/zero: it is no file")
          .containsEntry("/dev/null", null);
    }
  }

  private static ProcessId run(TestHome home, FakeHost host, JobSpec spec) {
    home.awaitOpen();
    home.placeAt(host.id());
    JobId job = home.submit(spec);
    Await.until(() -> home.stateOf(job).equals("running"));
    return job.process(ProcessId.SINGLE);
  }

  private static Image image(TestHome home, FakeHost host, String bytes, long stdout) {
    Blob blob = home.store.blobs().put(bytes.getBytes(StandardCharsets.UTF_8));
    HostId at = host.id();
    return new Image(blob, "directory/1", at.node(), stdout, 0, 1);
  }

  private static long upTo(FakeHost host, int stream) {
    return host.taken().stream()
        .filter(taken -> taken.stream() == stream && taken.refused() == null)
        .mapToLong(OutputTaken::upTo)
        .max()
        .orElse(0);
  }

  private static String text(TestHome home, ProcessId process, int stream) {
    OutputStore.Chunk chunk = home.store.output().read(process, stream, 0, 1000);
    return new String(chunk.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void namesFilesOfAnArrayByTheirElements() {
    ProcessId element = new ProcessId(ALPHA, 3, 7);
    ProcessId single = new ProcessId(ALPHA, 3, ProcessId.SINGLE);

    assertThat(List.of("o", "o.%t", "%j-%t.log"))
        .map(pattern -> OutputCopies.nameOf(pattern, element))
        .containsExactly("o.7", "o.7", "alpha.3-7.log");
    assertThat(OutputCopies.nameOf("o", single)).isEqualTo("o");
    assertThat(OutputCopies.nameOf(null, single)).isNull();
  }
}
