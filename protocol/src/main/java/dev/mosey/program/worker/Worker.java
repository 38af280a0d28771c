package dev.mosey.program.worker;

import dev.mosey.program.Context;
import dev.mosey.protocol.job.Resources;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A JVM that runs one program in steps. It gets its task and wishes on file descriptor 3 ({@link
 * ToWorker}), answers on 4 ({@link FromWorker}), and ends with the program's status. When
 * descriptor 3 ends, the daemon is gone, and the worker with it.
 */
public final class Worker {
  /** Images up to this size travel in the frame itself. */
  public static final int INLINE_BYTES_MAX = 32 * 1024;

  /** Argument of {@link #main}. */
  public static final String IDLE = "idle";

  /** Argument of {@link #main}. */
  public static final String TRAIN = "train";

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** At most so often the daemon hears of progress. */
  private static final long PROGRESS_NANOS = 200 * NANOS_PER_MILLI;

  private final OutputStream control;
  private final LinkedBlockingQueue<ToWorker> wishes = new LinkedBlockingQueue<>();
  private final Counted out;
  private final Counted err;
  private Task task;
  private Stepper<?> prepared;
  private String preparedJar;

  /** The image from which the prepared program could go on; null = none. */
  private String readAhead;

  private String saidProgress;
  private String progress;
  private long progressAtNanos;
  private CheckpointPace pace;
  private long checkpointAtNanos;
  private boolean warned;

  private Worker(OutputStream control) {
    this.control = control;
    this.out = new Counted(new FileOutputStream(FileDescriptor.out));
    this.err = new Counted(new FileOutputStream(FileDescriptor.err));
  }

