package dev.mosey.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.mosey.policy.guests.GuestsInput.BodyCheckpointed;
import dev.mosey.policy.guests.GuestsInput.BodyEnded;
import dev.mosey.policy.guests.GuestsInput.BodyFailedToStart;
import dev.mosey.policy.guests.GuestsInput.BodyPauseFailed;
import dev.mosey.policy.guests.GuestsInput.BodyPaused;
import dev.mosey.policy.guests.GuestsInput.BodyStarted;
import dev.mosey.policy.guests.GuestsInput.OutputTakenAll;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java programs, in a worker JVM and inside the daemon: the same in both. */
class JavaTest {
  @TempDir Path directory;
  private Bench bench;
  private Blob jar;

  private void begin(boolean trusted) throws Exception {
    byte[] bytes = Programs.jar();
    String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    String config =
        "mosd.processes.java { checkpoint-every = 200ms, trusted = ["
            + (trusted ? "\"" + sha + "\"" : "")
            + "] }";
    bench = new Bench(directory, HostSettings.from(ConfigFactory.parseString(config)));
    jar = bench.blobs.put(bytes);
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String all(BodyEnded ended) {
    if (!ended.outputTaken()) bench.await(OutputTakenAll.class);
    return bench.stdout();
  }

  @ParameterizedTest(name = "trusted={0}")
  @ValueSource(booleans = {false, true})
  void aMovedRunSaysAndReturnsWhatAnUnmovedRunDoes(boolean trusted) throws Exception {
    begin(trusted);
    bench.start(Specs.java(jar, Programs.Walk.class, "400"), null);
    bench.await(BodyStarted.class);
    var plain = bench.await(BodyEnded.class);
    String expected = all(plain);
    assertThat(plain.exit()).isEqualTo(Exit.code(3));
    assertThat(expected).startsWith("walks 400\n").contains("ends at ");
    bench.log.clear();
    var process = bench.start(Specs.java(jar, Programs.Walk.class, "400"), null);
    bench.await(BodyStarted.class);
    bench.await(BodyCheckpointed.class);
    process.tell(new ProcessCommand.Pause(true));
    bench.await(BodyPaused.class);
    process.tell(new ProcessCommand.Resume());
    process.tell(new ProcessCommand.Pause(true));
    var image = bench.await(BodyPaused.class).image();
    assertThat(image.format()).isEqualTo("java/1");
    assertThat(image.stdout()).isEqualTo(bench.stdout().length());
    process.tell(new ProcessCommand.Kill("moved"));
    bench.await(BodyEnded.class);
    bench.start(Specs.java(jar, Programs.Walk.class, "400"), image);
    bench.await(BodyStarted.class);
    var moved = bench.await(BodyEnded.class);
    assertThat(moved.exit()).isEqualTo(plain.exit());
    assertThat(all(moved)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "trusted={0}")
  @ValueSource(booleans = {false, true})
  void anImageWithAFlippedBitIsRefusedAndThrownAway(boolean trusted) throws Exception {
    begin(trusted);
    var process = bench.start(Specs.java(jar, Programs.Walk.class, "400000"), null);
    bench.await(BodyStarted.class);
    process.tell(new ProcessCommand.Pause(true));
    var image = bench.await(BodyPaused.class).image();
    process.tell(new ProcessCommand.Kill("moved"));
    bench.await(BodyEnded.class);
    Path file = bench.blobs.path(image.blob().sha256());
    byte[] bytes = Files.readAllBytes(file);
    // The last byte of a number: the program could be made from it, and would go astray.
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    bench.start(Specs.java(jar, Programs.Walk.class, "400000"), image);
    var refused = bench.await(BodyFailedToStart.class);
    assertThat(refused.code()).isEqualTo(RefusalCode.NO_IMAGE);
    assertThat(refused.why()).contains("does not match its name");
    assertThat(bench.blobs.has(image.blob().sha256())).isFalse();
  }

  @ParameterizedTest(name = "trusted={0}")
  @ValueSource(booleans = {false, true})
  void whatGoesWrongIsSaidInItsStandardError(boolean trusted) throws Exception {
    begin(trusted);
    bench.start(Specs.java(jar, Programs.Fails.class), null);
    bench.await(BodyStarted.class);
    var failed = bench.await(BodyEnded.class);
    all(failed);
    assertThat(failed.exit()).isEqualTo(Exit.code(1));
    assertThat(bench.stderr())
        .startsWith("java.lang.IllegalStateException: the third step fails")
        .contains("Programs$Fails.step")
        .doesNotContain("dev.mosey.program.worker");
    bench.log.clear();
    bench.start(Specs.java(jar, "example.Nowhere"), null);
    var missing = bench.await(BodyEnded.class);
    all(missing);
    assertThat(missing.exit()).isEqualTo(Exit.code(126));
    assertThat(bench.stderr()).isEqualTo("mosey: class example.Nowhere is not in the jar\n");
    bench.log.clear();
    bench.start(Specs.java(jar, Programs.NoProgram.class), null);
    var none = bench.await(BodyEnded.class);
    all(none);
    assertThat(none.exit()).isEqualTo(Exit.code(126));
    assertThat(bench.stderr()).contains("does not implement dev.mosey.program.Program");
  }

  @ParameterizedTest(name = "trusted={0}")
  @ValueSource(booleans = {false, true})
  void aStateThatCannotBeWrittenStaysAndSaysSo(boolean trusted) throws Exception {
    begin(trusted);
    var process = bench.start(Specs.java(jar, Programs.Stuck.class), null);
    bench.await(BodyStarted.class);
    process.tell(new ProcessCommand.Pause(true));
    assertThat(bench.await(BodyPauseFailed.class).why())
        .startsWith("the state dev.mosey.node.host.Programs$Stuck$StuckState can't be written: ")
        .doesNotContain("\n");
    process.tell(new ProcessCommand.Kill("enough"));
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.signal(9).because("enough"));
  }

  @Test
  void whatKeepsTheStreamsThatItFoundIsHeardAlsoWhereItWasLoadedBeforehand() throws Exception {
    begin(false);
    var spec = Specs.java(jar, Programs.Loud.class);
    for (String worker : List.of("new", "idle")) {
      bench.log.clear();
      bench.start(spec, null);
      var ended = bench.await(BodyEnded.class);
      assertThat(all(ended)).as(worker).isEqualTo("loaded\nstep 0\nstep 1\n");
      assertThat(bench.stderr()).as(worker).isEqualTo("said 0\nsaid 1\n");
      bench.bodies.warm(Bench.ID, spec).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatCouldNotBeLoadedBeforehandIsLoadedAgainAndSaysSoOnce() throws Exception {
    begin(false);
    var spec = Specs.java(jar, Programs.Broken.class);
    bench.bodies.warm(Bench.ID, spec).toCompletableFuture().get(60, TimeUnit.SECONDS);
    bench.start(spec, null);
    var ended = bench.await(BodyEnded.class);
    assertThat(all(ended)).isEqualTo("loading\n");
    assertThat(bench.stderr())
        .contains("Broken can't be loaded: ExceptionInInitializerError")
        .startsWith("mosey: ");
    assertThat(ended.exit()).isEqualTo(Exit.code(126));
  }

  private Image imageOf(Path trace) throws Exception {
    var process = bench.start(Specs.java(jar, Programs.Traced.class, trace.toString()), null);
    bench.await(BodyStarted.class);
    process.tell(new ProcessCommand.Pause(true));
    var image = bench.await(BodyPaused.class).image();
    process.tell(new ProcessCommand.Kill("moved"));
    bench.await(BodyEnded.class);
    assertThat(trace).hasContent("x");
    return image;
  }

  /** Goes on from the one when the other was read ahead; to its end. */
  private void goOn(Image from, Image readAhead, Path trace) throws Exception {
    var spec = Specs.java(jar, Programs.Traced.class, trace.toString());
    bench.bodies.warm(Bench.ID, spec).toCompletableFuture().get(60, TimeUnit.SECONDS);
    bench.bodies.readAhead(Bench.ID, readAhead);
    bench.start(spec, from);
    bench.await(BodyStarted.class);
    Files.createFile(Path.of(trace + ".end"));
    assertThat(bench.await(BodyEnded.class).exit()).isEqualTo(Exit.code(0));
  }

  @Test
  void anImageThatWasReadAheadIsNotReadAgain() throws Exception {
    begin(false);
    Path trace = directory.resolve("trace");
    Image image = imageOf(trace);
    goOn(image, image, trace);
    assertThat(trace).as("made once, read once").hasContent("xx");
  }

  @Test
  void itGoesOnFromWhatItIsGivenWhateverWasReadAhead() throws Exception {
    begin(false);
    Path other = directory.resolve("other");
    Path trace = directory.resolve("trace");
    Image wrong = imageOf(other);
    goOn(imageOf(trace), wrong, trace);
    assertThat(trace).hasContent("xx");
    assertThat(other).as("read in vain").hasContent("xx");
  }
}
