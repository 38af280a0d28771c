package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeping.Recorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every keeper must do; run for each of them by a subclass. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
abstract class KeeperContract {
  private static final int FLOOD_BYTES = 10 << 20;

  @TempDir Path directory;
  Keeper keeper;

  abstract Keeper start(KeeperSettings settings);

  @BeforeEach
  void startKeeper() {
    keeper = start(Keeping.settings(Duration.ofMinutes(2)));
  }

  @AfterEach
  void closeKeeper() {
    keeper.close();
  }

  Recorder run(BodySpec spec) {
    var recorder = new Recorder();
    keeper.spawn(spec, recorder);
    return recorder;
  }

  Recorder run(String script) {
    return run(Keeping.shell(script).build());
  }

  @Test
  void reportsStartOutputAndExitStatusInThisOrder() {
    var recorder = run("echo out; echo err >&2; exit 3");
    assertThat(recorder.exit().value()).isEqualTo(3);
    assertThat(recorder.exit().signalled()).isFalse();
    assertThat(recorder.started).isCompleted();
    assertThat(recorder.text(BodyStream.STDOUT)).isEqualTo("out\n");
    assertThat(recorder.text(BodyStream.STDERR)).isEqualTo("err\n");
    assertThat(recorder.orderBroken).hasNullValue();
  }

  @Test
  void tellsASignalFromAnExitStatus() {
    var exit = run("kill -TERM $$").exit();
    assertThat(exit.signalled()).isTrue();
    assertThat(exit.value()).isEqualTo(15);
    assertThat(exit.shellStatus()).isEqualTo(143);
  }

  @Test
  void refusesAProgramThatIsNowhere() {
    var spec = BodySpec.of("no-such-program-here").environment(Keeping.environment("x")).build();
    var refusal = Keeping.get(run(spec).refused);
    assertThat(refusal.reason()).isEqualTo(BodyRefusal.Reason.NOT_FOUND);
    assertThat(refusal.shellStatus()).isEqualTo(127);
    assertThat(refusal.text()).isEqualTo("No such file or directory");
  }

  @Test
  void refusesAFileThatIsNotExecutable() throws IOException {
    var file = Files.writeString(directory.resolve("data"), "no program");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    var refusal = Keeping.get(run(BodySpec.of(file.toString()).build()).refused);
    assertThat(refusal.reason()).isEqualTo(BodyRefusal.Reason.NOT_EXECUTABLE);
    assertThat(refusal.shellStatus()).isEqualTo(126);
  }

  @Test
  void refusesAMissingDirectoryBeforeAnythingRuns() {
    var missing = directory.resolve("missing");
    var recorder = run(Keeping.shell("true").directory(missing).build());
    var refusal = Keeping.get(recorder.refused);
    assertThat(refusal.reason()).isEqualTo(BodyRefusal.Reason.DIRECTORY);
    assertThat(refusal.errno()).isEqualTo(2);
    assertThat(recorder.started).isNotDone();
  }

  @Test
  void refusesAMissingInputFile() {
    var recorder = run(Keeping.shell("cat").stdinFile(directory.resolve("missing")).build());
    assertThat(Keeping.get(recorder.refused).reason()).isEqualTo(BodyRefusal.Reason.INPUT);
  }

  @Test
  void refusesABodyWhoseLeaseHasLapsedAlready() {
    var recorder =
        run(Keeping.shell("true").leaseBootMillis(BootClock.system().millis() - 1).build());
    var refusal = Keeping.get(recorder.refused);
    assertThat(refusal.reason()).isEqualTo(BodyRefusal.Reason.LEASE);
    assertThat(refusal.isTransient()).isTrue();
  }

