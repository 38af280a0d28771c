package dev.mosey.node.host;

import dev.mosey.node.host.BodyEvent.Packed;
import dev.mosey.node.keeper.Body.Scope;
import dev.mosey.node.keeper.BodyExit;
import dev.mosey.node.keeper.BodyListener;
import dev.mosey.node.keeper.BodyRefusal;
import dev.mosey.node.keeper.BodyStream;
import dev.mosey.node.keeper.BodyUsage;
import dev.mosey.node.keeper.KeeperException;
import dev.mosey.program.worker.FromWorker;
import dev.mosey.program.worker.Stepper;
import dev.mosey.program.worker.Task;
import dev.mosey.program.worker.ToWorker;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Exit;
import dev.mosey.protocol.job.JobSpec;
import dev.mosey.protocol.wire.Report.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Java program in a JVM of its own, driven over the control channel. */
final class WorkerBody implements Body {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerBody.class);

  /** The worker's answer to a wish for a checkpoint; its own have request 0. */
  private static final int CHECKPOINT = -1;

  private static final int SIGTERM = 15;

  private final BodyOrder order;
  private final Place place;
  private final WorkerPool pool;
  private final Consumer<BodyEvent> tell;
  private final Path scratch;
  private final Deque<byte[]> unsent = new ArrayDeque<>();
  private final FromWorker.Assembler frames = new FromWorker.Assembler();
  private dev.mosey.node.keeper.Body running;
  private boolean lapsed;
  private boolean discarded;

  WorkerBody(BodyOrder order, Place place, WorkerPool pool, Consumer<BodyEvent> tell) {
    this.order = order;
    this.place = place;
    this.pool = pool;
    this.tell = tell;
    this.scratch = order.directory().resolve("images");
  }

  /** The worker that a guest needs. */
  static WorkerPool.Kind kind(JobSpec spec, Map<String, String> given, Path jar) {
    var environment = new HashMap<>(given);
    environment.putIfAbsent("PATH", CommandLine.PATH_DEFAULT);
    // The heap is what was asked for less what the JVM needs beside it.
    long memoryMb = (long) spec.resources().memoryMb();
    long heapMb = memoryMb == 0 ? 0 : Math.max(memoryMb * 3 / 4, 16);
    return new WorkerPool.Kind(Path.of(spec.cwd()), environment, heapMb, jar, spec.className());
  }

  @Override
  public synchronized void start(long leaseBootMillis) {
    try {
      Files.createDirectories(scratch);
      Path jar = place.blobs().path(order.spec().jar().sha256());
      var kind = kind(order.spec(), order.environment(), jar);
      running = pool.take(order.id(), kind, leaseBootMillis, new Listener());
      send(new ToWorker.Run(task()));
      place.blocking().execute(() -> pool.warm(kind));
    } catch (KeeperException e) {
      tell.accept(new BodyEvent.Refused(RefusalCode.FULL, e.getMessage()));
    } catch (IOException | IllegalArgumentException e) {
      tell.accept(new BodyEvent.Refused(RefusalCode.NOT_ABLE, Lines.of(e)));
    }
  }

  private Task task() {
    var spec = order.spec();
    var java = place.settings().java();
    var image = order.image();
    return new Task(
        order.id().toString(),
        order.id().task(),
        order.entry(),
        place.node().toString(),
        order.incarnation(),
        spec.resources(),
        place.blobs().path(spec.jar().sha256()).toString(),
        spec.className(),
        CommandLine.of(order),
        image == null ? null : place.blobs().path(image.blob().sha256()).toString(),
        scratch.toString(),
        java.intervalMillis(spec),
        java.lossMillis(spec));
  }

  private synchronized void send(ToWorker message) {
    unsent.addLast(message.bytes());
    sendUnsent();
  }

  private synchronized void sendUnsent() {
    if (running == null) return;
    while (!unsent.isEmpty()) {
      byte[] next = unsent.peekFirst();
      int room = running.room(BodyStream.CONTROL);
      if (room == 0) return;
      unsent.removeFirst();
      if (next.length > room) {
        unsent.addFirst(Arrays.copyOfRange(next, room, next.length));
        next = Arrays.copyOf(next, room);
      }
      running.write(BodyStream.CONTROL, next);
    }
  }

  @Override
  public synchronized void lease(long leaseBootMillis) {
    if (running == null) return;
    if (leaseBootMillis == 0) running.leaseFree();
    else running.leaseUntil(leaseBootMillis);
  }

  @Override
  public synchronized void signal(int number) {
    if (running != null) running.signal(number, Scope.GROUP);
  }

  @Override
  public void terminate() {
    signal(SIGTERM);
  }

  @Override
  public synchronized void kill() {
    if (running != null) running.kill();
  }

  @Override
  public void pause(int request) {
    send(new ToWorker.Pack(request, true));
  }

  @Override
  public void unpause() {
    send(new ToWorker.Continue());
  }

  @Override
  public void resume(Packed from) {
    send(new ToWorker.Continue());
  }

  @Override
  public void checkpoint() {
    send(new ToWorker.Pack(CHECKPOINT, false));
  }

  @Override
  public synchronized void grant(int bytes) {
    if (running != null) running.grantOutput(bytes);
  }

  @Override
  public synchronized void discard() {
    discarded = true;
    if (running != null) running.kill();
    place.blocking().execute(() -> Trees.deleteQuietly(order.directory()));
  }

  private void heard(FromWorker message) {
    switch (message) {
      case FromWorker.Ready ignored -> {}
      case FromWorker.Started ignored -> tell.accept(new BodyEvent.Started());
      case FromWorker.Progress progress -> tell.accept(new BodyEvent.Progress(progress.line()));
      case FromWorker.Packed packed -> place.blocking().execute(() -> keep(packed));
      case FromWorker.NotPacked failed -> {
        if (failed.request() > 0) {
          tell.accept(new BodyEvent.NotPaused(failed.request(), failed.why()));
        }
      }
    }
  }

  private void keep(FromWorker.Packed packed) {
    try {
      byte[] bytes = packed.bytes();
      Blob blob;
      if (bytes != null) {
        blob = place.blobs().put(bytes);
      } else {
        var file = Path.of(packed.path());
        blob = place.blobs().put(file);
        Files.delete(file);
      }
      var kept = new Packed(blob, Stepper.FORMAT, packed.stdout(), packed.stderr());
      tell.accept(
          packed.request() > 0
              ? new BodyEvent.Paused(packed.request(), kept)
              : new BodyEvent.Checkpointed(kept));
    } catch (IOException | RuntimeException e) {
      if (packed.request() > 0) {
        send(new ToWorker.Continue());
        tell.accept(new BodyEvent.NotPaused(packed.request(), Lines.of(e)));
      } else {
        LOG.warn("event=checkpoint-not-kept id={} reason=\"{}\"", order.id(), Lines.of(e));
      }
    }
  }

  private synchronized boolean gone() {
    running = null;
    return discarded;
  }

  /** Told by the keeper, on its threads. */
  private final class Listener implements BodyListener {
    @Override
    public void started(dev.mosey.node.keeper.Body body, long pid) {}

    @Override
    public void output(dev.mosey.node.keeper.Body body, BodyStream stream, byte[] bytes) {
      tell.accept(new BodyEvent.Output(stream == BodyStream.STDERR ? 2 : 1, bytes));
    }

    @Override
    public void control(dev.mosey.node.keeper.Body body, byte[] bytes) {
      try {
        frames.take(bytes).forEach(WorkerBody.this::heard);
        body.grantControl(bytes.length);
      } catch (IOException e) {
        LOG.warn("event=worker-unintelligible id={} reason=\"{}\"", order.id(), Lines.of(e));
        body.kill();
      }
    }

    @Override
    public void room(dev.mosey.node.keeper.Body body, BodyStream stream) {
      sendUnsent();
    }

    @Override
    public void exited(dev.mosey.node.keeper.Body body, BodyExit exit) {
      if (gone()) return;
      long cpuMillis = (exit.userMicros() + exit.systemMicros()) / 1000;
      var how = exit.signalled() ? Exit.signal(exit.value()) : Exit.code(exit.value());
      tell.accept(
          lapsed ? BodyEvent.Lost.leaseLapsed(cpuMillis) : new BodyEvent.Ended(how, cpuMillis));
    }

    @Override
    public void refused(dev.mosey.node.keeper.Body body, BodyRefusal refusal) {
      gone();
      var code =
          refusal.reason() == BodyRefusal.Reason.DIRECTORY
              ? RefusalCode.NO_DIRECTORY
              : refusal.isTransient() ? RefusalCode.FULL : RefusalCode.NOT_ABLE;
      tell.accept(new BodyEvent.Refused(code, refusal.text()));
    }

    @Override
    public void lost(dev.mosey.node.keeper.Body body, String reason) {
      if (!gone()) tell.accept(new BodyEvent.Lost(reason, 0));
    }

    @Override
    public void leaseLapsed(dev.mosey.node.keeper.Body body) {
      lapsed = true;
    }

    @Override
    public void usage(dev.mosey.node.keeper.Body body, BodyUsage usage) {
      tell.accept(new BodyEvent.Usage(usage.cpuMicros() / 1000, usage.rssBytes()));
    }
  }
}
