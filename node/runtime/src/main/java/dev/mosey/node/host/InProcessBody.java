package dev.mosey.node.host;

import dev.mosey.node.host.BodyEvent.Packed;
import dev.mosey.program.Context;
import dev.mosey.program.worker.CheckpointPace;
import dev.mosey.program.worker.ProgramException;
import dev.mosey.program.worker.Stepper;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.Resources;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A Java program of a jar that the node trusts, inside the daemon: no JVM of its own, so it starts
 * and moves in a moment. It takes its steps in turns of a few milliseconds on an executor of a few
 * threads. A step that never ends can't be ended from outside; that is part of the trust.
 */
final class InProcessBody implements Body {
  private static final long TURN_NANOS = 5_000_000;
  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;

  private final BodyOrder order;
  private final Place place;
  private final Executor steps;
  private final Consumer<BodyEvent> tell;
  private final CheckpointPace pace;
  private Stepper<?> stepper;
  private long checkpointAtNanos;
  private long stdout;
  private long stderr;
  private long cpuNanos;
  private String said;
  private String progress;

  private long leaseBootMillis;
  private int credit;
  private int pausing;
  private boolean paused;
  private boolean checkpointing;
  private boolean scheduled;
  private boolean over;
  private int signalled;

  InProcessBody(BodyOrder order, Place place, Executor steps, Consumer<BodyEvent> tell) {
    this.order = order;
    this.place = place;
    this.steps = steps;
    this.tell = tell;
    this.pace = place.settings().java().pace(order.spec());
    this.credit = place.settings().outputWindowBytes();
  }

  @Override
  public synchronized void start(long leaseBootMillis) {
    this.leaseBootMillis = leaseBootMillis;
    checkpointAtNanos = System.nanoTime() + pace.intervalNanos();
    schedule();
  }

  private synchronized void schedule() {
    if (scheduled || over || paused || credit <= 0) return;
    scheduled = true;
    steps.execute(this::turn);
  }

  /** Steps for a few milliseconds; nobody else touches the program meanwhile. */
  private void turn() {
    long began = System.nanoTime();
    try {
      if (stepper == null) load();
      while (System.nanoTime() - began < TURN_NANOS && goesOn()) {
        OptionalInt status = stepper.step();
        if (status.isPresent()) {
          end(new BodyEvent.Ended(Exit.code(status.getAsInt()), cpuMillis(began)));
          return;
        }
      }
      sayProgress();
    } catch (ProgramException e) {
      print(2, "mosey: " + e.getMessage() + "\n");
      end(new BodyEvent.Ended(Exit.code(e.status()), cpuMillis(began)));
      return;
    } catch (Throwable thrown) {
      print(2, Stepper.trace(thrown));
      end(new BodyEvent.Ended(Exit.code(1), cpuMillis(began)));
      return;
    }
    cpuNanos += System.nanoTime() - began;
    synchronized (this) {
      scheduled = false;
    }
    schedule();
  }

  private void load() throws Exception {
    var spec = order.spec();
    var jar = place.blobs().path(spec.jar().sha256());
    stepper = Stepper.load(jar, spec.className(), new Outside());
    if (order.image() == null) {
      stepper.start(CommandLine.of(order));
    } else {
      try (var image = place.blobs().open(order.image().blob().sha256())) {
        stepper.resume(new BufferedInputStream(image, 1 << 16));
      }
    }
    tell.accept(new BodyEvent.Started());
  }

  /** Does what was asked between two steps; whether another step may be taken. */
  private boolean goesOn() {
    int pause;
    boolean checkpoint;
    synchronized (this) {
      if (over) return false;
      if (signalled != 0) {
        end(new BodyEvent.Ended(Exit.signal(signalled), cpuNanos / 1_000_000));
        return false;
      }
      if (leaseBootMillis != 0 && place.bootMillis().getAsLong() >= leaseBootMillis) {
        end(BodyEvent.Lost.leaseLapsed(cpuNanos / 1_000_000));
        return false;
      }
      pause = pausing;
      pausing = 0;
      boolean due = pace.isOn() && System.nanoTime() - checkpointAtNanos >= 0;
      checkpoint = checkpointing || due;
      checkpointing = false;
      paused = pause != 0;
    }
    if (pause != 0) {
      pack(pause);
      return false;
    }
    if (checkpoint) pack(0);
    return credit > 0;
  }

