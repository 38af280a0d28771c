package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeping.Recorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The native keeper: the contract, and what only it can do. */
class NativeKeeperTest extends KeeperContract {
  @Override
  Keeper start(KeeperSettings settings) {
    return Keeping.nativeKeeper(settings, Keeping.newMark());
  }

  private long keeperPid() {
    return ((NativeKeeper) keeper).pid();
  }

  @Test
  void isStrongSupervisionAndFoundInTheBuildTree() {
    assertThat(keeper.supervision()).isEqualTo(Keeper.Supervision.STRONG);
    try (var found = Keepers.start(Keeping.settings(Duration.ofMinutes(1)), "test", _ -> {})) {
      assertThat(found).isInstanceOf(NativeKeeper.class);
    }
  }

  @Test
  void givesABodyASessionLowPriorityNoForeignDescriptorsAndTheFence() throws IOException {
    var autogroup = Path.of("/proc/sys/kernel/sched_autogroup_enabled");
    var recorder = new Recorder();
    var script = "ls /proc/self/fd; env; sleep 300";
    var body = keeper.spawn(Keeping.shell(script).nice(7).build(), recorder);
    long pid = Keeping.get(recorder.started);
    Keeping.await("its output", () -> recorder.text(BodyStream.STDOUT).contains("MOSEY_FENCE="));
    // 3 is the directory that ls itself reads.
    assertThat(recorder.text(BodyStream.STDOUT)).startsWith("0\n1\n2\n3\n").doesNotContain("\n4\n");
    var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    assertThat(fields[3]).as("session").isEqualTo(Long.toString(pid));
    assertThat(fields[16]).as("nice").isEqualTo("7");
    if (Files.exists(autogroup) && Files.readString(autogroup).strip().equals("1"))
      Keeping.await("the autogroup is lowered", () -> autogroupOf(pid).contains("nice 7"));
    body.kill();
    recorder.exit();
  }

  private static String autogroupOf(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/autogroup"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void tellsCpuTimeAndPeakMemoryOfAllProcesses() {
    var script =
        "(i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done) & wait; head -c 30000000 /dev/zero |"
            + " tail -c 1 >/dev/null";
    var exit = run(script).exit();
    assertThat(exit.userMicros()).isGreaterThan(10_000);
    assertThat(exit.peakRssBytes()).isGreaterThan(1 << 20);
  }

  @Test
  void appliesLimits() {
    var spec = Keeping.shell("ulimit -n; ulimit -f").limit(ResourceLimit.OPEN_FILES, 77).build();
    var recorder = run(spec);
    recorder.exit();
    assertThat(recorder.text(BodyStream.STDOUT)).startsWith("77\n");
  }

  @Test
  void refusesACommandThatIsTooLargeAndLivesOn() {
    var spec = BodySpec.of("/bin/echo", "x".repeat(2 << 20)).build();
    assertThatThrownBy(() -> keeper.spawn(spec, new Recorder()))
        .isInstanceOf(KeeperException.class)
        .hasMessageContaining("more than 1048576");
    var tooLongForTheKernel = BodySpec.of("/bin/echo", "x".repeat(500_000)).build();
    var refusal = Keeping.get(run(tooLongForTheKernel).refused);
    assertThat(refusal.reason()).isEqualTo(BodyRefusal.Reason.NOT_EXECUTABLE);
    assertThat(refusal.text()).isEqualTo("Argument list too long");
    assertThat(run("true").exit().value()).isZero();
  }