  @Test
  void findsTheProgramInThePathOfTheBody() throws IOException {
    var program = Files.writeString(directory.resolve("mine"), "#!/bin/sh\necho found $1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    var path = "/nowhere:" + directory + ":/usr/bin:/bin";
    var spec = BodySpec.of("mine", "it").environment(Map.of("PATH", path)).build();
    var recorder = run(spec);
    assertThat(recorder.exit().value()).isZero();
    assertThat(recorder.text(BodyStream.STDOUT)).isEqualTo("found it\n");
  }

  @Test
  void readsNothingWithoutInputAndTheFileWithOne() throws IOException {
    assertThat(run("cat").exit().value()).isZero();
    Files.writeString(directory.resolve("input"), "from a file\n");
    var recorder =
        run(Keeping.shell("cat; pwd").directory(directory).stdinFile(Path.of("input")).build());
    recorder.exit();
    assertThat(recorder.text(BodyStream.STDOUT)).isEqualTo("from a file\n" + directory + "\n");
  }

  @Test
  void passesTheWholeInputThroughAPipeThatIsSlowerThanTheSender() {
    var sent = pattern(3 << 20);
    var recorder = new Recorder();
    var body = keeper.spawn(Keeping.shell("sleep 0.2; cat").stdinPipe().build(), recorder);
    send(body, BodyStream.STDIN, sent);
    body.end(BodyStream.STDIN);
    assertThat(recorder.exit().value()).isZero();
    assertThat(recorder.bytes(BodyStream.STDOUT)).isEqualTo(sent);
  }

  @Test
  void refusesMoreInputThanThereIsRoomFor() {
    var body = keeper.spawn(Keeping.shell("sleep 60").stdinPipe().build(), new Recorder());
    body.write(BodyStream.STDIN, new byte[Body.INPUT_WINDOW_BYTES]);
    var one = new byte[Body.INPUT_WINDOW_BYTES];
    assertThatThrownBy(() -> body.write(BodyStream.STDIN, one))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("room");
    body.kill();
  }

  @Test
  void takesInputThatNobodyReadsWithoutWaitingForEver() {
    var recorder = new Recorder();
    var body = keeper.spawn(Keeping.shell("exec <&-; sleep 60").stdinPipe().build(), recorder);
    send(body, BodyStream.STDIN, new byte[1 << 20]);
    Keeping.await(
        "the window is free", () -> body.room(BodyStream.STDIN) == Body.INPUT_WINDOW_BYTES);
    body.kill();
    recorder.exit();
  }

  @Test
  void carriesControlBytesBothWaysBesideAFloodOfOutput() {
    var recorder = new Recorder();
    recorder.granting.set(false); // stdout is blocked all the while
    var script = "(yes | head -c 10000000; sleep 60) & read line <&3; echo \"got $line\" >&4";
    var body =
        keeper.spawn(Keeping.shell(script).control().outputCreditBytes(1000).build(), recorder);
    body.write(BodyStream.CONTROL, "hello\n".getBytes(StandardCharsets.UTF_8));
    Keeping.await("an answer", () -> recorder.text(BodyStream.CONTROL).equals("got hello\n"));
    recorder.granting.set(true);
    body.grantOutput(BodySpec.CREDIT_BYTES_MAX);
    assertThat(recorder.exit().value()).isZero();
  }

  @Test
  void carriesLargeControlMessagesUnchanged() {
    var sent = pattern(2 << 20);
    var recorder = new Recorder();
    var body = keeper.spawn(Keeping.shell("cat <&3 >&4").control().build(), recorder);
    send(body, BodyStream.CONTROL, sent);
    body.end(BodyStream.CONTROL);
    assertThat(recorder.exit().value()).isZero();
    assertThat(recorder.bytes(BodyStream.CONTROL)).isEqualTo(sent);
  }

  @Test
  void deliversTenMegabytesCompleteAndInOrder() {
    var recorder =
        run(
            Keeping.shell("seq 1 1500000 | head -c " + FLOOD_BYTES)
                .outputCreditBytes(5000)
                .build());
    assertThat(recorder.exit().value()).isZero();
    var expected = new StringBuilder(FLOOD_BYTES + 16);
    for (int i = 1; expected.length() < FLOOD_BYTES; i++) expected.append(i).append('\n');
    expected.setLength(FLOOD_BYTES);
    assertThat(recorder.text(BodyStream.STDOUT).contentEquals(expected)).isTrue();
    assertThat(recorder.orderBroken).hasNullValue();
  }

  @Test
  void blocksAFloodUntilCreditIsGranted() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    recorder.granting.set(false);
    var spec = Keeping.shell("yes", mark).outputCreditBytes(100_000).build();
    var body = keeper.spawn(spec, recorder);
    Keeping.await("its credit is used up", () -> recorder.received.get() >= 100_000);
    long pid = Keeping.get(recorder.started);
    awaitState("blocked while it writes", pid, 'S');
    int atRest = recorder.received.get();
    // Another body's whole life passes without a byte more.
    run("true").exit();
    assertThat(recorder.received.get()).isEqualTo(atRest).isLessThan(300_000);
    body.grantOutput(50_000);
    Keeping.await("more", () -> recorder.received.get() >= atRest + 50_000);
    body.kill();
    body.grantOutput(BodySpec.CREDIT_BYTES_MAX);
    assertThat(recorder.exit().signalled()).isTrue();
  }

