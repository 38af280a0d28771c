package dev.mosey.node.keeper;

import dev.mosey.node.config.BootClock;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body under {@link JavaKeeper}. Its threads: one per stream, each waiting for credit or for
 * bytes, and one that waits for its end, kills what is left of it and reports.
 */
final class JavaBody implements Body {
  /** The variable by which all that the body starts is found. */
  private static final String MARK = "MOSEY_BODY";

  private static final Logger LOG = LoggerFactory.getLogger(JavaBody.class);
  private static final int CHUNK_BYTES = 64 << 10;

  /** Java opens no descriptors for a child beyond 2; the shell does, from two named pipes. */
  private static final String OPEN_CONTROL = "exec 3<\"$1\" 4>\"$2\"; shift 2; exec \"$@\"";

  private final long id;
  private final BodySpec spec;
  private final BodyListener listener;
  private final Consumer<JavaBody> onEnd;
  private final Credit outputCredit;
  private final Credit controlCredit;
  private final Feeder stdin = new Feeder(BodyStream.STDIN);
  private final Feeder control = new Feeder(BodyStream.CONTROL);
  private final List<Thread> readers = new ArrayList<>();
  private final Object callLock = new Object();
  private String mark;
  private Process process;
  private Path controlIn;
  private Path controlOut;
  private volatile long leaseBootMillis;
  private volatile boolean lapsed;
  private volatile boolean over;
  private volatile boolean reported;
  private volatile String lostReason;

  JavaBody(long id, BodySpec spec, BodyListener listener, Consumer<JavaBody> onEnd) {
    this.id = id;
    this.spec = spec;
    this.listener = listener;
    this.onEnd = onEnd;
    this.outputCredit = new Credit(spec.outputCreditBytes());
    this.controlCredit = new Credit(spec.controlCreditBytes());
    this.leaseBootMillis = spec.leaseBootMillis();
  }