  @Test
  void killsABodyWhoseWardenWasStopped() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    // The body stops its own warden, and starts something that would outlive it.
    var script = "setsid sleep 300 & kill -STOP $PPID; sleep 300";
    var body = keeper.spawn(Keeping.shell(script, mark).build(), recorder);
    Keeping.awaitAtLeast(mark, 3);
    body.kill();
    assertThat(recorder.exit().value()).isEqualTo(9);
    Keeping.awaitNobody(mark);
  }

  @Test
  void doesNotReviveALeaseThatLapsedWhileItsRenewalWaited() {
    var recorder = new Recorder();
    long soon = BootClock.system().millis() + 1500;
    var body = keeper.spawn(Keeping.shell("sleep 300").leaseBootMillis(soon).build(), recorder);
    Keeping.get(recorder.started);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGSTOP);
    awaitState("the keeper is stopped", keeperPid(), 'T');
    assertThat(recorder.lapsed).isNotDone();
    body.leaseUntil(soon + 300_000);
    Keeping.await("the lease is over", () -> BootClock.system().millis() > soon);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGCONT);
    Keeping.get(recorder.lapsed);
    assertThat(recorder.exit().value()).isEqualTo(9);
  }

  @Test
  void aLeaseEndsABodyAndAllItStartedWhileTheKeeperIsStopped() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    long soon = BootClock.system().millis() + 1500;
    var script = "setsid sleep 300 & sleep 300";
    keeper.spawn(Keeping.shell(script, mark).leaseBootMillis(soon).build(), recorder);
    Keeping.awaitAtLeast(mark, 3);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGSTOP);
    awaitState("the keeper is stopped", keeperPid(), 'T');
    Keeping.awaitNobody(mark);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGCONT);
    Keeping.get(recorder.lapsed);
    assertThat(recorder.exit().value()).isEqualTo(9);
    assertThat(run("true").exit().value()).as("the next").isZero();
  }

  @Test
  void aLeaseThatWasRenewedHoldsWhileTheKeeperIsStopped() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    long soon = BootClock.system().millis() + 1000;
    var spec = Keeping.shell("exec sleep 300", mark).leaseBootMillis(soon).build();
    var body = keeper.spawn(spec, recorder);
    body.leaseUntil(soon + 1500);
    Keeping.get(recorder.started);
    var answered = run("true");
    assertThat(answered.exit().value()).as("the renewal was read before").isZero();
    SystemCalls.kill(keeperPid(), SystemCalls.SIGSTOP);
    Keeping.await("the first lease is over", () -> BootClock.system().millis() > soon + 300);
    assertThat(Keeping.alive(mark)).isNotEmpty();
    Keeping.awaitNobody(mark);
    assertThat(BootClock.system().millis()).isGreaterThanOrEqualTo(soon + 1500);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGCONT);
    Keeping.get(recorder.lapsed);
  }

  @Test
  void aLeaseEndsABodyWhileKeeperAndWardenAreStopped() {
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    long soon = BootClock.system().millis() + 1500;
    var spec = Keeping.shell("exec sleep 300", mark).leaseBootMillis(soon).build();
    keeper.spawn(spec, recorder);
    Keeping.awaitAtLeast(mark, 1);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGSTOP);
    for (long warden : Keeping.children(keeperPid())) {
      SystemCalls.kill(warden, SystemCalls.SIGSTOP);
    }
    Keeping.awaitNobody(mark);
    SystemCalls.kill(keeperPid(), SystemCalls.SIGCONT);
    Keeping.get(recorder.lost);
    assertThat(run("true").exit().value()).as("the next").isZero();
  }

  @Test
  void runsAThousandInARowAndSixtyFourAtOnceWithoutLeakingDescriptorsOrProcesses()
      throws InterruptedException {
    for (int i = 0; i < 20; i++) run("true").exit();
    int wardens = Keeping.children(keeperPid()).size();
    long wardenOpen =
        Keeping.children(keeperPid()).stream()
            .mapToLong(NativeKeeperTest::descriptors)
            .max()
            .orElse(0);
    long open = descriptors();
    for (int i = 0; i < 1000; i++) {
      var recorder = run(BodySpec.of("/bin/echo", "line " + i).build());
      assertThat(recorder.exit().value()).isZero();
      assertThat(recorder.text(BodyStream.STDOUT)).isEqualTo("line " + i + "\n");
    }
    assertThat(descriptors()).isEqualTo(open);
    assertThat(Keeping.children(keeperPid())).hasSize(wardens);

    var spawned = new Semaphore(64);
    var recorders = new ArrayList<Recorder>();
    for (int i = 0; i < 640; i++) {
      assertThat(spawned.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
      var recorder = run("echo $$; read x; exit 5");
      recorder.exited.thenRun(spawned::release);
      recorders.add(recorder);
    }
    for (var recorder : recorders) assertThat(recorder.exit().value()).isEqualTo(5);
    // Four idle wardens are kept.
    Keeping.await("wardens retire", () -> Keeping.children(keeperPid()).size() <= 4);
    Keeping.await("their sockets are closed", () -> descriptors() <= open + 4);
    assertThat(Keeping.children(keeperPid()))
        .allSatisfy(warden -> assertThat(descriptors(warden)).isEqualTo(wardenOpen));
  }

  /** Of the keeper; a warden's are counted apart, as there are now more of them and now fewer. */
  private long descriptors() {
    return descriptors(keeperPid());
  }

  private static long descriptors(long pid) {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void killsAKeeperThatDoesNotAnswerAndReportsItsBodiesAsLost() {
    var end = new CompletableFuture<String>();
    var settings = Keeping.settings(Duration.ofMillis(800));
    var stopped =
        NativeKeeper.start(
            Keepers.find(settings).orElseThrow(), settings, Keeping.newMark(), end::complete);
    var mark = Keeping.newMark();
    var recorder = new Recorder();
    stopped.spawn(Keeping.shell("setsid sleep 300 & sleep 300", mark).build(), recorder);
    Keeping.awaitAtLeast(mark, 2);
    SystemCalls.kill(stopped.pid(), SystemCalls.SIGSTOP);
    Keeping.await(
        "its end is reported",
        () -> {
          stopped.heartbeat();
          return end.isDone();
        });
    assertThat(end.join()).contains("does not answer");
    assertThat(recorder.lost).isCompleted();
    assertThat(Keeping.alive(mark)).isEmpty();
  }

  @Test
  void endsWithOneLineWhenAFrameIsMalformed() throws Exception {
    var binary = Keepers.find(Keeping.settings(Duration.ofMinutes(1))).orElseThrow();
    var process = new ProcessBuilder(binary.toString()).start();
    try (var pipe = process.getOutputStream()) {
      var frames = new Frames();
      frames.hello(Keeping.settings(Duration.ofMinutes(1)));
      frames.plain((byte) 99, 5);
      pipe.write(frames.array(), 0, frames.size());
      pipe.flush();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    var text = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text)
        .isEqualTo(
            "mosd-keeper: an unknown or malformed frame (frame of type 99 with 0 bytes for body 5):"
                + " ending all bodies\n");
    assertThat(process.exitValue()).isEqualTo(2);
  }

  @Test
  void saysWhatIsWrongWithAKeeperThatCannotBeStarted() {
    var settings = Keeping.settings(Duration.ofMinutes(1));
    assertThatThrownBy(() -> NativeKeeper.start(Path.of("/bin/true"), settings, "test", _ -> {}))
        .isInstanceOf(KeeperException.class)
        .hasMessageStartingWith("/bin/true does not answer");
  }
}