  @Test
  void keepsTheLastOutputOfABodyThatHasNoCreditLeft() {
    var recorder = new Recorder();
    recorder.granting.set(false);
    var spec = Keeping.shell("printf 0123456789").outputCreditBytes(4).build();
    var body = keeper.spawn(spec, recorder);
    Keeping.await("what the credit allows", () -> recorder.text(BodyStream.STDOUT).length() >= 4);
    Keeping.await("its end", () -> !ProcessHandle.of(Keeping.get(recorder.started)).isPresent());
    run("true").exit();
    if (keeper.supervision() == Keeper.Supervision.STRONG) assertThat(recorder.exited).isNotDone();
    body.grantOutput(100);
    recorder.exit();
    assertThat(recorder.text(BodyStream.STDOUT)).isEqualTo("0123456789");
  }

  @Test
  void signalsTheWholeTreeOrTheGroup() {
    var script = "trap 'echo group; exit 7' USR1; echo ready; while :; do sleep 0.05; done";
    var recorder = new Recorder();
    var body = keeper.spawn(Keeping.shell(script).build(), recorder);
    Keeping.await("ready", () -> recorder.text(BodyStream.STDOUT).contains("ready"));
    body.signal(10, Body.Scope.GROUP);
    var exit = recorder.exit(); // sleep gets the signal as well, which ends it and not the shell
    assertThat(exit.value()).isEqualTo(7);

    var mark = Keeping.newMark();
    var tree = new Recorder();
    var detached = "setsid sleep 300 & exec sleep 300";
    var other = keeper.spawn(Keeping.shell(detached, mark).build(), tree);
    Keeping.awaitAtLeast(mark, 2);
    other.signal(15, Body.Scope.TREE);
    assertThat(tree.exit().value()).isEqualTo(15);
    Keeping.awaitNobody(mark);
  }

