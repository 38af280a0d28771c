package dev.mosey.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.deploy.Installation.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands that misbehave: each is ended or bounded, and the node goes on as if nothing were. */
class BodyDefectsIT {
  private static final long FLOOD_BYTES = 1_000_000_000L;
  private static final long KEPT_BYTES = 64L << 20;
  private static Installation mosey;

  @BeforeAll
  static void start() {
    mosey = new Installation();
    mosey.run("mosixd", "start", "--name", "alpha").ok();
  }

  @AfterAll
  static void stop() {
    mosey.close();
  }

  /** Seconds to sleep by which the processes of one test are known. */
  private static String mark() {
    return "3" + System.nanoTime() % 1_000_000_000_000L;
  }

  private static List<String> alive(String mark) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.endsWith("sleep " + mark))
        .toList();
  }

  private static long peakBytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ofAFloodOfOutputTheBoundIsKeptAndTheNodeAnswersMeanwhile() throws IOException {
    String flood = "head -c " + FLOOD_BYTES + " /dev/zero";
    String id = mosey.run("mosq", "submit", "--", "sh", "-c", flood).ok().line();
    mosey.await("it to run", () -> mosey.state(id), state -> !state.equals("waiting"));
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "echo", "hi").status()).isZero();
    mosey.run("mosq", "wait", id).ok();
    Said kept = mosey.run("sh", "-c", "mosq logs " + id + " | wc -c");
    assertThat(kept.line()).isEqualTo(Long.toString(KEPT_BYTES));
    assertThat(kept.err()).contains(id + " wrote more than is kept: its stdout is truncated");
    assertThat(peakBytes(mosey.daemon("alpha").pid())).isLessThan(FLOOD_BYTES);
  }

  @Test
  void whatACommandLeavesBehindInASessionOfItsOwnEndsWithIt() {
    String mark = mark();
    String leaves = "setsid sleep " + mark + " </dev/null >/dev/null 2>&1 & exit 3";
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "sh", "-c", leaves).status())
        .isEqualTo(3);
    assertThat(alive(mark)).isEmpty();
  }

  @Test
  void aBombOfForksIsEndedAsAWholeWhenItIsCancelled() {
    String mark = mark();
    // Two for one, six times over; each then stays, out of reach of the signals of its group.
    String bomb =
        "f() { [ $1 -gt 5 ] || { f $(($1+1)) & f $(($1+1)) & }; [ $1 = 0 ] || exec setsid sleep "
            + mark
            + "; }; trap '' TERM; f 0; exec sleep "
            + mark;
    String id = mosey.run("mosq", "submit", "--grace", "0s", "--", "sh", "-c", bomb).ok().line();
    mosey.await("it to spread", () -> alive(mark).size(), count -> count == 127);
    mosey.run("mosq", "cancel", id).ok();
    mosey.await("it to end", () -> mosey.state(id), "cancelled"::equals);
    assertThat(alive(mark)).isEmpty();
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "true").status()).isZero();
  }

  @Test
  void childrenThatNobodyWaitsForAreNotLeftAsZombies() throws IOException {
    String careless = "i=0; while [ $i -lt 300 ]; do true & i=$((i+1)); done; exec sleep 0.5";
    assertThat(mosey.run("mosq", "submit", "--wait", "--", "sh", "-c", careless).status()).isZero();
    ProcessHandle daemon = mosey.daemon("alpha");
    List<Long> own = new ArrayList<>(daemon.descendants().map(ProcessHandle::pid).toList());
    own.add(daemon.pid());
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      assertThat(all.filter(process -> isZombieOf(process, own))).isEmpty();
    }
  }

  private static boolean isZombieOf(Path process, List<Long> parents) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[0].equals("Z") && parents.contains(Long.parseLong(fields[1]));
    } catch (IOException noProcessOrGone) {
      return false;
    }
  }
}
