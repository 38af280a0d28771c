package dev.mosey.node.keeper;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** The few calls of the C library that Java has no words for. */
final class SystemCalls {
  static final int SIGKILL = 9;
  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;

  private static final MethodHandle KILL =
      function("kill", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle MKFIFO =
      function("mkfifo", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final MethodHandle DUP = function("dup", ValueLayout.JAVA_INT);
  private static final MethodHandle CLOSE = function("close", ValueLayout.JAVA_INT);
  private static final MethodHandle EXECV =
      function("execv", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
  private static final MethodHandle CLOSE_RANGE =
      function("close_range", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final int CLOSE_RANGE_CLOEXEC = 4;
  private static final MethodHandle WAIT =
      function("waitpid", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

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
    return call(() -> (int) KILL.invokeExact((int) pid, number)) == 0;
  }

  /** Makes a named pipe that only its owner can open; false if it could not be made. */
  static boolean makeFifo(String path) {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocateFrom(path);
      return call(() -> (int) MKFIFO.invokeExact(name, 0600)) == 0;
    }
  }

  /** A second number for an open file, which a program that takes this one's place has as well. */
  static int duplicate(int descriptor) {
    return call(() -> (int) DUP.invokeExact(descriptor));
  }

  /** Closes a number that {@link #duplicate} gave. */
  static void close(int descriptor) {
    call(() -> (int) CLOSE.invokeExact(descriptor));
  }

  /** Waits until a child has ended; false when it is none of this process. */
  static boolean waitFor(long child) {
    return call(() -> (int) WAIT.invokeExact((int) child, MemorySegment.NULL, 0)) == child;
  }

  /** The files of these numbers are closed when another program takes this one's place. */
  static void closeOnReplacement(int from, int to) {
    if (from > to) return;
    if (call(() -> (int) CLOSE_RANGE.invokeExact(from, to, CLOSE_RANGE_CLOEXEC)) != 0)
      throw new IllegalStateException("close_range failed");
  }

  /** Another program takes this one's place; returns only when it can't. */
  static void execute(List<String> command) {
    try (var arena = Arena.ofConfined()) {
      var arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
      }
      arguments.setAtIndex(ValueLayout.ADDRESS, command.size(), MemorySegment.NULL);
      var program = arena.allocateFrom(command.getFirst());
      call(() -> (int) EXECV.invokeExact(program, arguments));
    }
  }

  private interface Call {
    int made() throws Throwable;
  }

  private static int call(Call call) {
    try {
      return call.made();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
