package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.config.BootClock;
import dev.mosey.policy.guests.GuestsInput.BodyCheckpointed;
import dev.mosey.policy.guests.GuestsInput.BodyEnded;
import dev.mosey.policy.guests.GuestsInput.BodyFailedToStart;
import dev.mosey.policy.guests.GuestsInput.BodyLost;
import dev.mosey.policy.guests.GuestsInput.BodyPauseFailed;
import dev.mosey.policy.guests.GuestsInput.BodyPaused;
import dev.mosey.policy.guests.GuestsInput.BodyStarted;
import dev.mosey.policy.guests.GuestsInput.OutputTakenAll;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.MoveMode;
import dev.mosey.protocol.wire.Report.OutputEnds;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands under the real keeper: how they start, speak, pause and end. */
class CommandTest {
  /** Counts to 6 with what it has saved; saves on SIGTERM. */
  private static final String SAVING =
      """
      cd "$MOSEY_CHECKPOINT_DIR"; i=0; [ -f at ] && i=$(cat at)
      trap 'echo $i > at; exit 85' TERM
      while [ $i -lt 6 ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done
      """;

  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench(directory, HostSettings.defaults());
  }

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void endsWithTheStatusAndWithAllItsOutputAtHome() {
    bench.start(Specs.shell(MoveMode.NEVER, "echo out; echo err >&2; exit 7"), null);
    bench.await(BodyStarted.class);
    var ended = bench.await(BodyEnded.class);
    assertThat(ended.exit()).isEqualTo(Exit.code(7));
    assertThat(ended.ends()).isEqualTo(new OutputEnds(4, 4));
    if (!ended.outputTaken()) bench.await(OutputTakenAll.class);
    assertThat(bench.stdout()).isEqualTo("out\n");
    assertThat(bench.stderr()).isEqualTo("err\n");
  }

  @Test
  void aCommandThatSaysNothingCostsNoMessage() {
    bench.start(Specs.command(MoveMode.NEVER, "true"), null);
    var ended = bench.await(BodyStarted.class) == null ? null : bench.await(BodyEnded.class);
    assertThat(ended.exit()).isEqualTo(Exit.code(0));
    assertThat(ended.outputTaken()).isTrue();
    assertThat(bench.messages).hasValue(0);
  }

  @Test
  void whatCannotRunIsRefusedWithItsReason() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "hello");
    bench.start(Specs.in(directory + "/nowhere", "true"), null);
    assertThat(bench.await(BodyFailedToStart.class).code()).isEqualTo(RefusalCode.NO_DIRECTORY);
    bench.start(Specs.command(MoveMode.NEVER, "no-such-command-here"), null);
    assertThat(bench.await(BodyFailedToStart.class).code()).isEqualTo(RefusalCode.NO_COMMAND);
    bench.start(Specs.command(MoveMode.NEVER, text.toString()), null);
    assertThat(bench.await(BodyFailedToStart.class).code()).isEqualTo(RefusalCode.NOT_EXECUTABLE);
    bench.start(Specs.command(MoveMode.NEVER, "a\0b"), null);
    assertThat(bench.await(BodyFailedToStart.class).code()).isEqualTo(RefusalCode.NOT_ABLE);
    var unknown = new dev.mosey.protocol.job.Blob("cd".repeat(32), 5);
    bench.start(Specs.with(unknown, null, 0, "true"), null);
    assertThat(bench.await(BodyFailedToStart.class).code()).isEqualTo(RefusalCode.NO_IMAGE);
    var noJson = bench.blobs.put("hello".getBytes(StandardCharsets.UTF_8));
    bench.start(Specs.with(noJson, null, 0, "true"), null);
    var failed = bench.await(BodyFailedToStart.class);
    assertThat(failed.why()).startsWith("its environment can't be read").doesNotContain("\n");
  }

  @Test
  void seesItsEnvironmentItsEntryAndItsInput() {
    var env = bench.blobs.put("{\"COLOUR\":\"red\"}".getBytes(StandardCharsets.UTF_8));
    var stdin = bench.blobs.put("from stdin".getBytes(StandardCharsets.UTF_8));
    var spec =
        Specs.with(
            env,
            stdin,
            0,
            "sh",
            "-c",
            "echo $COLOUR $MOSEY_ID $MOSEY_JOB ${MOSEY_TASK-none} $MOSEY_HOME $MOSEY_HOST"
                + " $MOSEY_INCARNATION \"$MOSEY_ENTRY\" '{}' $(cat)");
    bench.start(spec, null, "a line", Long.MAX_VALUE);
    bench.await(BodyStarted.class);
    if (!bench.await(BodyEnded.class).outputTaken()) bench.await(OutputTakenAll.class);
    assertThat(bench.stdout())
        .isEqualTo("red alpha.17 alpha.17 none alpha beta 1 a line a line from stdin\n");
  }

  @Test
  void muchOutputWaitsForItsHomeAndArrivesWhole() {
    bench.home = false;
    bench.start(Specs.command(MoveMode.NEVER, "seq", "300000"), null);
    bench.await(BodyStarted.class);
    String expected =
        IntStream.rangeClosed(1, 300_000)
            .mapToObj(each -> each + "\n")
            .collect(Collectors.joining());
    // Nothing is told: the window is full and the program stands in its write.
    assertThat(bench.told.stream().noneMatch(BodyEnded.class::isInstance)).isTrue();
    bench.home = true;
    var ended = bench.await(BodyEnded.class);
    assertThat(ended.ends().stdout()).isEqualTo(expected.length());
    if (!ended.outputTaken()) bench.await(OutputTakenAll.class);
    assertThat(bench.stdout()).isEqualTo(expected);
  }

  @Test
  void isEndedByItsTimeLimitAndByStopWithGrace() {
    bench.start(Specs.with(null, null, 300, "sleep", "60"), null);
    bench.await(BodyStarted.class);
    assertThat(bench.await(BodyEnded.class).exit())
        .isEqualTo(Exit.signal(15).because("time limit"));
    var deaf = Specs.shell(MoveMode.NEVER, "trap '' TERM; echo ready; while :; do sleep 1; done");
    var process = bench.start(deaf, null);
    bench.await(BodyStarted.class);
    awaitOutput("ready"); // else it may not be deaf yet
    process.tell(new ProcessCommand.Stop(300, "cancelled"));
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.signal(9).because("cancelled"));
  }

  @Test
  void doesNotOutliveItsLease() {
    long deadline = BootClock.system().millis() + 500;
    bench.start(Specs.command(MoveMode.NEVER, "sleep", "60"), null, null, deadline);
    bench.await(BodyStarted.class);
    var lost = bench.await(BodyLost.class);
    assertThat(BootClock.system().millis()).isGreaterThanOrEqualTo(deadline);
    assertThat(lost.why()).isEqualTo("its lease lapsed");
  }

  @Test
  void aRestartingCommandStandsStillAndGoesOn() throws Exception {
    Path ticks = directory.resolve("ticks");
    var spec =
        Specs.shell(MoveMode.RESTART, "while :; do echo x >> " + ticks + "; sleep 0.05; done");
    var process = bench.start(spec, null);
    bench.await(BodyStarted.class);
    awaitGrowth(ticks);
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPaused.class).image()).isNull();
    long still = Files.size(ticks);
    // sleeps because that nothing happens takes a while to be seen
    Thread.sleep(300);
    assertThat(Files.size(ticks)).isEqualTo(still);
    process.tell(new ProcessCommand.Resume());
    awaitGrowth(ticks);
    process.tell(new ProcessCommand.Kill("moved"));
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.signal(9).because("moved"));
  }

  private static void awaitGrowth(Path file) throws IOException {
    long before = Files.exists(file) ? Files.size(file) : 0;
    long end = System.nanoTime() + 20_000_000_000L;
    while (!Files.exists(file) || Files.size(file) == before) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void whatNeverMovesStandsStillWithAllThatItHasStartedAndCanStillBeEnded() throws Exception {
    Path ticks = directory.resolve("ticks");
    // The one that writes has left the session: only the keeper knows that it belongs to the body.
    String detached = "while :; do echo x >> " + ticks + "; sleep 0.05; done";
    var spec = Specs.shell(MoveMode.NEVER, "setsid sh -c '" + detached + "' & wait");
    var process = bench.start(spec, null);
    bench.await(BodyStarted.class);
    awaitGrowth(ticks);
    process.tell(new ProcessCommand.Pause(false));
    assertThat(bench.await(BodyPaused.class).image()).isNull();
    long still = Files.size(ticks);
    // sleeps because that nothing happens takes a while to be seen
    Thread.sleep(200);
    assertThat(Files.size(ticks)).isEqualTo(still);
    process.tell(new ProcessCommand.Resume());
    awaitGrowth(ticks);
    process.tell(new ProcessCommand.Pause(false));
    bench.await(BodyPaused.class);
    process.tell(new ProcessCommand.Stop(10_000, "enough"));
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.signal(15).because("enough"));
  }

  @Test
  void savesGoesOnHereAndGoesOnElsewhere() {
    var spec = Specs.shell(MoveMode.CHECKPOINT, SAVING);
    var process = bench.start(spec, null);
    bench.await(BodyStarted.class);
    awaitOutput("line 2\n");
    process.tell(new ProcessCommand.Pause(true));
    bench.await(BodyPaused.class);
    process.tell(new ProcessCommand.Resume());
    awaitOutput("line 4\n");
    process.tell(new ProcessCommand.Pause(true));
    var paused = bench.await(BodyPaused.class);
    assertThat(paused.image().format()).isEqualTo("directory/1");
    assertThat(paused.image().stdout()).isEqualTo(bench.stdout().length());
    process.tell(new ProcessCommand.Kill("moved"));
    bench.await(BodyEnded.class);
    bench.start(spec, paused.image());
    bench.await(BodyStarted.class);
    var ended = bench.await(BodyEnded.class);
    if (!ended.outputTaken()) bench.await(OutputTakenAll.class);
    assertThat(ended.exit()).isEqualTo(Exit.code(0));
    assertThat(bench.stdout()).isEqualTo("line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n");
  }

  @Test
  void whoLeavesHasItsCheckpointAtOnceThoughItsHomeTakesNoOutput() {
    bench.home = false;
    var process = bench.start(Specs.shell(MoveMode.CHECKPOINT, SAVING), null);
    bench.await(BodyStarted.class);
    while (bench.messages.get() == 0) LockSupport.parkNanos(1_000_000);
    long asked = System.nanoTime();
    process.tell(new ProcessCommand.Pause(false));
    assertThat(bench.await(BodyPaused.class).image().stdout()).isPositive();
    // Longer than the end of a lease leaves, if it waited for the home.
    assertThat(System.nanoTime() - asked)
        .isLessThan(HostSettings.defaults().outputResend().multipliedBy(2).toNanos());
  }

  private void awaitOutput(String text) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!bench.stdout().contains(text)) {
      assertThat(System.nanoTime()).as(bench.stdout()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void whoDoesNotSaveWithinItsGraceRunsOn() {
    var deaf = Specs.shell(MoveMode.CHECKPOINT, "trap '' TERM; echo ready; sleep 4; exit 3");
    var process = bench.start(deaf, null);
    bench.await(BodyStarted.class);
    awaitOutput("ready");
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPauseFailed.class).why()).contains("no safe point");
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.code(3));
  }

  @Test
  void whoKnowsNothingOfSigtermIsNotEndedByTheWishToMoveIt() {
    var careless = Specs.shell(MoveMode.CHECKPOINT, "echo begun; sleep 3; exit 3");
    var process = bench.start(careless, null);
    bench.await(BodyStarted.class);
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPauseFailed.class).why()).contains("no safe point");
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.code(3));
  }

  @Test
  void whoIsAskedBeforeItListensIsAskedWhenItDoes() {
    var slow =
        Specs.shell(
            MoveMode.CHECKPOINT,
            "sleep 0.5; trap 'echo 7 >$MOSEY_CHECKPOINT_DIR/at; exit 85' TERM;"
                + " while :; do sleep 0.05; done");
    var process = bench.start(slow, null);
    bench.await(BodyStarted.class);
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPaused.class).image()).isNotNull();
    process.tell(new ProcessCommand.Kill("enough"));
    bench.await(BodyEnded.class);
  }

  /**
   * Is asked to save and can't be carried; ends with 7 when it goes on and finds what it saved.
   *
   * @param saves what it does when it is asked
   * @param finds whether what it saved is there
   */
  private void isNotCarried(String prepares, String saves, String finds, String why) {
    var spec =
        Specs.shell(
            MoveMode.CHECKPOINT,
            "cd \"$MOSEY_CHECKPOINT_DIR\"; %s && exit 7; trap '%s; exit 85' TERM; %s; echo ready;"
                    .formatted(finds, saves, prepares)
                + " while :; do sleep 0.05; done");
    var process = bench.start(spec, null);
    bench.await(BodyStarted.class);
    awaitOutput("ready");
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPauseFailed.class).why()).isEqualTo("its checkpoint: " + why);
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.code(7));
  }

  @Test
  void aLinkOutOfTheCheckpointIsRefusedInALineAndItGoesOnHere() {
    String why = "the link users leads out of it";
    isNotCarried("ln -s /etc/passwd users", "touch saved", "[ -e saved ]", why);
  }

  @Test
  void aHundredThousandFilesAreRefusedInALineAndItGoesOnHere() {
    String many = "mkdir many; seq -f many/%.0f 100000 | xargs touch";
    isNotCarried(many, "touch saved", "[ -e saved ]", "it has more than 100000 files");
  }

  @Test
  void whatWasCommittedAndCanNotBeCarriedIsGivenBack() {
    String commits = "mkdir new; ln -s / new/root; mv new commit";
    isNotCarried(":", commits, "[ -L commit/root ]", "the link root leads out of it");
  }

  @Test
  void aCommittedDirectoryIsACheckpoint() throws Exception {
    var spec =
        Specs.shell(
            MoveMode.CHECKPOINT,
            "cd \"$MOSEY_CHECKPOINT_DIR\"; mkdir new; echo 42 > new/at; mv new commit;"
                + " exec sleep 60");
    var process = bench.start(spec, null);
    bench.await(BodyStarted.class);
    var image = bench.await(BodyCheckpointed.class).image();
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    try (var bytes = bench.blobs.open(image.blob().sha256())) {
      DirectoryImage.unpack(bytes, unpacked, HostSettings.defaults().checkpointBounds());
    }
    assertThat(unpacked.resolve("at")).hasContent("42");
    process.tell(new ProcessCommand.Kill("enough"));
    bench.await(BodyEnded.class);
  }
}
