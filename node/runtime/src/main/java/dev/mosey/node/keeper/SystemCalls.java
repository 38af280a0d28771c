package dev.mosey.node.keeper;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few calls of the C library that Java has no words for. */
final class SystemCalls {
  static final int SIGKILL = 9;
  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;

  private static final MethodHandle KILL =
      function("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle MKFIFO =
      function("mkfifo", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

  private SystemCalls() {}

  @SuppressWarnings("restricted") // two fixed signatures, checked by the tests
  private static MethodHandle function(String name, MemoryLayout... arguments) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }

  /** Sends a signal to a process, or to a group if negative; false if it could not be sent. */
  static boolean kill(long pid, int number) {
    // 0 and -1 would reach our own group and everybody.
    if (pid == 0 || pid == -1) throw new IllegalArgumentException("no process has the id " + pid);
    try {
      return (int) KILL.invokeExact((int) pid, number) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a named pipe that only its owner can open; false if it could not be made. */
  static boolean makeFifo(String path) {
    try (var arena = Arena.ofConfined()) {
      return (int) MKFIFO.invokeExact(arena.allocateFrom(path), 0600) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
