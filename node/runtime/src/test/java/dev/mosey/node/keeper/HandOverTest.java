package dev.mosey.node.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.config.BootClock;
import dev.mosey.node.keeper.Keeping.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A keeper that one program leaves to the next: here both are this one. */
class HandOverTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final KeeperSettings settings = Keeping.settings(Duration.ofMinutes(1));
  private final String fence = Keeping.newMark();
  private final String mark = Keeping.newMark();
  private final NativeKeeper first = Keeping.nativeKeeper(settings, fence);

  @TempDir private Path directory;

  @AfterEach
  void endAll() {
    SystemCalls.kill(first.pid(), SystemCalls.SIGKILL);
    Keeping.awaitNobody(mark);
  }

  private NativeKeeper adopt(Handed handed) {
    return NativeKeeper.adopt(handed, settings, fence, _ -> {});
  }

  private Body run(String script, Recorder recorder) {
    return first.spawn(Keeping.shell(script, mark).build(), recorder);
  }

  @Test
  void nothingThatABodySaysOrDoesBetweenTwoProgramsIsLost() throws IOException {
    Path go = directory.resolve("go");
    var before = new Recorder();
    var body = run("echo a; until [ -e " + go + " ]; do sleep 0.01; done; echo b; exit 3", before);
    Keeping.await("its first line", () -> before.text(BodyStream.STDOUT).equals("a\n"));
    Handed handed = first.handOver(PATIENCE);
    Files.createFile(go);
    Keeping.await("the body has ended", () -> Keeping.alive(mark).isEmpty());
    assertThat(before.exited).isNotDone();
    NativeKeeper next = adopt(handed);
    var after = new Recorder();
    after.started.complete(0L);
    next.adopt(body.id(), after);
    next.goOn();
    assertThat(after.exit()).extracting(BodyExit::value).isEqualTo(3);
    assertThat(after.text(BodyStream.STDOUT)).isEqualTo("b\n");
    assertThat(after.orderBroken).hasValue(null);
    assertThat(before.text(BodyStream.STDOUT)).isEqualTo("a\n");
    assertThat(before.lost).isNotDone();
  }

  @Test
  void theNextProgramRulesOverWhatItAdoptedAndStartsMore() {
    var before = new Recorder();
    var body = run("sleep 300", before);
    Keeping.get(before.started);
    NativeKeeper next = adopt(first.handOver(PATIENCE));
    var after = new Recorder();
    after.started.complete(0L);
    Body adopted = next.adopt(body.id(), after);
    next.goOn();
    var another = new Recorder();
    next.spawn(Keeping.shell("exit 4", mark).build(), another);
    assertThat(another.exit().value()).isEqualTo(4);
    adopted.leaseUntil(BootClock.system().millis() + 300);
    Keeping.get(after.lapsed);
    assertThat(after.exit().signalled()).isTrue();
  }

  @Test
  void whatNobodyAdoptsIsEnded() {
    var recorder = new Recorder();
    run("sleep 300", recorder);
    Keeping.get(recorder.started);
    adopt(first.handOver(PATIENCE)).goOn();
    Keeping.awaitNobody(mark);
    assertThat(recorder.lost).isNotDone();
  }

  @Test
  void withoutASuccessorAllEndsWhenThePatienceIsOver() {
    var recorder = new Recorder();
    run("trap '' TERM; setsid sleep 300 & sleep 300", recorder);
    Keeping.get(recorder.started);
    first.handOver(Duration.ofMillis(300));
    Keeping.awaitNobody(mark);
  }

  @Test
  void aLeaseLapsesBetweenTwoProgramsAsWell() {
    var recorder = new Recorder();
    long lease = BootClock.system().millis() + 600;
    first.spawn(Keeping.shell("sleep 300", mark).leaseBootMillis(lease).build(), recorder);
    Keeping.get(recorder.started);
    first.handOver(PATIENCE);
    Keeping.awaitNobody(mark);
    assertThat(BootClock.system().millis()).isGreaterThanOrEqualTo(lease);
  }

  @Test
  void itIsHandedOnMoreThanOnce() {
    var recorder = new Recorder();
    var body = run("sleep 300", recorder);
    Keeping.get(recorder.started);
    NativeKeeper second = adopt(first.handOver(PATIENCE));
    second.adopt(body.id(), new Recorder());
    second.goOn();
    NativeKeeper third = adopt(second.handOver(PATIENCE));
    var last = new Recorder();
    last.started.complete(0L);
    third.adopt(body.id(), last).kill();
    third.goOn();
    assertThat(last.exit().value()).isEqualTo(SystemCalls.SIGKILL);
  }
}
