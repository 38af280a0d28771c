package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.keeper.Keeping.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A chain without pause, where every process forks the next one and ends: it lives for less than a
 * look through /proc takes. How far it got is told by a file that every link grows by one byte. It
 * ends by itself after some seconds, whatever happens.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ShortLivedChainTest {
  private static final int LINKS = 6000;
  private static final String LINK =
      "printf x >>\"$TRACE\"; I=$((I+1)); [ $I -lt $LINKS ] && setsid sh -c \"$NEXT\" & exit";

  @TempDir Path directory;
  private final String fence = Keeping.newMark();

  private static Map<String, String> chain(Path trace, int links) {
    var environment = new HashMap<>(Keeping.environment(Keeping.newMark()));
    environment.put("NEXT", LINK);
    environment.put("I", "0");
    environment.put("LINKS", Integer.toString(links));
    environment.put("TRACE", trace.toString());
    return environment;
  }

  private static long links(Path trace) {
    try {
      return Files.exists(trace) ? Files.size(trace) : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Another chain, from its start to its end, is the time in which this one would have grown. */
  private void assertItHasStopped(Path trace) throws IOException {
    long then = links(trace);
    assertThat(then).as("it was stopped, and did not end by itself").isLessThan(LINKS);
    var clock = directory.resolve("clock");
    start(chain(clock, 60));
    Keeping.await("the other chain ends", () -> links(clock) == 60);
    assertThat(links(trace)).isEqualTo(then);
  }

  private static void start(Map<String, String> environment) throws IOException {
    var builder = new ProcessBuilder("setsid", "sh", "-c", LINK);
    builder.environment().putAll(environment);
    builder.start();
  }

  @Test
  void isCaughtByASweep() throws IOException {
    var trace = directory.resolve("trace");
    var environment = chain(trace, LINKS);
    environment.put(FenceSweep.VARIABLE, fence);
    start(environment);
    Keeping.await("the chain runs", () -> links(trace) > 20);
    var swept = FenceSweep.sweep(fence);
    assertThat(swept.left()).isEmpty();
    assertItHasStopped(trace);
  }

  @Test
  void isKilledByItsWarden() throws IOException {
    var trace = directory.resolve("trace");
    try (var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(2)), fence)) {
      var recorder = new Recorder();
      var body = keeper.spawn(spec(trace), recorder);
      Keeping.await("the chain runs", () -> links(trace) > 20);
      body.kill();
      recorder.exit();
      assertItHasStopped(trace);
    }
  }

  @Test
  void isKilledByTheKeeperBeforeItsBodyIsToldLost() throws IOException {
    var trace = directory.resolve("trace");
    try (var keeper = Keeping.nativeKeeper(Keeping.settings(Duration.ofMinutes(2)), fence)) {
      var recorder = new Recorder();
      keeper.spawn(spec(trace), recorder);
      Keeping.await("the chain runs", () -> links(trace) > 20);
      Keeping.children(keeper.pid()).stream()
          .filter(ShortLivedChainTest::isWarden)
          .forEach(warden -> SystemCalls.kill(warden, SystemCalls.SIGKILL));
      Keeping.get(recorder.lost);
      assertItHasStopped(trace);
    }
  }

  private static BodySpec spec(Path trace) {
    // The body itself stays, else the warden would end the chain with it at once.
    return BodySpec.of("sh", "-c", "sh -c \"$NEXT\"; exec sleep 30")
        .environment(chain(trace, LINKS))
        .build();
  }

  private static boolean isWarden(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("mosd-warden");
    } catch (IOException e) {
      return false; // it has ended
    }
  }
}
