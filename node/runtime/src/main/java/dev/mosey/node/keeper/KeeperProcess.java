package dev.mosey.node.keeper;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The keeper as a process with three pipes, started by this program or by the one before it. */
sealed interface KeeperProcess {
  int STDERR = 2;
  String WRITE_ONLY = "1";

  long pid();

  OutputStream toKeeper();

  InputStream fromKeeper();

  InputStream complaints();

  /** Done when it has ended. */
  CompletableFuture<?> onExit();

  default boolean isAlive() {
    return !onExit().isDone();
  }

  /** Whether it has ended within the time. */
  default boolean waitFor(long seconds) throws InterruptedException {
    try {
      onExit().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void destroyForcibly();

  /**
   * Makes its pipes outlive this program. Java does not tell their numbers: they are those that
   * both processes have open.
   *
   * @throws IOException when {@code /proc} does not show them
   */
  default Handed handed(long lastBody) throws IOException {
    Map<Integer, String> ours = pipes("self");
    Map<Integer, String> its = pipes(Long.toString(pid()));
    Set<String> shared = Set.copyOf(its.values());
    int to = -1;
    int from = -1;
    int complaints = -1;
    for (var each : ours.entrySet()) {
      if (!shared.contains(each.getValue())) continue;
      if (isWriteOnly(each.getKey())) to = each.getKey();
      else if (each.getValue().equals(its.get(STDERR))) complaints = each.getKey();
      else from = each.getKey();
    }
    if (to < 0 || from < 0 || complaints < 0)
      throw new IOException("the pipes of the keeper are not to be found");
    return new Handed(
        pid(),
        SystemCalls.duplicate(to),
        SystemCalls.duplicate(from),
        SystemCalls.duplicate(complaints),
        lastBody);
  }

  private static Map<Integer, String> pipes(String process) throws IOException {
    Map<Integer, String> pipes = new TreeMap<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", process, "fd"))) {
      for (Path each : (Iterable<Path>) descriptors::iterator) {
        String target = target(each);
        if (target.startsWith("pipe:"))
          pipes.put(Integer.valueOf(each.getFileName().toString()), target);
      }
    }
    return pipes;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static boolean isWriteOnly(int descriptor) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo", "" + descriptor))) {
      if (line.startsWith("flags:")) return line.endsWith(WRITE_ONLY);
    }
    return false;
  }

  /** Started by this program. */
  record Started(Process process) implements KeeperProcess {
    @Override
    public long pid() {
      return process.pid();
    }

    @Override
    public OutputStream toKeeper() {
      return process.getOutputStream();
    }

    @Override
    public InputStream fromKeeper() {
      return process.getInputStream();
    }

    @Override
    public InputStream complaints() {
      return process.getErrorStream();
    }

    @Override
    public CompletableFuture<?> onExit() {
      return process.onExit();
    }

    @Override
    public boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public void destroyForcibly() {
      process.destroyForcibly();
    }
  }

  /** Left behind by the program whose place this one has taken: a child of this process as well. */
  record Adopted(
      Handed as,
      OutputStream toKeeper,
      InputStream fromKeeper,
      InputStream complaints,
      CompletableFuture<?> onExit)
      implements KeeperProcess {
    /**
     * Opens its pipes.
     *
     * @throws IOException when they are not there
     */
    static Adopted of(Handed as) throws IOException {
      var to = new FileOutputStream("/proc/self/fd/" + as.toKeeper());
      var from = new FileInputStream("/proc/self/fd/" + as.fromKeeper());
      var complaints = new FileInputStream("/proc/self/fd/" + as.complaints());
      // Opened anew; the keeper sees the end of its pipe once nobody has the old numbers either.
      SystemCalls.close(as.toKeeper());
      SystemCalls.close(as.fromKeeper());
      SystemCalls.close(as.complaints());
      CompletableFuture<Object> ended = new CompletableFuture<>();
      Thread.ofPlatform()
          .daemon()
          .name("keeper-end")
          .start(
              () -> {
                if (SystemCalls.waitFor(as.pid())) ended.complete(as);
                else
                  ProcessHandle.of(as.pid())
                      .ifPresentOrElse(
                          other -> other.onExit().thenAccept(ended::complete),
                          () -> ended.complete(as));
              });
      return new Adopted(as, to, from, complaints, ended);
    }

    @Override
    public long pid() {
      return as.pid();
    }

    @Override
    public void destroyForcibly() {
      if (isAlive()) SystemCalls.kill(pid(), SystemCalls.SIGKILL);
    }
  }
}