  void start(List<String> prefix, String fence, Path scratch) throws IOException {
    mark = fence + "." + ProcessHandle.current().pid() + "." + id;
    var command = new ArrayList<String>();
    if (spec.control()) {
      controlIn = makeFifo(scratch.resolve(id + ".in"));
      controlOut = makeFifo(scratch.resolve(id + ".out"));
      command.addAll(List.of("/bin/sh", "-c", OPEN_CONTROL, "sh"));
      command.addAll(List.of(controlIn.toString(), controlOut.toString()));
    }
    command.addAll(prefix);
    command.addAll(spec.command());
    var builder = new ProcessBuilder(command);
    if (spec.directory() != null) builder.directory(spec.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    builder.environment().put(FenceSweep.VARIABLE, fence);
    builder.environment().put(MARK, mark);
    switch (spec.stdin()) {
      case BodySpec.Input.FromPipe _ -> builder.redirectInput(ProcessBuilder.Redirect.PIPE);
      case BodySpec.Input.FromFile file -> {
        var base = spec.directory() == null ? Path.of("") : spec.directory();
        builder.redirectInput(base.resolve(file.path()).toFile());
      }
      case BodySpec.Input.Nothing _ -> builder.redirectInput(Path.of("/dev/null").toFile());
    }
    process = builder.start();
    call(() -> listener.started(this, process.pid()));
    connect();
    thread("wait", this::awaitEnd).start();
  }

  private static Path makeFifo(Path path) throws IOException {
    if (SystemCalls.makeFifo(path.toString())) return path;
    throw new IOException("can't make the named pipe " + path);
  }

  private void connect() {
    reader("stdout", process::getInputStream, outputCredit, BodyStream.STDOUT);
    reader("stderr", process::getErrorStream, outputCredit, BodyStream.STDERR);
    if (spec.stdin() instanceof BodySpec.Input.FromPipe)
      thread("stdin", () -> stdin.run(process::getOutputStream)).start();
    if (!spec.control()) return;
    // Opening waits for the other side, hence on their own threads.
    reader(
        "control",
        () -> new FileInputStream(controlOut.toFile()),
        controlCredit,
        BodyStream.CONTROL);
    thread("control-in", () -> control.run(() -> new FileOutputStream(controlIn.toFile()))).start();
  }

  private Thread thread(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name("body-" + id + "-" + name).unstarted(task);
  }

  private void reader(String name, Opening<InputStream> opening, Credit credit, BodyStream stream) {
    var thread = thread(name, () -> read(opening, credit, stream));
    readers.add(thread);
    thread.start();
  }

  private void read(Opening<InputStream> opening, Credit credit, BodyStream stream) {
    try (var in = opening.open()) {
      var chunk = new byte[CHUNK_BYTES];
      while (true) {
        int got = in.read(chunk, 0, Math.min(chunk.length, credit.await()));
        if (got < 0) return;
        credit.take(got);
        var bytes = Arrays.copyOf(chunk, got);
        call(
            () -> {
              if (stream == BodyStream.CONTROL) listener.control(this, bytes);
              else listener.output(this, stream, bytes);
            });
      }
    } catch (IOException e) {
      LOG.debug("event=stream-closed body={} stream={} reason=\"{}\"", id, stream, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      int status = process.waitFor();
      var swept = FenceSweep.sweep(MARK, mark, false);
      if (!swept.left().isEmpty())
        LOG.error("event=survivors body={} processes=\"{}\"", id, swept.left());
      closeControl();
      if (lostReason == null) for (var reader : readers) reader.join();
      over = true;
      stdin.stop();
      control.stop();
      onEnd.accept(this); // its place is free for whoever hears of its end
      call(() -> report(status));
      reported = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(int status) {
    if (lostReason != null) listener.lost(this, lostReason);
    else if (status > 128) listener.exited(this, new BodyExit(true, status - 128, 0, 0, 0));
    else listener.exited(this, new BodyExit(false, status, 0, 0, 0));
  }

  /** A reader or writer may still wait for a body that ended before it had opened its side. */
  private void closeControl() {
    if (!spec.control()) return;
    for (var path : List.of(controlIn, controlOut)) {
      try (Closeable _ = new RandomAccessFile(path.toFile(), "rw")) {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.debug("event=control-closed body={} reason=\"{}\"", id, e.getMessage());
      }
    }
  }

  /** One call at a time, and a listener's fault ends nothing. */
  private void call(Runnable callback) {
    synchronized (callLock) {
      try {
        callback.run();
      } catch (RuntimeException e) {
        LOG.error("event=listener-failed body={}", id, e);
      }
    }
  }

  void refuse(BodyRefusal refusal) {
    over = true;
    call(() -> listener.refused(this, refusal));
  }

  /** Kills it; it will be reported as lost for this reason. */
  void lose(String reason) {
    lostReason = reason;
    kill();
  }

  boolean isReported() {
    return reported;
  }

  void enforceLease(long nowBootMillis) {
    if (over || lapsed || leaseBootMillis == 0 || leaseBootMillis > nowBootMillis) return;
    lapsed = true;
    call(() -> listener.leaseLapsed(this));
    kill();
  }

  void reportUsage() {
    var processes = tree(ProcessTable.read());
    if (over || processes.isEmpty()) return;
    var usage = ProcessTable.usage(processes.keySet());
    call(() -> listener.usage(this, usage));
  }

  private Map<Long, ProcessTable.Entry> tree(ProcessTable table) {
    return FenceSweep.select(table, MARK, mark, Set.of());
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public void leaseUntil(long bootMillis) {
    if (bootMillis <= 0) throw new IllegalArgumentException("no moment since boot: " + bootMillis);
    setLease(bootMillis);
  }

  @Override
  public void leaseFree() {
    setLease(0);
  }

  private synchronized void setLease(long bootMillis) {
    boolean late = leaseBootMillis != 0 && leaseBootMillis <= BootClock.system().millis();
    if (!late) leaseBootMillis = bootMillis;
  }

  @Override
  public void signal(int number, Scope scope) {
    if (number < 1 || number > 64)
      throw new IllegalArgumentException("no signal has the number " + number);
    aside(
        () -> {
          // Without setsid the group would be the daemon's own.
          boolean group = scope == Scope.GROUP && SystemCalls.kill(-process.pid(), number);
          if (!group)
            tree(ProcessTable.read()).keySet().forEach(pid -> SystemCalls.kill(pid, number));
        });
  }

  @Override
  public void freeze() {
    aside(
        () -> {
          ProcessTable.freeze(this::tree);
          call(() -> listener.frozen(this));
        });
  }

  @Override
  public void thaw() {
    aside(
        () ->
            tree(ProcessTable.read())
                .keySet()
                .forEach(pid -> SystemCalls.kill(pid, SystemCalls.SIGCONT)));
  }

  @Override
  public void kill() {
    aside(() -> FenceSweep.sweep(MARK, mark, false));
  }

  /** Looking through /proc takes time, which callers don't have. */
  private void aside(Runnable task) {
    if (!over && process != null) thread("ask", task).start();
  }

  @Override
  public void grantOutput(int bytes) {
    outputCredit.grant(bytes);
  }

  @Override
  public void grantControl(int bytes) {
    controlCredit.grant(bytes);
  }

  @Override
  public int room(BodyStream stream) {
    return feeder(stream).room();
  }

  @Override
  public void write(BodyStream stream, byte[] bytes) {
    feeder(stream).write(bytes);
  }

  @Override
  public void end(BodyStream stream) {
    feeder(stream).end();
  }

  private Feeder feeder(BodyStream stream) {
    return switch (stream) {
      case STDIN -> stdin;
      case CONTROL -> control;
      case STDOUT, STDERR -> throw new IllegalArgumentException(stream + " takes no input");
    };
  }

  /** Opens a stream, perhaps only once somebody is at its other end. */
  private interface Opening<T extends Closeable> {
    T open() throws IOException;
  }

  /** How many bytes may still come. */
  private static final class Credit {
    private long bytes;

    Credit(int bytes) {
      this.bytes = bytes;
    }

    /** Waits until there is some. */
    synchronized int await() throws InterruptedException {
      while (bytes <= 0) wait();
      return (int) bytes;
    }

    /** Two streams share one credit, so that it may be overdrawn by a chunk. */
    synchronized void take(int taken) {
      bytes -= taken;
    }

    synchronized void grant(int more) {
      if (more < 0) throw new IllegalArgumentException("can't grant " + more + " bytes");
      bytes = Math.min(BodySpec.CREDIT_BYTES_MAX, bytes + more);
      notifyAll();
    }
  }

  /** What waits to be written to the body. */
  private final class Feeder {
    private final BodyStream stream;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int room = INPUT_WINDOW_BYTES;
    private boolean ending;

    Feeder(BodyStream stream) {
      this.stream = stream;
    }

    synchronized int room() {
      return room;
    }

    synchronized void write(byte[] bytes) {
      if (bytes.length > room)
        throw new IllegalStateException(
            "%d bytes for body %d, which has room for %d".formatted(bytes.length, id, room));
      if (ending || over) return;
      room -= bytes.length;
      waiting.add(bytes);
      notifyAll();
    }

    synchronized void end() {
      ending = true;
      notifyAll();
    }

    synchronized void stop() {
      waiting.clear();
      end();
    }

    private synchronized byte[] next() throws InterruptedException {
      while (waiting.isEmpty() && !ending) wait(TimeUnit.SECONDS.toMillis(1));
      return waiting.poll();
    }

    private synchronized void taken(int bytes) {
      room += bytes;
    }

    void run(Opening<OutputStream> opening) {
      boolean broken = false;
      try (var out = opening.open()) {
        for (var bytes = next(); bytes != null; bytes = next()) {
          try {
            if (!broken) out.write(bytes);
            if (!broken) out.flush();
          } catch (IOException e) {
            broken = true; // nobody reads it any more; the sender must not wait for ever
          }
          taken(bytes.length);
          if (!over) call(() -> listener.room(JavaBody.this, stream));
        }
      } catch (IOException e) {
        LOG.debug("event=input-closed body={} reason=\"{}\"", id, e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