  /**
   * Runs until its program has ended.
   *
   * @param arguments none; or {@value #IDLE}, a jar and a class: a task of it may be long in
   *     coming, so prepare for it; or {@value #TRAIN}: only load what a worker loads, for an
   *     archive of classes, and exit
   */
  public static void main(String[] arguments) throws IOException {
    String how = arguments.length == 0 ? "" : arguments[0];
    if (how.equals(TRAIN)) {
      Warming.run();
      return;
    }
    var worker = new Worker(new FileOutputStream("/proc/self/fd/4"));
    System.setOut(new PrintStream(worker.out, false, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(worker.err, true, StandardCharsets.UTF_8));
    if (how.equals(IDLE)) {
      Warming.run();
      worker.prepare(arguments[1], arguments[2]);
    }
    var listener = new Thread(worker::listen, "control");
    listener.setDaemon(true);
    listener.start();
    if (!how.equals(IDLE)) Warming.later();
    worker.say(new FromWorker.Ready());
    int status = worker.run();
    System.out.flush();
    System.err.flush();
    // Not exit: no hook of the program may hold up its end.
    Runtime.getRuntime().halt(status);
  }

  /**
   * Loads the program; should that fail, it fails again when it is to run, and is told then. What
   * its class prints meanwhile is the task's, as if it were loaded when the task comes.
   */
  private void prepare(String jar, String className) {
    out.hold();
    err.hold();
    try {
      prepared = Stepper.load(Path.of(jar), className, new Outside());
      prepared.prepare();
      preparedJar = jar;
    } catch (Throwable toldWhenItIsToRun) {
      prepared = null;
    }
  }

  private Stepper<?> stepper() throws ProgramException, IOException {
    boolean same =
        prepared != null && task.jar().equals(preparedJar) && prepared.isOf(task.className());
    out.release(same);
    err.release(same);
    return same ? prepared : Stepper.load(Path.of(task.jar()), task.className(), new Outside());
  }

  private void listen() {
    try (InputStream pipe = new FileInputStream("/proc/self/fd/3");
        var in = new DataInputStream(new BufferedInputStream(pipe))) {
      while (true) wishes.add(ToWorker.read(in));
    } catch (IOException daemonIsGone) {
      Runtime.getRuntime().halt(1);
    }
  }

  private int run() throws IOException {
    try {
      while (task == null) {
        switch (wishes.take()) {
          case ToWorker.Run run -> task = run.task();
          case ToWorker.ReadAhead ahead -> readAhead(ahead.image());
          case ToWorker.Pack ignored -> {} // there is nothing to pack
          case ToWorker.Continue ignored -> {}
        }
      }
      try (var stepper = stepper()) {
        return run(stepper);
      }
    } catch (ProgramException e) {
      System.out.flush();
      System.err.println("mosey: " + e.getMessage());
      return e.status();
    } catch (Throwable thrown) {
      System.out.flush();
      System.err.print(Stepper.trace(thrown));
      return 1;
    }
  }

  private int run(Stepper<?> stepper) throws Exception {
    if (task.state() == null) {
      stepper.start(task.arguments());
    } else if (stepper != prepared || !task.state().equals(readAhead)) {
      read(stepper, task.state());
    }
    say(new FromWorker.Started());
    pace = new CheckpointPace(task.checkpointMillis(), task.lossMillis());
    checkpointAtNanos = System.nanoTime() + pace.intervalNanos();
    OptionalInt status = OptionalInt.empty();
    while (status.isEmpty()) {
      obey(stepper);
      status = stepper.step();
      out.flushPending();
      sayProgress();
    }
    return status.getAsInt();
  }

  private static void read(Stepper<?> stepper, String file) throws ProgramException, IOException {
    try (var image = Files.newInputStream(Path.of(file))) {
      stepper.resume(new BufferedInputStream(image, BUFFER_BYTES));
    }
  }

  /** Should it fail, it fails again when it is needed, and is told then. */
  private void readAhead(String image) {
    if (prepared == null) return;
    readAhead = null;
    try {
      read(prepared, image);
      readAhead = image;
    } catch (ProgramException | IOException | RuntimeException | LinkageError toldWhenNeeded) {
      prepared.prepare();
    }
  }

  /** Does what is wished, between two steps. */
  private void obey(Stepper<?> stepper) throws IOException, InterruptedException {
    boolean paused = false;
    for (var wish = wishes.poll(); wish != null; wish = paused ? wishes.take() : wishes.poll()) {
      switch (wish) {
        case ToWorker.Pack pack -> paused = pack(stepper, pack.request()) && pack.pause();
        case ToWorker.Continue ignored -> paused = false;
        case ToWorker.Run ignored -> {} // it runs already
        case ToWorker.ReadAhead ignored -> {}
      }
    }
    if (pace.isOn() && System.nanoTime() - checkpointAtNanos >= 0) {
      checkpoint(stepper);
    }
  }

  private void checkpoint(Stepper<?> stepper) throws IOException {
    long began = System.nanoTime();
    // The daemon takes the file away: while it has not, one more would only pile up.
    if (Files.notExists(imagePath(0))) {
      pack(stepper, 0);
      pace.took(System.nanoTime() - began);
    }
    checkpointAtNanos = System.nanoTime() + pace.intervalNanos();
  }

  private Path imagePath(int request) {
    return Path.of(task.scratch(), "image-" + request);
  }

  private boolean pack(Stepper<?> stepper, int request) throws IOException {
    long began = System.nanoTime();
    System.out.flush();
    System.err.flush();
    try (var image = new Image(imagePath(request))) {
      stepper.pack(image);
      image.finish();
      long micros = (System.nanoTime() - began) / 1_000;
      say(
          new FromWorker.Packed(
              request, image.bytes(), image.path(), out.total(), err.total(), micros));
      return true;
    } catch (ProgramException | IOException | RuntimeException | StackOverflowError e) {
      String why = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
      Files.deleteIfExists(imagePath(request));
      if (request == 0 && !warned) {
        warned = true;
        System.err.println("mosey: no checkpoint: " + why);
      }
      say(new FromWorker.NotPacked(request, why));
      return false;
    }
  }

  private void sayProgress() throws IOException {
    if (progress == null || progress.equals(saidProgress)) return;
    long now = System.nanoTime();
    if (saidProgress != null && now - progressAtNanos < PROGRESS_NANOS) return;
    progressAtNanos = now;
    saidProgress = progress;
    say(new FromWorker.Progress(progress));
  }

  private void say(FromWorker message) throws IOException {
    control.write(message.frame());
  }

  /** What the program sees. */
  private final class Outside implements Context {
    @Override
    public void print(String text) {
      System.out.print(text);
    }

    @Override
    public void printError(String text) {
      System.err.print(text);
      System.err.flush();
    }

    @Override
    public void progress(String line) {
      String text = line == null ? "" : line.replaceAll("\\p{Cntrl}", " ");
      progress = text.substring(0, Math.min(text.length(), PROGRESS_CHARACTERS_MAX));
    }

    @Override
    public String id() {
      return task.id();
    }

    @Override
    public OptionalInt task() {
      return task.task() < 0 ? OptionalInt.empty() : OptionalInt.of(task.task());
    }

    @Override
    public String entry() {
      return task.entry();
    }

    @Override
    public String host() {
      return task.host();
    }

    @Override
    public int incarnation() {
      return task.incarnation();
    }

    @Override
    public Resources resources() {
      return task.resources();
    }
  }

  /** A buffered stream that knows how much was written to it, and can keep it for later. */
  private static final class Counted extends OutputStream {
    private final OutputStream to;
    private final byte[] buffer = new byte[8192];
    private int used;
    private long total;
    private ByteArrayOutputStream held;

    Counted(OutputStream to) {
      this.to = to;
    }

    synchronized long total() {
      return total;
    }

    /** Nothing is passed on until {@link #release}. */
    synchronized void hold() {
      held = new ByteArrayOutputStream();
    }

    /** What was held is passed on or forgotten, what comes next is passed on. */
    synchronized void release(boolean kept) throws IOException {
      if (held == null) return;
      byte[] before = held.toByteArray();
      held = null;
      if (kept) write(before, 0, before.length);
    }

    synchronized void flushPending() throws IOException {
      if (used > 0) flush();
    }

    @Override
    public synchronized void write(int value) throws IOException {
      if (held != null) {
        held.write(value);
        return;
      }
      if (used == buffer.length) flush();
      buffer[used++] = (byte) value;
      total++;
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
      if (held != null) {
        held.write(bytes, from, length);
        return;
      }
      total += length;
      if (length > buffer.length - used) flush();
      if (length >= buffer.length) {
        to.write(bytes, from, length);
      } else {
        System.arraycopy(bytes, from, buffer, used, length);
        used += length;
      }
    }

    @Override
    public synchronized void flush() throws IOException {
      int length = used;
      used = 0;
      to.write(buffer, 0, length);
    }
  }

  /** An image on its way: in memory while it is small, then in a file. */
  private static final class Image extends OutputStream {
    private final Path path;
    private ByteArrayOutputStream small = new ByteArrayOutputStream();
    private OutputStream large;

    Image(Path path) {
      this.path = path;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (large == null && small.size() + length > INLINE_BYTES_MAX) {
        large = new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES);
        small.writeTo(large);
        small = null;
      }
      (large == null ? small : large).write(bytes, from, length);
    }

    byte[] bytes() {
      return large == null ? small.toByteArray() : null;
    }

    String path() {
      return large == null ? null : path.toString();
    }

    void finish() throws IOException {
      if (large != null) large.flush();
    }

    @Override
    public void close() throws IOException {
      if (large != null) large.close();
    }
  }
}
