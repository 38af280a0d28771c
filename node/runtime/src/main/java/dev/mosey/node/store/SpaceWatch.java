package dev.mosey.node.store;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Watches the space left on the data directory's disk, so that a full disk is met by refusing work
 * and not by a failed write. It gives the ballast back when the space becomes critical and takes it
 * again when there is room.
 */
public final class SpaceWatch {
  /** How full the disk is. */
  public enum Level {
    /** Room enough. */
    ROOMY,
    /** Take no new work: no submits, no images, no input files. */
    LOW,
    /** The ballast is given back; only ends of what runs may be written. */
    CRITICAL,
    /** Nothing is written any more. */
    FULL
  }

  private static final long LOOK_EVERY_NANOS = 50_000_000L;
  private static final long LOOK_EVERY_BYTES = 1 << 20;

  private final LongSupplier usableBytes;
  private final LongSupplier nanoClock;
  private final Ballast ballast;
  private final StoreSettings.Space settings;
  private long lookedAt;
  private long usable;
  private long announcedSince;
  private volatile Level level = Level.ROOMY;

  SpaceWatch(
      LongSupplier usableBytes,
      LongSupplier nanoClock,
      Ballast ballast,
      StoreSettings.Space settings) {
    this.usableBytes = usableBytes;
    this.nanoClock = nanoClock;
    this.ballast = ballast;
    this.settings = settings;
    look();
  }

  /** For stores without a data directory, in tests and benchmarks. */
  static SpaceWatch unlimited() {
    return new SpaceWatch(
        () -> Long.MAX_VALUE,
        () -> 0,
        new Ballast(Path.of("none"), 0, new Random(0)),
        new StoreSettings.Space(0, 0, 0, 0));
  }

  /** As of the last look, at most 50 ms or 1 MiB ago while something writes. */
  public Level level() {
    return level;
  }

  /** Whether new work may be taken; looks at the disk if the last look is old. */
  public boolean admitsNewWork() {
    return announce(0) == Level.ROOMY;
  }

  /** Called before so many bytes are written; returns the level at which that happens. */
  synchronized Level announce(long bytes) {
    if (nanoClock.getAsLong() - lookedAt >= LOOK_EVERY_NANOS
        || announcedSince + bytes >= LOOK_EVERY_BYTES
        || level != Level.ROOMY) look();
    announcedSince += bytes;
    return levelOf(usable - announcedSince);
  }

  private void look() {
    lookedAt = nanoClock.getAsLong();
    announcedSince = 0;
    usable = usableBytes.getAsLong();
    if (usable < settings.criticalBytes() && ballast.held()) {
      ballast.release();
      usable = usableBytes.getAsLong();
    }
    if (!ballast.held() && usable >= settings.reserveBytes() + settings.ballastBytes()) {
      ballast.take();
      usable = usableBytes.getAsLong();
    }
    level = levelOf(usable);
  }

  private Level levelOf(long bytes) {
    if (settings.floorBytes() > 0 && bytes < settings.floorBytes()) return Level.FULL;
    // The space that the ballast left is for ends, whatever its size.
    if (settings.ballastBytes() > 0 && !ballast.held()) return Level.CRITICAL;
    if (bytes < settings.criticalBytes()) return Level.CRITICAL;
    return bytes < settings.reserveBytes() ? Level.LOW : Level.ROOMY;
  }
}
