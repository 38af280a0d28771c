package dev.mosey.node.store;

import static dev.mosey.node.store.Fixtures.process;
import static dev.mosey.node.store.Fixtures.settings;
import static dev.mosey.node.store.OutputStore.STDERR;
import static dev.mosey.node.store.OutputStore.STDOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mosey.node.store.OutputStore.Answer;
import dev.mosey.node.store.OutputStore.Cut;
import dev.mosey.protocol.id.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputStoreTest {
  private static final ProcessId P = process(17);

  @TempDir Path directory;
  private final RecordingDisk disk = new RecordingDisk();

  private SegmentOutputStore open(String... lines) {
    return SegmentOutputStore.open(
        disk, directory.resolve("output"), settings(lines).output(), SpaceWatch.unlimited());
  }

  private static Answer append(OutputStore store, int incarnation, long offset, String text) {
    return store.append(P, incarnation, STDOUT, offset, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(OutputStore.Chunk chunk) {
    return new String(chunk.bytes(), StandardCharsets.US_ASCII);
  }

  private static String all(OutputStore store) {
    return text(store.read(P, STDOUT, 0, 1 << 20));
  }

  private static String attempt(OutputStore store, int attempt) {
    return text(store.readAttempt(P, attempt, STDOUT, 0, 1 << 20));
  }

  @Test
  void keepsEveryByteOnceAndInOrder() {
    try (var store = open()) {
      assertThat(append(store, 1, 0, "one ")).isEqualTo(Answer.STORED);
      assertThat(append(store, 1, 4, "two ")).isEqualTo(Answer.STORED);
      assertThat(append(store, 1, 4, "two ")).isEqualTo(Answer.DUPLICATE);
      assertThat(append(store, 1, 2, "e two th")).isEqualTo(Answer.STORED);
      assertThat(append(store, 1, 20, "later")).isEqualTo(Answer.GAP);
      assertThat(append(store, 2, 10, "ree")).isEqualTo(Answer.STORED);
      assertThat(append(store, 1, 13, " old")).isEqualTo(Answer.STALE);
      assertThat(all(store)).isEqualTo("one two three");
      assertThat(store.read(P, STDERR, 0, 10).bytes()).isEmpty();
      assertThat(text(store.read(P, STDOUT, 5, 4))).isEqualTo("wo t");
      assertThat(store.read(P, STDOUT, 99, 4).from()).isEqualTo(13);
    }
    try (var store = open()) {
      assertThat(all(store)).isEqualTo("one two three");
      assertThat(store.state(P, STDOUT).incarnation()).isEqualTo(2);
    }
  }

  @Test
  void aCutKeepsTheEarlierAttemptReadable() {
    try (var store = open()) {
      append(store, 1, 0, "begin ");
      append(store, 1, 6, "first try");
      assertThat(store.cut(P, STDOUT, 8, 2)).isEqualTo(Answer.STORED);
      assertThat(store.cut(P, STDOUT, 8, 2)).isEqualTo(Answer.DUPLICATE);
      assertThat(append(store, 1, 8, "late")).isEqualTo(Answer.STALE);
      assertThat(all(store)).isEqualTo("begin fi");
      append(store, 2, 8, "nally");
      assertThat(store.cut(P, STDOUT, 8, 2)).isEqualTo(Answer.DUPLICATE);
      assertThat(store.cut(P, STDOUT, 3, 2)).isEqualTo(Answer.STALE);
      assertThat(store.cut(P, STDOUT, 99, 3)).isEqualTo(Answer.GAP);
      store.cut(P, STDOUT, 0, 4);
      append(store, 4, 0, "again");
    }
    for (var store : List.of(open(), open())) {
      assertThat(all(store)).isEqualTo("again");
      assertThat(attempt(store, 1)).isEqualTo("begin first try");
      assertThat(attempt(store, 2)).isEqualTo("begin finally");
      assertThat(attempt(store, 3)).isEqualTo("begin finally");
      assertThat(store.state(P, STDOUT).cuts())
          .containsExactly(new Cut(8, 15, 2), new Cut(0, 13, 4));
      store.close();
    }
  }

  @Test
  void whoFollowsReadsOnFromWhereTheStreamWasCutBack() {
    try (var store = open("output.cut-max = 10")) {
      append(store, 1, 0, "one two ");
      store.cut(P, STDOUT, 8, 2);
      append(store, 2, 8, "three");
      assertThat(text(follow(store, 8, 1))).as("a move cuts nothing off").isEqualTo("three");
      store.cut(P, STDOUT, 4, 3);
      append(store, 3, 4, "drei");
      store.cut(P, STDOUT, 8, 4);
      append(store, 4, 8, " four five");
    }
    for (int round = 0; round < 2; round++) {
      try (var store = open("output.cut-max = 10")) {
        var chunk = follow(store, 13, 2);
        assertThat(text(chunk)).isEqualTo("drei four five");
        assertThat(chunk.from()).isEqualTo(4);
        assertThat(chunk.incarnation()).isEqualTo(4 + round);
        assertThat(text(follow(store, 8, 1))).isEqualTo("drei four five");
        assertThat(text(follow(store, 2, 1))).isEqualTo("e drei four five");
        assertThat(text(follow(store, 8, 3))).as("its own cut is known").isEqualTo(" four five");
        assertThat(store.follow(P, 2, STDOUT, 8, 1, 99).from()).as("of attempt 2").isEqualTo(8);
        store.cut(P, STDOUT, 18, 5);
      }
    }
  }

  private static OutputStore.Chunk follow(OutputStore store, long from, int seen) {
    return store.follow(P, Integer.MAX_VALUE, STDOUT, from, seen, 1 << 20);
  }

  @Test
  void beyondItsBoundAStreamIsTruncatedAndSaysSo() {
    for (int round = 0; round < 2; round++) {
      try (var store = open("output.stream-max = 10")) {
        if (round == 0) {
          append(store, 1, 0, "12345678");
          assertThat(append(store, 1, 8, "abcdef")).isEqualTo(Answer.TRUNCATED);
        }
        assertThat(append(store, 1, 14, "more")).isEqualTo(Answer.TRUNCATED);
        assertThat(append(store, 1, 4, "56")).isEqualTo(Answer.DUPLICATE);
        assertThat(all(store)).isEqualTo("12345678ab");
        assertThat(store.read(P, STDOUT, 0, 5).truncated()).isTrue();
        assertThat(store.state(P, STDOUT).truncated()).isTrue();
      }
    }
    try (var store = open("output.stream-max = 10")) {
      store.cut(P, STDOUT, 2, 2);
      assertThat(store.state(P, STDOUT).truncated()).isFalse();
      assertThat(append(store, 2, 2, "new")).isEqualTo(Answer.STORED);
      assertThat(store.readAttempt(P, 1, STDOUT, 0, 99).truncated()).isTrue();
    }
  }

  @Test
  void whatWasCutOffIsBounded() {
    try (var store = open("output.cut-max = 20")) {
      for (int attempt = 1; attempt <= 5; attempt++) {
        store.cut(P, STDOUT, 0, attempt * 2);
        append(store, attempt * 2, 0, "attempt %d!".formatted(attempt));
      }
      assertThat(attempt(store, 2)).isEmpty();
      assertThat(attempt(store, 6)).isEqualTo("attempt 3!");
      assertThat(attempt(store, 8)).isEqualTo("attempt 4!");
      assertThat(all(store)).isEqualTo("attempt 5!");
    }
  }

  @Test
  void theWholeStoreIsBounded() {
    try (var store = open("output.bytes-max = 2000", "output.segment = 1024")) {
      var line = new byte[500];
      long offset = 0;
      while (store.append(P, 1, STDOUT, offset, line) == Answer.STORED) offset += line.length;
      assertThat(offset).isBetween(1500L, 2500L);
      assertThat(store.state(P, STDOUT).truncated()).isTrue();
      assertThat(store.bytes()).isLessThan(2700);
    }
  }

  @Test
  void syncReturnsOnlyAfterEverythingBeforeItIsOnTheDisk() {
    try (var store = open("output.segment = 1024")) {
      disk.log.clear();
      for (int i = 0; i < 10; i++) store.append(process(i + 1), 1, STDOUT, 0, new byte[300]);
      assertThat(disk.count("sync")).isZero();
      store.sync();
      var written = disk.log.stream().filter(l -> l.startsWith("write ")).distinct().toList();
      assertThat(written).hasSizeGreaterThan(2);
      for (var line : written) {
        var name = line.substring("write ".length());
        assertThat(disk.log.lastIndexOf(line)).isLessThan(disk.log.lastIndexOf("sync " + name));
      }
      assertThat(disk.log).contains("sync-directory output");
      long before = disk.log.size();
      store.sync();
      assertThat(disk.log).hasSize((int) before);
    }
  }

  @Test
  void afterAFailedSyncNothingIsWrittenAnyMore() {
    var store = open();
    append(store, 1, 0, "text");
    disk.failAt = disk.log.size() + 1;
    assertThatThrownBy(store::sync).isInstanceOf(StoreException.class);
    disk.failAt = 0;
    long before = disk.log.size();
    assertThatThrownBy(store::sync).hasMessageContaining("is written no more since");
    assertThatThrownBy(() -> append(store, 1, 4, "more"))
        .hasMessageContaining("is written no more since");
    assertThat(disk.log).hasSize((int) before);
    store.close();
  }

  @Test
  void aFullDiskLosesNothingAndGoesOnWhenThereIsRoom() {
    try (var store = open()) {
      append(store, 1, 0, "before ");
      disk.failAt = disk.log.size() + 1;
      disk.failure = "No space left on device";
      assertThatThrownBy(() -> append(store, 1, 7, "full"))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("disk full");
      disk.failAt = 0;
      append(store, 1, 7, "after");
      store.sync();
    }
    try (var store = open()) {
      assertThat(all(store)).isEqualTo("before after");
    }
  }

  /** An interrupt closes a Java file channel for every thread that uses it. */
  @Test
  void anInterruptedThreadDoesNotBreakTheStoreForOthers() throws Exception {
    try (var store =
        SegmentOutputStore.open(
            Disk.real(),
            directory.resolve("output"),
            settings("output.segment = 4096").output(),
            SpaceWatch.unlimited())) {
      var failure = new AtomicReference<Throwable>();
      var worker =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 300; i++) {
                        store.append(P, 1, STDOUT, i * 100L, new byte[100]);
                        store.sync();
                        store.read(P, STDOUT, 0, 10_000);
                      }
                    } catch (RuntimeException e) {
                      failure.set(e);
                    }
                  });
      while (worker.isAlive()) worker.interrupt();
      assertThat(failure.get()).isNull();
      assertThat(store.state(P, STDOUT).size()).isEqualTo(30_000);
      store.append(P, 1, STDOUT, 30_000, new byte[1]);
      store.sync();
    }
  }

  @Test
  void deletedProcessesGiveTheirSpaceBackAndStayDeleted() {
    try (var store = open("output.segment = 4096")) {
      for (int job = 1; job <= 100; job++) store.append(process(job), 1, STDOUT, 0, new byte[200]);
      store.append(P, 2, STDERR, 0, "kept".getBytes(StandardCharsets.US_ASCII));
      store.sync();
      long before = store.bytes();
      for (int job = 1; job <= 100; job++) if (job % 10 != 7) store.delete(List.of(process(job)));
      store.sync();
      assertThat(store.compact()).isPositive();
      assertThat(store.bytes()).isLessThan(before / 2);
      assertThat(store.processes()).hasSize(10);
      assertThat(store.read(process(27), STDOUT, 0, 999).bytes()).hasSize(200);
    }
    try (var store = open("output.segment = 4096")) {
      assertThat(store.processes()).hasSize(10).contains(P, process(97)).doesNotContain(process(1));
      assertThat(store.read(process(97), STDOUT, 0, 999).bytes()).hasSize(200);
      assertThat(text(store.read(P, STDERR, 0, 99))).isEqualTo("kept");
    }
  }

  @Test
  void aDeletionOutlivesItsSegmentWhileAnOlderOneHoldsWhatItDeleted() {
    try (var store = open("output.segment = 2048")) {
      for (int job = 1; job <= 60; job++) store.append(process(job), 1, STDOUT, 0, new byte[100]);
      store.delete(List.of(process(1)));
      for (int job = 20; job <= 60; job++) store.delete(List.of(process(job)));
      store.append(P, 1, STDERR, 0, new byte[2000]);
      store.append(P, 1, STDERR, 2000, new byte[2000]);
      store.sync();
      assertThat(store.compact()).isPositive();
      assertThat(directory.resolve("output/00000001.segment")).exists();
    }
    try (var store = open("output.segment = 2048")) {
      assertThat(store.processes()).hasSize(18).doesNotContain(process(1));
    }
  }

  @Test
  void aSegmentThatACrashLeftTwiceIsReadOnce() throws IOException {
    var crashed = directory.resolve("crashed");
    try (var store = open("output.segment = 1024")) {
      for (int job = 1; job <= 20; job++)
        store.append(process(job), 1, STDOUT, 0, new byte[] {(byte) job});
      store.sync();
      Fixtures.copy(directory.resolve("output"), crashed);
      for (int job = 2; job <= 20; job++) store.delete(List.of(process(job)));
      store.sync();
      store.compact();
    }
    // As if the deletion of the compacted segment had not reached the disk.
    Files.copy(crashed.resolve("00000001.segment"), directory.resolve("output/00000001.segment"));
    try (var store = open("output.segment = 1024")) {
      assertThat(store.read(process(1), STDOUT, 0, 99).bytes()).containsExactly(1);
      assertThat(store.append(process(1), 1, STDOUT, 1, new byte[] {9})).isEqualTo(Answer.STORED);
      assertThat(store.read(process(1), STDOUT, 0, 99).bytes()).containsExactly(1, 9);
      store.sync();
      store.compact();
      assertThat(store.read(process(1), STDOUT, 0, 99).bytes()).containsExactly(1, 9);
    }
  }

  @Test
  void everyFlippedByteOfAnOpenSegmentIsReportedWithFileAndPlace() throws IOException {
    try (var store = open()) {
      append(store, 1, 0, "some output of a process");
      append(store, 1, 24, "and its last line");
    }
    var segment = directory.resolve("output/00000001.segment");
    long size = Files.size(segment);
    for (long at = 0; at < size; at++) {
      Fixtures.flip(segment, at);
      assertThat(catchThrowable(this::open))
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("corrupt record in " + segment + ": wrong ");
      Fixtures.flip(segment, at);
    }
    open().close();
  }

  @Test
  void aFlippedByteOfAFullSegmentIsReportedWhenRead() throws IOException {
    try (var store = open("output.segment = 1024")) {
      for (int job = 1; job <= 30; job++) store.append(process(job), 1, STDOUT, 0, new byte[100]);
      store.sync();
    }
    assertThat(directory.resolve("output/00000001.index")).exists();
    Fixtures.flip(directory.resolve("output/00000001.segment"), 12 + 36 + 17 + 50);
    try (var store = open("output.segment = 1024")) {
      assertThatThrownBy(() -> store.read(process(1), STDOUT, 0, 10))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("00000001.segment: wrong checksum at byte 12");
      assertThat(store.read(process(2), STDOUT, 0, 999).bytes()).hasSize(100);
    }
  }

  @Test
  void aDamagedIndexIsMadeAgainFromItsSegment() throws IOException {
    try (var store = open("output.segment = 1024")) {
      for (int job = 1; job <= 30; job++) store.append(process(job), 1, STDOUT, 0, new byte[100]);
      store.sync();
    }
    Fixtures.flip(directory.resolve("output/00000001.index"), 70);
    Files.delete(directory.resolve("output/00000002.index"));
    try (var store = open("output.segment = 1024")) {
      assertThat(store.processes()).hasSize(30);
    }
    var segment = directory.resolve("output/00000001.segment");
    Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), 900));
    assertThatThrownBy(() -> open("output.segment = 1024"))
        .hasMessageContaining("corrupt record in " + segment);
  }

  @Test
  void aTornTailIsCutOffAndWrittenOver() throws IOException {
    try (var store = open()) {
      append(store, 1, 0, "kept ");
      append(store, 1, 5, "torn in the middle");
    }
    var segment = directory.resolve("output/00000001.segment");
    byte[] good = Files.readAllBytes(segment);
    int second = good.length - 18 - 17 - 36;
    for (int length = second; length < good.length; length++) {
      Files.write(segment, Arrays.copyOf(good, length));
      try (var store = open()) {
        assertThat(all(store)).as("length %d", length).isEqualTo("kept ");
        append(store, 1, 5, "new");
        store.sync();
        assertThat(all(store)).isEqualTo("kept new");
      }
    }
  }
}
