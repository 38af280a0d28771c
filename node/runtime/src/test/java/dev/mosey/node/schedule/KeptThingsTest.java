package dev.mosey.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mosey.node.load.Guests;
import dev.mosey.node.schedule.KeptMode.Switches;
import dev.mosey.protocol.api.MoveView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The move ledger, the kept switches, and what is left alone after it failed. */
class KeptThingsTest {
  @TempDir private Path directory;

  private static MoveView move(int number) {
    return new MoveView(
        Guests.id(number).toString(),
        "alpha",
        "beta",
        Instant.ofEpochMilli(1_000L * number),
        0.25,
        "balance",
        12.5,
        null,
        "moved",
        Map.of("load_here", 3.0));
  }

  @Test
  void linesOfTheLedgerSurviveARestartNewestFirst() {
    try (MoveLedger ledger = new MoveLedger(directory, 1 << 20, 100)) {
      ledger.append(move(1));
      ledger.append(move(2));
      ledger.append(move(1));
    }
    try (MoveLedger again = new MoveLedger(directory, 1 << 20, 100)) {
      assertThat(again.tail(null, 10)).containsExactly(move(1), move(2), move(1));
      assertThat(again.tail(null, 1)).containsExactly(move(1));
      assertThat(again.tail(Guests.id(2), 10)).containsExactly(move(2));
    }
  }

  @Test
  void aLineCutOffByACrashIsPassedOver() throws IOException {
    try (MoveLedger ledger = new MoveLedger(directory, 1 << 20, 100)) {
      ledger.append(move(1));
    }
    Files.writeString(directory.resolve("moves.jsonl"), "{\"id\":\"alp", StandardOpenOption.APPEND);
    try (MoveLedger again = new MoveLedger(directory, 1 << 20, 100)) {
      assertThat(again.tail(null, 10)).containsExactly(move(1));
    }
  }

  @Test
  void theLedgerIsBoundedOnDiskAndInMemory() throws IOException {
    long bytesMax = 2_000;
    try (MoveLedger ledger = new MoveLedger(directory, bytesMax, 5)) {
      for (int i = 1; i <= 100; i++) {
        ledger.append(move(i));
      }
      assertThat(ledger.tail(null, 100)).hasSize(5);
    }
    assertThat(Files.size(directory.resolve("moves.jsonl"))).isLessThanOrEqualTo(bytesMax);
    assertThat(Files.size(directory.resolve("moves.1.jsonl"))).isLessThanOrEqualTo(bytesMax);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aLedgerThatCannotBeWrittenIsKeptInMemory() throws IOException {
    Files.createDirectory(directory.resolve("moves.jsonl"));
    try (MoveLedger ledger = new MoveLedger(directory, 1 << 20, 100)) {
      ledger.append(move(1));
      assertThat(ledger.tail(null, 10)).containsExactly(move(1));
    }
  }

  @Test
  void switchesAreKept() throws IOException {
    assertThat(new KeptMode(directory).read()).isEqualTo(new Switches("open", false));
    new KeptMode(directory).keep(new Switches("draining", true));
    assertThat(new KeptMode(directory).read()).isEqualTo(new Switches("draining", true));
    Files.writeString(directory.resolve("mode"), "damaged");
    assertThat(new KeptMode(directory).read()).isEqualTo(new Switches("open", false));
  }

  @Test
  void whatFailsIsLeftAloneForLongerEachTime() {
    BackOff<String> backOff = new BackOff<>(Duration.ofSeconds(5), Duration.ofSeconds(15));
    assertThat(backOff.holds("p", 0)).isFalse();
    backOff.failed("p", 0);
    backOff.failed("p", 10);
    backOff.failed("p", 20);
    assertThat(backOff.holds("p", 4_999)).as("three begun together are one failure").isTrue();
    assertThat(backOff.holds("p", 5_000)).isFalse();
    backOff.failed("p", 5_000);
    assertThat(backOff.holds("p", 14_999)).isTrue();
    backOff.failed("p", 15_000);
    assertThat(backOff.holds("p", 29_999)).isTrue();
    assertThat(backOff.holds("p", 30_000)).as("never longer than the maximum").isFalse();
    backOff.failed("p", 30_000);
    backOff.succeeded("p");
    assertThat(backOff.holds("p", 30_001)).isFalse();
  }
}
