package dev.mosey.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceWatchTest {
  private static final long BALLAST = 100_000;

  @TempDir Path directory;
  private final AtomicLong usable = new AtomicLong(10_000_000);
  private final AtomicLong nanos = new AtomicLong();
  private SpaceWatch watch;

  @BeforeEach
  void open() {
    var settings = new StoreSettings.Space(BALLAST, 1_000_000, 300_000, 50_000);
    var ballast = new Ballast(directory.resolve("ballast"), BALLAST, new Random(1));
    watch = new SpaceWatch(usable::get, nanos::get, ballast, settings);
  }

  private SpaceWatch.Level at(long bytes) {
    usable.set(bytes);
    nanos.addAndGet(1_000_000_000L);
    return watch.announce(0);
  }

  @Test
  void refusesWorkFirstThenGivesTheBallastBackThenStops() {
    assertThat(at(1_000_000)).isEqualTo(SpaceWatch.Level.ROOMY);
    assertThat(at(999_999)).isEqualTo(SpaceWatch.Level.LOW);
    assertThat(watch.admitsNewWork()).isFalse();
    assertThat(directory.resolve("ballast")).hasSize(BALLAST);
    assertThat(at(299_999)).isEqualTo(SpaceWatch.Level.CRITICAL);
    assertThat(directory.resolve("ballast")).doesNotExist();
    assertThat(at(49_999)).isEqualTo(SpaceWatch.Level.FULL);
  }

  @Test
  void takesTheBallastAgainOnlyWhenThereIsRoomForItAndForWork() {
    at(200_000);
    assertThat(at(1_050_000)).isEqualTo(SpaceWatch.Level.CRITICAL);
    assertThat(directory.resolve("ballast")).doesNotExist();
    assertThat(at(1_100_000)).isEqualTo(SpaceWatch.Level.ROOMY);
    assertThat(directory.resolve("ballast")).hasSize(BALLAST);
  }

  @Test
  void aLargeWriteCountsBeforeItHappens() {
    at(2_000_000);
    usable.set(2_000_000);
    assertThat(watch.announce(500_000)).isEqualTo(SpaceWatch.Level.ROOMY);
    usable.set(1_000_000);
    assertThat(watch.announce(1_500_000)).isNotEqualTo(SpaceWatch.Level.ROOMY);
  }

  @Test
  void looksAtTheDiskAtMostEveryFiftyMillisecondsWhileThereIsRoom() {
    at(5_000_000);
    usable.set(0);
    assertThat(watch.announce(10)).isEqualTo(SpaceWatch.Level.ROOMY);
    nanos.addAndGet(50_000_000L);
    assertThat(watch.announce(10)).isEqualTo(SpaceWatch.Level.FULL);
  }
}