  private void pack(int request) {
    long began = System.nanoTime();
    try {
      var bytes = new ByteArrayOutputStream();
      stepper.pack(bytes);
      Blob blob = place.blobs().put(bytes.toByteArray());
      var packed = new Packed(blob, Stepper.FORMAT, stdout, stderr);
      tell.accept(
          request == 0
              ? new BodyEvent.Checkpointed(packed)
              : new BodyEvent.Paused(request, packed));
    } catch (ProgramException | IOException | RuntimeException e) {
      synchronized (this) {
        paused = false;
      }
      if (request != 0) tell.accept(new BodyEvent.NotPaused(request, Lines.of(e)));
    }
    long now = System.nanoTime();
    pace.took(now - began);
    checkpointAtNanos = now + pace.intervalNanos();
  }

  private long cpuMillis(long beganNanos) {
    return (cpuNanos + System.nanoTime() - beganNanos) / 1_000_000;
  }

  private synchronized void end(BodyEvent last) {
    if (over) return;
    over = true;
    if (stepper != null) stepper.close();
    tell.accept(last);
  }

  private void sayProgress() {
    if (progress == null || progress.equals(said)) return;
    said = progress;
    tell.accept(new BodyEvent.Progress(progress));
  }

  private void print(int stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0) return;
    if (stream == 1) stdout += bytes.length;
    else stderr += bytes.length;
    synchronized (this) {
      credit -= bytes.length;
    }
    tell.accept(new BodyEvent.Output(stream, bytes));
  }

  @Override
  public synchronized void lease(long leaseBootMillis) {
    this.leaseBootMillis = leaseBootMillis;
  }

  @Override
  public synchronized void signal(int number) {
    // It has no handlers: a signal does to it what it does to a program without them.
    if (number != SIGTERM && number != SIGKILL) return;
    signalled = number;
    if (paused || stepper == null || credit <= 0) {
      end(new BodyEvent.Ended(Exit.signal(number), cpuNanos / 1_000_000));
    }
  }

  @Override
  public void terminate() {
    signal(SIGTERM);
  }

  @Override
  public void kill() {
    signal(SIGKILL);
  }

  @Override
  public synchronized void pause(int request) {
    pausing = request;
    schedule();
  }

  @Override
  public void unpause() {
    resume(null);
  }

  @Override
  public synchronized void resume(Packed from) {
    pausing = 0;
    paused = false;
    schedule();
  }

  @Override
  public synchronized void checkpoint() {
    checkpointing = true;
  }

  @Override
  public synchronized void grant(int bytes) {
    credit += bytes;
    schedule();
  }

  @Override
  public synchronized void discard() {
    over = true;
    place.blocking().execute(() -> Trees.deleteQuietly(order.directory()));
  }

  /** What the program sees. */
  private final class Outside implements Context {
    @Override
    public void print(String text) {
      InProcessBody.this.print(1, text);
    }

    @Override
    public void printError(String text) {
      InProcessBody.this.print(2, text);
    }

    @Override
    public void progress(String line) {
      String text = line == null ? "" : line.replaceAll("\\p{Cntrl}", " ");
      progress = text.substring(0, Math.min(text.length(), PROGRESS_CHARACTERS_MAX));
    }

    @Override
    public String id() {
      return order.id().toString();
    }

    @Override
    public OptionalInt task() {
      return order.id().isElement() ? OptionalInt.of(order.id().task()) : OptionalInt.empty();
    }

    @Override
    public String entry() {
      return order.entry();
    }

    @Override
    public String host() {
      return place.node().toString();
    }

    @Override
    public int incarnation() {
      return order.incarnation();
    }

    @Override
    public Resources resources() {
      return order.spec().resources();
    }
  }
}
