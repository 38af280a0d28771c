package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the benchmark, in short; {@code -Dmosey.bench.seconds=5} makes figures of it. */
class StoreBenchTest {
  @TempDir Path directory;

  @Test
  void everyRowIsMeasured() {
    long millis = 1000L * Integer.getInteger("mosey.bench.seconds", 0);
    var rows =
        new StoreBench(directory.resolve("bench"), Duration.ofMillis(Math.max(100, millis))).run();
    rows.forEach(System.out::println);
    assertThat(rows).hasSize(7);
    assertThat(rows).allMatch(row -> row.perSecond() > 0 && row.medianMicros() > 0);
  }
}
