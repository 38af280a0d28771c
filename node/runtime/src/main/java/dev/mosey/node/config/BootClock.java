package dev.mosey.node.config;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.LongSupplier;

/**
 * Time that only goes forward and runs on while the machine sleeps: what leases are counted on. Its
 * origin is the machine's boot, so readings of different programs on one machine compare, and those
 * of two machines do not.
 */
@FunctionalInterface
public interface BootClock {
  /** Milliseconds since boot. */
  long millis();

  /**
   * The kernel's {@code CLOCK_BOOTTIME}. {@link System#nanoTime} is no substitute: on Linux it
   * stands still in suspend, and a guest would outlive its lease by as long as the lid was shut.
   * Where native calls are not allowed it is all there is, and is used.
   */
  static BootClock system() {
    return SystemBootClock.INSTANCE;
  }

  /** Finds the C function once; a call takes well under a microsecond. */
  final class SystemBootClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final MemoryLayout TIMESPEC =
        MemoryLayout.structLayout(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private static final BootClock INSTANCE = create();

    private SystemBootClock() {}

    private static BootClock create() {
      try {
        LongSupplier nanos = nativeNanos();
        return nanos.getAsLong() > 0 ? () -> nanos.getAsLong() / 1_000_000 : fallback();
      } catch (RuntimeException | UnsatisfiedLinkError | IllegalAccessError notAllowed) {
        return fallback();
      }
    }

    private static BootClock fallback() {
      return () -> System.nanoTime() / 1_000_000;
    }

    @SuppressWarnings("restricted")
    private static LongSupplier nativeNanos() {
      SymbolLookup libc = Linker.nativeLinker().defaultLookup();
      MethodHandle clockGettime =
          Linker.nativeLinker()
              .downcallHandle(
                  libc.find("clock_gettime").orElseThrow(),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      ThreadLocal<MemorySegment> timespec =
          ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(TIMESPEC));
      return () -> read(clockGettime, timespec.get());
    }

    private static long read(MethodHandle clockGettime, MemorySegment timespec) {
      int failed;
      try {
        failed = (int) clockGettime.invokeExact(CLOCK_BOOTTIME, timespec);
      } catch (Throwable e) {
        throw new IllegalStateException("clock_gettime", e);
      }
      if (failed != 0) {
        throw new IllegalStateException("the kernel has no CLOCK_BOOTTIME");
      }
      return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L
          + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }
  }
}