  @Test
  void freezesAndThawsTheWholeTree() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    var script = "setsid sh -c 'while :; do :; done' & while :; do :; done";
    var body = keeper.spawn(Keeping.shell(script, mark).build(), recorder);
    Keeping.awaitAtLeast(mark, 2);
    body.freeze();
    Keeping.get(recorder.frozen);
    assertThat(states(mark)).as("it is told once it is so").isEqualTo("TT");
    body.thaw();
    Keeping.await("all awake", () -> states(mark).chars().noneMatch(state -> state == 'T'));
    body.freeze();
    Keeping.await("all stopped again", () -> states(mark).equals("TT"));
    body.kill();
    assertThat(recorder.exit().value()).isEqualTo(9);
    Keeping.awaitNobody(mark);
  }

  @Test
  void killsWhatABodyLeavesBehindBeforeItReportsTheEnd() {
    var mark = Keeping.newMark();
    var recorder = run(Keeping.shell("setsid sleep 300 & sleep 300 & exit 4", mark).build());
    assertThat(recorder.exit().value()).isEqualTo(4);
    assertThat(Keeping.alive(mark)).isEmpty();
  }

  @Test
  void endsOnlyTheBodyWhoseLeaseLapses() {
    var lapsing = Keeping.newMark();
    var renewed = Keeping.newMark();
    var free = Keeping.newMark();
    var loop = "setsid sleep 300 & sleep 300";
    var first = new Recorder();
    var second = new Recorder();
    var third = new Recorder();
    long soon = BootClock.system().millis() + 700;
    keeper.spawn(Keeping.shell(loop, lapsing).leaseBootMillis(soon).build(), first);
    keeper
        .spawn(Keeping.shell(loop, renewed).leaseBootMillis(soon).build(), second)
        .leaseUntil(BootClock.system().millis() + 300_000);
    keeper.spawn(Keeping.shell(loop, free).leaseBootMillis(soon).build(), third).leaseFree();
    Keeping.get(first.lapsed);
    assertThat(BootClock.system().millis()).isGreaterThanOrEqualTo(soon);
    assertThat(first.exit().value()).isEqualTo(9);
    Keeping.awaitNobody(lapsing);
    assertThat(Keeping.alive(renewed)).hasSize(3);
    assertThat(Keeping.alive(free)).hasSize(3);
    assertThat(second.lapsed).isNotDone();
    assertThat(third.lapsed).isNotDone();
  }

  @Test
  void aLeaseCanBeShortened() {
    var recorder = new Recorder();
    long late = BootClock.system().millis() + 300_000;
    var spec = Keeping.shell("sleep 300").leaseBootMillis(late).build();
    keeper.spawn(spec, recorder).leaseUntil(BootClock.system().millis() + 200);
    Keeping.get(recorder.lapsed);
    assertThat(recorder.exit().value()).isEqualTo(9);
  }

  @Test
  void neverRevivesALeaseThatHasLapsed() {
    // What lapsed while the frames waited is over, although a longer lease follows at once.
    for (int i = 0; i < 20; i++) {
      var recorder = new Recorder();
      long soon = BootClock.system().millis() + 20;
      var body = keeper.spawn(Keeping.shell("sleep 300").leaseBootMillis(soon).build(), recorder);
      Keeping.await("the lease is over", () -> BootClock.system().millis() > soon);
      body.leaseUntil(soon + 300_000);
      Keeping.await("it ends", () -> recorder.exited.isDone() || recorder.refused.isDone());
    }
  }

  @Test
  void endsAllBodiesWhenItIsClosed() {
    var mark = Keeping.newMark();
    var recorder = run(Keeping.shell("setsid sleep 300 & sleep 300", mark).build());
    Keeping.awaitAtLeast(mark, 2);
    keeper.close();
    assertThat(Keeping.alive(mark)).isEmpty();
    assertThat(Keeping.get(recorder.lost)).isEqualTo("the keeper was closed");
    var spec = Keeping.shell("true").build();
    assertThatThrownBy(() -> keeper.spawn(spec, new Recorder()))
        .isInstanceOf(KeeperException.class);
  }

  @Test
  void endsAllBodiesWhenNoHeartbeatComes() {
    try (var strict = start(Keeping.settings(Duration.ofMillis(500)))) {
      var mark = Keeping.newMark();
      var recorder = new Recorder();
      strict.spawn(Keeping.shell("setsid sleep 300 & sleep 300", mark).build(), recorder);
      Keeping.awaitAtLeast(mark, 2);
      assertThat(Keeping.get(recorder.lost)).contains("nothing heard from the daemon");
      assertThat(Keeping.alive(mark)).isEmpty();
    }
  }

  @Test
  void tellsWhatATreeUses() {
    var recorder = new Recorder();
    var script = "(while :; do :; done) & sleep 300";
    var body = keeper.spawn(Keeping.shell(script).build(), recorder);
    Keeping.get(recorder.started);
    Keeping.await(
        "some CPU time",
        () -> {
          keeper.requestUsage();
          return recorder.usage.isDone();
        });
    var usage = Keeping.get(recorder.usage);
    assertThat(usage.processes()).isBetween(1, 3);
    assertThat(usage.rssBytes()).isPositive();
    body.kill();
    recorder.exit();
  }

  @Test
  void runsNoMoreThanAllowed() {
    try (var small = start(Keeping.settings(Duration.ofMinutes(1), 2))) {
      var first = new Recorder();
      var third = new Recorder();
      var body = small.spawn(Keeping.shell("sleep 300").build(), first);
      small.spawn(Keeping.shell("sleep 300").build(), new Recorder());
      small.spawn(Keeping.shell("true").build(), third);
      assertThat(Keeping.get(third.refused).reason()).isEqualTo(BodyRefusal.Reason.FULL);
      body.kill();
      first.exit();
      var fourth = new Recorder();
      small.spawn(Keeping.shell("true").build(), fourth);
      assertThat(fourth.exit().value()).isZero();
    }
  }

  /** Sends as there is room. */
  private static void send(Body body, BodyStream stream, byte[] bytes) {
    for (int from = 0; from < bytes.length; ) {
      Keeping.await("room", () -> body.room(stream) > 0);
      int size = Math.min(body.room(stream), bytes.length - from);
      body.write(stream, Arrays.copyOfRange(bytes, from, from + size));
      from += size;
    }
  }

  private static byte[] pattern(int size) {
    var bytes = new byte[size];
    for (int i = 0; i < size; i++) bytes[i] = (byte) (i * 31 + (i >>> 8) * 17 + (i >>> 16));
    return bytes;
  }

  private static String states(String mark) {
    var table = ProcessTable.read();
    var states = new StringBuilder();
    table
        .withDescendants(table.marked(Keeping.MARK, mark))
        .values()
        .forEach(entry -> states.append(entry.state()));
    return states.toString();
  }

  static void awaitState(String what, long pid, char state) {
    Keeping.await(
        what,
        () -> {
          var entry = ProcessTable.read().withDescendants(Set.of(pid)).get(pid);
          return entry != null && entry.state() == state;
        });
  }
}
