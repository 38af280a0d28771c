package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeping.Recorder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who survives what. The daemon is a JVM of its own with one body of each {@link BodyKind};
 * survivors are found by a mark in their environment. Where the daemon is to live on it is stopped
 * first, so that nothing but keeper and wardens can do the killing.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KillMatrixTest {
  private static final long NEVER_SILENT_MS = 3_600_000;

  private final String fence = Keeping.newMark();
  private final String mark = Keeping.newMark();
  private final List<Process> daemons = new ArrayList<>();
  private long keeperPid;

  @AfterEach
  void cleanUp() {
    daemons.forEach(Process::destroyForcibly);
    FenceSweep.sweep(fence);
  }

  private Process startDaemon(long silenceMs) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var process =
        new ProcessBuilder(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KeptDaemon.class.getName(),
                fence,
                mark,
                Long.toString(silenceMs))
            .redirectErrorStream(true)
            .start();
    daemons.add(process);
    var seen = new StringBuilder();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      seen.append(line).append('\n');
      if (!line.startsWith("ready ")) continue;
      keeperPid = Long.parseLong(line.substring("ready ".length()));
      for (var kind : BodyKind.values()) kind.awaitInFull(mark);
      return process;
    }
    throw new AssertionError("the daemon did not start:\n" + seen);
  }

  private Collection<Long> wardens() {
    var wardens = Keeping.children(keeperPid);
    assertThat(wardens).hasSize(BodyKind.values().length);
    return wardens;
  }

  private static void stop(long pid) {
    SystemCalls.kill(pid, SystemCalls.SIGSTOP);
    KeeperContract.awaitState("it is stopped", pid, 'T');
  }

  private static void kill(long pid) {
    SystemCalls.kill(pid, SystemCalls.SIGKILL);
  }

  private void awaitNoSurvivors() {
    for (var kind : BodyKind.values()) Keeping.awaitNobody(kind.mark(mark));
  }

  @Test
  void nothingSurvivesAKilledDaemon() throws IOException {
    kill(startDaemon(NEVER_SILENT_MS).pid());
    awaitNoSurvivors();
    Keeping.await("the keeper ends too", () -> ProcessHandle.of(keeperPid).isEmpty());
  }

  @Test
  void nothingSurvivesAStoppedDaemonForLongerThanTheSilenceLimit() throws IOException {
    var daemon = startDaemon(1500);
    stop(daemon.pid());
    awaitNoSurvivors();
    assertThat(daemon.isAlive()).isTrue();
  }

  @Test
  void aDaemonThatIsStoppedForLessThanTheSilenceLimitKeepsItsBodies() throws IOException {
    var daemon = startDaemon(NEVER_SILENT_MS);
    stop(daemon.pid());
    SystemCalls.kill(daemon.pid(), SystemCalls.SIGCONT);
    for (var kind : BodyKind.values()) kind.awaitInFull(mark);
  }

  @Test
  void nothingSurvivesAKilledKeeper() throws IOException {
    stop(startDaemon(NEVER_SILENT_MS).pid());
    kill(keeperPid);
    awaitNoSurvivors();
  }

  @Test
  void nothingSurvivesKilledWardens() throws IOException {
    stop(startDaemon(NEVER_SILENT_MS).pid());
    wardens().forEach(KillMatrixTest::kill);
    awaitNoSurvivors();
    assertThat(ProcessHandle.of(keeperPid)).isPresent();
  }

  @Test
  void nothingSurvivesDaemonAndKeeperKilledTogether() throws IOException {
    var daemon = startDaemon(NEVER_SILENT_MS);
    stop(keeperPid);
    kill(daemon.pid());
    kill(keeperPid);
    awaitNoSurvivors();
  }

  @Test
  void whatSurvivesAllKilledAtOnceIsSweptByTheNextDaemon() throws IOException {
    var daemon = startDaemon(NEVER_SILENT_MS);
    var all = new ArrayList<>(wardens());
    all.add(keeperPid);
    all.add(daemon.pid());
    all.forEach(KillMatrixTest::stop); // so that none of them sees another die
    all.forEach(KillMatrixTest::kill);
    Keeping.awaitNobody(BodyKind.PLAIN.mark(mark)); // the kernel's death signal
    assertThat(Keeping.alive(BodyKind.SETSID_CHILD.mark(mark))).isNotEmpty();
    var swept = FenceSweep.sweep(fence);
    awaitNoSurvivors();
    assertThat(swept.left()).isEmpty();
    assertThat(swept.found()).extracting(FenceSweep.Survivor::command).contains("sleep 300");
    assertThat(FenceSweep.sweep(fence).found()).isEmpty();
  }

  @Test
  void aStoppedKeeperWithoutADaemonIsSweptWithAllItRuns() throws IOException {
    var daemon = startDaemon(NEVER_SILENT_MS);
    stop(keeperPid);
    kill(daemon.pid());
    for (var kind : BodyKind.values()) assertThat(Keeping.alive(kind.mark(mark))).isNotEmpty();
    FenceSweep.sweep(fence);
    awaitNoSurvivors();
    Keeping.await("the keeper is gone", () -> ProcessHandle.of(keeperPid).isEmpty());
  }

  @Test
  void aSweepSparesOtherFences() throws IOException {
    startDaemon(NEVER_SILENT_MS);
    assertThat(FenceSweep.sweep(fence.substring(1)).found()).isEmpty();
    assertThat(FenceSweep.sweep(fence.substring(0, fence.length() - 1)).found()).isEmpty();
    for (var kind : BodyKind.values()) kind.awaitInFull(mark);
  }

  @ParameterizedTest
  @EnumSource
  void nothingSurvivesTheLapseOfItsLeaseAndTheOthersLiveOn(BodyKind kind) {
    try (var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(2)), fence)) {
      var others = Keeping.newMark();
      keeper.spawn(BodyKind.SETSID_CHILD.spec(others).build(), new Recorder());
      var recorder = new Recorder();
      var body = keeper.spawn(kind.spec(mark).build(), recorder);
      kind.awaitInFull(mark);
      body.leaseUntil(BootClock.system().millis() + 100);
      Keeping.get(recorder.lapsed);
      recorder.exit();
      assertThat(Keeping.alive(kind.mark(mark))).isEmpty();
      Keeping.awaitNobody(kind.mark(mark));
      BodyKind.SETSID_CHILD.awaitInFull(others);
    }
  }

  @Test
  void aKilledWardenIsReportedAsALostBodyOnceNothingOfItIsLeft() {
    var recorders = new EnumMap<BodyKind, Recorder>(BodyKind.class);
    try (var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(2)), fence)) {
      for (var kind : BodyKind.values()) {
        recorders.put(kind, new Recorder());
        keeper.spawn(kind.spec(mark).build(), recorders.get(kind));
      }
      keeperPid = keeper.pid();
      for (var kind : BodyKind.values()) kind.awaitInFull(mark);
      wardens().forEach(KillMatrixTest::kill);
      for (var kind : BodyKind.values()) {
        assertThat(Keeping.get(recorders.get(kind).lost)).isEqualTo("its warden has died");
        assertThat(Keeping.alive(kind.mark(mark))).isEmpty();
      }
      // The keeper goes on with new wardens.
      var next = new Recorder();
      keeper.spawn(Keeping.shell("exit 6").build(), next);
      assertThat(next.exit().value()).isEqualTo(6);
    }
  }

  @Test
  void aKilledKeeperIsReportedAsLostBodiesOnceNothingOfThemIsLeft() {
    try (var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(2)), fence)) {
      var recorder = new Recorder();
      keeper.spawn(BodyKind.FORKING_FOREVER.spec(mark).build(), recorder);
      BodyKind.FORKING_FOREVER.awaitInFull(mark);
      kill(keeper.pid());
      assertThat(Keeping.get(recorder.lost)).isEqualTo("the keeper has ended");
      assertThat(Keeping.alive(BodyKind.FORKING_FOREVER.mark(mark))).isEmpty();
    }
  }
}
